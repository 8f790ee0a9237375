"""The people a therapist knows: who shares, who stopped, who waits to be confirmed.

Never sorted by activity or risk: whose session comes next stands first, then the order of letting
in. One page of a list is read at a time, so that a long one is no slower than a short one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from trailmark_server.access import Verb, authorize
from trailmark_server.labels import clean_text
from trailmark_server.members.audience import (
    Audience,
    actor_of,
    find_audience,
    label_of,
    labels,
    sharing_ended,
)
from trailmark_server.members.meetings import Meetings, meetings_of
from trailmark_server.members.person_days import person_zone
from trailmark_server.members.proposals import proposal_documents
from trailmark_server.members.together import together
from trailmark_server.members.visits import (
    change_counts,
    change_known,
    last_visit,
    new_arrivals,
    note_visits,
)
from trailmark_server.services import Services
from trailmark_server.sessions import SignedIn
from trailmark_server.storage.accounts import AccountRows, Acquaintance
from trailmark_server.storage.ports import Grant
from trailmark_server.therapists.accounts import confirm_acquaintance
from trailmark_shared.domain.looks import Look
from trailmark_shared.errors import RefusedError
from trailmark_shared.events.registry import Kind
from trailmark_shared.ids import SpaceId, second_mark
from trailmark_shared.phrases import comparison_phrase
from trailmark_shared.words import gettext

PEOPLE_PER_PAGE: Final = 40
"""People on one page of the list."""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who redeemed an invitation and shares nothing yet.

    Attributes:
        space: Whose.
        label: What the therapist calls them.
        second_mark: Tells people of the same name apart.
        joined_at: When they redeemed it, milliseconds UTC.
        phrase: Words to compare with the person; empty once that was done.
    """

    space: SpaceId
    label: str
    second_mark: str
    joined_at: int
    phrase: str


class Sharing(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who shares something, or did.

    Attributes:
        space: Whose.
        label: What the therapist calls them.
        second_mark: Tells people of the same name apart.
        audience: What may be seen now; ``None`` once sharing has ended.
        ended: "Sharing ended on …", or ``None`` while it lasts.
        visited_at: When the therapist opened the timeline last, milliseconds UTC.
        zone: IANA name of the person's time zone.
        meetings: Their sessions around now, as the therapist noted them.
        news: What is new since the last session, or else since that visit, counted by kind.
        is_cut: There is more than was counted.
        waiting_proposals: Proposals of the therapist's own that wait for an answer.
    """

    space: SpaceId
    label: str
    second_mark: str
    audience: Audience | None = None
    ended: str | None = None
    visited_at: int | None = None
    zone: str = "UTC"
    meetings: Meetings = Meetings()
    news: Mapping[Kind, int] = msgspec.field(default_factory=dict[Kind, int])
    is_cut: bool = False
    waiting_proposals: int = 0


class People(msgspec.Struct, frozen=True, kw_only=True):
    """People whom a therapist knows, by their next session, then in the order of letting in.

    Attributes:
        sharing: Who shares something, or did, on the page that was asked for.
        waiting: Who shares nothing yet.
        found: How many there are on all pages.
    """

    sharing: Sequence[Sharing]
    waiting: Sequence[Waiting]
    found: int = 0


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Which people are asked for.

    Attributes:
        words: Only those whose label or second mark holds these words.
        page: Which page of them, from 1.
    """

    words: str = ""
    page: int = 1


async def read_people(services: Services, signed_in: SignedIn, part: Part | None = None) -> People:
    """Return people of a therapist; that what is new was counted is noted for each of them.

    Args:
        services: The server.
        signed_in: Who asks.
        part: Which of them; ``None`` for all.
    """
    asked = part or Part()
    member = signed_in.therapist.id
    right = authorize(actor_of(signed_in), Verb.LIST_PEOPLE, None, None, services.now())
    known = await services.accounts.read(right.guard(lambda rows: labels(rows, member)))
    by_space: dict[SpaceId, list[Grant]] = {}
    for grant in await services.events.grants_of_member(member):
        by_space.setdefault(grant.space, []).append(grant)
    now = services.now()
    order = sorted(
        (space for space in by_space if _fits(space, known.get(space), asked.words)),
        key=lambda space: _place(by_space[space], known.get(space), now),
    )
    start = (asked.page - 1) * PEOPLE_PER_PAGE
    shown = order if part is None else order[start : start + PEOPLE_PER_PAGE]
    visited = await services.accounts.read(
        lambda rows: {space: last_visit(rows, space, member) for space in shown}
    )
    sharing = await together(
        [
            _sharing(services, signed_in, by_space[space], known.get(space), visited[space])
            for space in shown
        ]
    )
    seen = [each.space for each in sharing if each.audience is not None]
    await note_visits(services, seen, member, Look.PEOPLE)
    waiting = [
        _waiting(services, each)
        for each in known.values()
        if each.space not in by_space and _fits(each.space, each, asked.words)
    ]
    return People(sharing=sharing, waiting=waiting, found=len(order))


def _fits(space: SpaceId, acquaintance: Acquaintance | None, words: str) -> bool:
    said = f"{label_of(acquaintance)} {second_mark(space)}".casefold()
    return all(each in said for each in words.casefold().split())


def _place(
    grants: Sequence[Grant], acquaintance: Acquaintance | None, now: int
) -> tuple[bool, bool, int, int]:
    """Whose session comes next stands first, who shares nothing any more last."""
    following = meetings_of(acquaintance, now).next
    joined = acquaintance.joined_at if acquaintance is not None else 0
    is_over = not any(each.is_live for each in grants)
    return is_over, following is None, following or 0, joined


def _waiting(services: Services, acquaintance: Acquaintance) -> Waiting:
    # The key of that day: the device computes its words from what it pinned then.
    key = acquaintance.signing_key or services.signer.chain[0].key
    phrase = comparison_phrase(key, acquaintance.space, acquaintance.device, acquaintance.therapist)
    return Waiting(
        space=acquaintance.space,
        label=label_of(acquaintance),
        second_mark=second_mark(acquaintance.space),
        joined_at=acquaintance.joined_at,
        phrase="" if acquaintance.confirmed_at is not None else phrase,
    )


async def _sharing(
    services: Services,
    signed_in: SignedIn,
    grants: Sequence[Grant],
    acquaintance: Acquaintance | None,
    visited: int | None,
) -> Sharing:
    space = grants[0].space
    person = Sharing(space=space, label=label_of(acquaintance), second_mark=second_mark(space))
    try:
        audience = await find_audience(services, signed_in, space)
        meetings = meetings_of(acquaintance, services.now())
        since = meetings.last or visited or 0
        arrivals, is_cut = await new_arrivals(services, audience, since)
        lane = audience.lanes[0]
        zone = await person_zone(services, space, lane, audience.reader(lane))
        proposals = [
            document
            for lane in audience.lanes
            for _, document in await proposal_documents(services, audience, lane)
        ]
    except RefusedError:
        ended = await sharing_ended(services, space, grants)
        return msgspec.structs.replace(person, ended=ended.message)
    return msgspec.structs.replace(
        person,
        audience=audience,
        visited_at=visited,
        zone=zone,
        meetings=meetings,
        waiting_proposals=sum(
            each.status == "open" and each.made_by == audience.actor for each in proposals
        ),
        news=change_counts(arrivals, audience.actor),
        is_cut=is_cut,
    )


async def confirm_person(services: Services, signed_in: SignedIn, space: SpaceId) -> None:
    """Note that the therapist and the person compared the words and found them equal.

    Raises:
        RefusedError: ``not_authorised``: nobody there redeemed an invitation of this therapist.
    """
    now, member = services.now(), signed_in.therapist.id
    await change_known(
        services,
        signed_in,
        space,
        Verb.CONFIRM,
        lambda rows: confirm_acquaintance(rows, member, space, now),
    )


async def label_person(services: Services, signed_in: SignedIn, space: SpaceId, label: str) -> None:
    """Change what the therapist calls a person; an empty label takes it away.

    Raises:
        RefusedError: ``not_authorised``: nobody there redeemed an invitation of this therapist.
        DomainError: ``invalid_input``: the label is not usable.
    """
    cleaned, member = (
        clean_text(label, gettext("a label")) if label.strip() else "",
        signed_in.therapist.id,
    )

    def work(rows: AccountRows) -> None:
        row = rows.acquaintance(member, space)
        assert row is not None, "the right was asked in this transaction"
        rows.save_acquaintance(msgspec.structs.replace(row, label=cleaned))

    await change_known(services, signed_in, space, Verb.LABEL, work)
