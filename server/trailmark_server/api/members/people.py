"""People: who shares with the therapist, what, and what the therapist calls them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.params import JSONBody

from trailmark_server.api.members.asking import Reading, Writing, refusals
from trailmark_server.api.members.shapes import SpacePath
from trailmark_server.members.audience import space_from_text
from trailmark_server.members.people import (
    Sharing,
    Waiting,
    confirm_person,
    label_person,
    read_people,
)
from trailmark_server.members.visits import note_visit, open_space
from trailmark_server.services import InjectedServices
from trailmark_shared import limits
from trailmark_shared.domain.looks import Look
from trailmark_shared.ids import second_mark, text_from_id
from trailmark_shared.projections.grant import GrantDocument


class SharingPersonOut(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who shares something, or did.

    Attributes:
        space: The person: the id of their space.
        label: What you call them.
        second_mark: Tells people of the same name apart.
        ended: "Sharing ended on 3 Nov 2026"; null while it lasts.
        visited_at: When you opened their timeline last, milliseconds UTC, or null.
        news: What is new since then: kind to number.
        more_news: There is more than was counted.
    """

    space: str
    label: str
    second_mark: str
    ended: str | None
    visited_at: int | None
    news: dict[str, int]
    more_news: bool


class WaitingPersonOut(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who redeemed your invitation and shares nothing yet.

    Attributes:
        space: The person: the id of their space.
        label: What you call them.
        second_mark: Tells people of the same name apart.
        joined_at: When they redeemed it, milliseconds UTC.
        phrase: Four words to compare with the person; null once you confirmed.
    """

    space: str
    label: str
    second_mark: str
    joined_at: int
    phrase: str | None


class PeopleOut(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody whom you know, in the order of letting in; never by activity or risk."""

    sharing: list[SharingPersonOut]
    waiting: list[WaitingPersonOut]


class GrantOut(msgspec.Struct, frozen=True, kw_only=True):
    """What the person agreed to.

    Attributes:
        classes: What they agreed to share.
        granted_at: When, milliseconds UTC.
        until: Last day, `YYYY-MM-DD`; null for until they stop.
        purpose: What for, or null.
        history: What of the time before you see, or null.
        since: The first day from which they picked, `YYYY-MM-DD`, or null.
        consent_version: Version of the text that was on the screen.
        consent_sha256: SHA-256 of that text.
    """

    classes: list[str]
    granted_at: int | None
    until: str | None
    purpose: str | None
    history: str | None
    since: str | None
    consent_version: int
    consent_sha256: str


class SharingOut(msgspec.Struct, frozen=True, kw_only=True):
    """What one person shares with you now.

    Attributes:
        space: The person: the id of their space.
        label: What you call them.
        second_mark: Tells people of the same name apart.
        lanes: Lanes that you may read, with what you may do in each.
        grants: What they agreed to.
    """

    space: str
    label: str
    second_mark: str
    lanes: dict[str, list[str]]
    grants: list[GrantOut]


class LabelIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What you call the person; an empty one takes the label away."""

    label: Annotated[str, msgspec.Meta(max_length=limits.TITLE_CHARS_MAX)]


@get("/people", responses=refusals(), summary="Everybody whom you know")
async def list_people(services: InjectedServices, signed_in: Reading) -> PeopleOut:
    """Return who shares with you, who stopped, and who waits to be confirmed."""
    known = await read_people(services, signed_in)
    return PeopleOut(
        sharing=[_sharing(each) for each in known.sharing],
        waiting=[_waiting(each) for each in known.waiting],
    )


@get("/people/{space:str}", responses=refusals(person=True), summary="What one person shares")
async def show_sharing(
    services: InjectedServices, signed_in: Reading, space: SpacePath
) -> SharingOut:
    """Return what a person shares with you, since when, until when, and in which words."""
    audience = await open_space(services, signed_in, space)
    await note_visit(services, audience.space, audience.member, Look.SHARING)
    return SharingOut(
        space=text_from_id(audience.space),
        label=audience.label,
        second_mark=second_mark(audience.space),
        lanes={lane: sorted(audience.actions[lane]) for lane in audience.lanes},
        grants=[out for each in audience.terms if (out := _grant(each)) is not None],
    )


@put(
    "/people/{space:str}/label",
    status_code=204,
    responses=refusals(HTTPStatus.NOT_FOUND, writes=True),
    summary="Change what you call a person",
)
async def change_label(
    services: InjectedServices, writer: Writing, space: SpacePath, data: JSONBody[LabelIn]
) -> None:
    """Change what you call a person; nobody else sees it."""
    await label_person(services, writer, space_from_text(space), data.label)


@post(
    "/people/{space:str}/confirmation",
    status_code=204,
    responses=refusals(HTTPStatus.NOT_FOUND, writes=True),
    summary="Say that the words are the same",
)
async def confirm_acquaintance(
    services: InjectedServices, writer: Writing, space: SpacePath
) -> None:
    """Say that you compared the four words with the person, and that they are the same."""
    await confirm_person(services, writer, space_from_text(space))


def _sharing(person: Sharing) -> SharingPersonOut:
    return SharingPersonOut(
        space=text_from_id(person.space),
        label=person.label,
        second_mark=person.second_mark,
        ended=person.ended,
        visited_at=person.visited_at,
        news={str(kind): count for kind, count in person.news.items()},
        more_news=person.is_cut,
    )


def _waiting(person: Waiting) -> WaitingPersonOut:
    return WaitingPersonOut(
        space=text_from_id(person.space),
        label=person.label,
        second_mark=person.second_mark,
        joined_at=person.joined_at,
        phrase=person.phrase or None,
    )


def _grant(document: GrantDocument) -> GrantOut | None:
    granted = document.granted
    if granted is None:
        return None
    return GrantOut(
        classes=list(granted.classes),
        granted_at=document.granted_at,
        until=granted.until,
        purpose=granted.purpose,
        history=granted.history,
        since=granted.since,
        consent_version=granted.consent.version,
        consent_sha256=granted.consent.sha256,
    )
