"""``/people/<space>/together``: what a therapist adds to what both write down together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from litestar import Request, post
from litestar.params import FromPath
from litestar.response import Redirect

from trailmark_server.members.audience import Audience, NothingHereError
from trailmark_server.members.cards import read_cards
from trailmark_server.members.joint import (
    Begun,
    Over,
    answer_joint,
    begin_joint,
    end_joint,
    reword_joint,
    said_before,
)
from trailmark_server.members.surroundings import new_id
from trailmark_server.members.visits import open_space
from trailmark_server.pages.joint_view import OUTCOMES, JointRow, Telling, joint_row
from trailmark_server.pages.replies import sending_of, signed_in_form
from trailmark_server.services import InjectedServices, Services
from trailmark_shared.domain.proposals import Acceptance
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.joint import (
    AgendaItemAdded,
    AgendaItemClosed,
    Answered,
    ContactGiven,
    Decision,
    ExpectationAnswered,
    ExpectationWritten,
    InterventionAnswered,
    InterventionEnded,
    InterventionPlanned,
    Outcome,
    ReviewAnswered,
    ReviewHeld,
    ReviewScheduled,
)
from trailmark_shared.events.registry import Kind
from trailmark_shared.ids import id_from_text, text_from_id
from trailmark_shared.words import gettext

_ANSWERS: Final[Mapping[str, type[Answered]]] = {
    "expectation": ExpectationAnswered,
    "intervention": InterventionAnswered,
    "review": ReviewAnswered,
}
_SAID: Final[Mapping[str, Acceptance]] = {
    "agree": "agree",
    "disagree": "disagree",
    "pending": "pending",
}
_DECISION: Final = "decision-"
_CONTACT: Final = ("phone", "address", "hours", "note")
_NO_GOALS: Final[Mapping[str, str]] = {}
_PAGES: Final[Mapping[str, str]] = {"agenda_item": "session#agenda"}


@post("/people/{space:str}/together", status_code=303)
async def add_entry(
    request: Request[Any, Any, Any], services: InjectedServices, space: FromPath[str]
) -> Redirect:
    """Begin an entry: something to speak about, an expectation, an intervention, a review."""
    audience, fields = await _form(request, services, space)
    kind = fields.get("kind", "")
    await begin_joint(services, audience, sending_of(fields), _begun(kind, fields))
    return _back(audience, kind)


@post("/people/{space:str}/together/{entry:str}/end", status_code=303)
async def end_entry(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    space: FromPath[str],
    entry: FromPath[str],
) -> Redirect:
    """Say that something was spoken about, or is not part of the plan any more."""
    audience, fields = await _form(request, services, space)
    kind = fields.get("kind", "")
    await end_joint(
        services, audience, sending_of(fields), id_from_text(entry), _over(kind, fields)
    )
    return _back(audience, kind)


@post("/people/{space:str}/together/{entry:str}/reword", status_code=303)
async def reword_entry(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    space: FromPath[str],
    entry: FromPath[str],
) -> Redirect:
    """Let an entry of the therapist's own read otherwise."""
    audience, fields = await _form(request, services, space)
    kind, subject = fields.get("kind", ""), id_from_text(entry)
    sending = sending_of(fields)
    said = await said_before(services, audience, sending.lane, subject, _begun(kind, fields))
    await reword_joint(services, audience, sending, subject, said)
    return _back(audience, kind)


@post("/people/{space:str}/together/{entry:str}/answer", status_code=303)
async def answer_entry(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    space: FromPath[str],
    entry: FromPath[str],
) -> Redirect:
    """Say whether the therapist agrees with an entry as it stands."""
    audience, fields = await _form(request, services, space)
    kind, said = fields.get("kind", ""), _SAID.get(fields.get("answer", ""))
    if kind not in _ANSWERS:
        raise NothingHereError
    if said is None:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("choose one of the answers"))
    answered = _ANSWERS[kind](answer=said)
    await answer_joint(services, audience, sending_of(fields), id_from_text(entry), answered)
    return _back(audience, kind)


def _begun(kind: str, fields: Mapping[str, str]) -> Begun:
    """Return what a form says; words and days are checked where they are written."""
    text = fields.get("text", "")
    match kind:
        case "agenda_item":
            return AgendaItemAdded(text=text)
        case "expectation":
            return ExpectationWritten(text=text)
        case "intervention":
            return InterventionPlanned(text=text, often=fields.get("often") or None)
        case "review":
            return ReviewScheduled(on=fields.get("on", ""), text=text or None)
        case "contact":
            said = {name: fields.get(name) or None for name in _CONTACT}
            return ContactGiven(name=fields.get("name", ""), **said)
        case _:
            raise NothingHereError


def _over(kind: str, fields: Mapping[str, str]) -> Over:
    """Return what a form says at the end of an entry."""
    note = fields.get("note") or None
    match kind:
        case "agenda_item":
            return AgendaItemClosed(note=note)
        case "intervention":
            return InterventionEnded(note=note)
        case "review":
            return ReviewHeld(
                decisions=tuple(_decisions(fields)),
                next=fields.get("next") or None,
                text=fields.get("text") or None,
            )
        case _:
            raise NothingHereError


def _decisions(fields: Mapping[str, str]) -> Iterator[Decision]:
    for name, value in fields.items():
        outcome: Outcome | None = next((each for each in OUTCOMES if each == value), None)
        if name.startswith(_DECISION) and outcome is not None:
            yield Decision(goal=name.removeprefix(_DECISION), outcome=outcome)


def _back(audience: Audience, kind: str) -> Redirect:
    place = _PAGES.get(kind, f"plan#{kind}")
    return Redirect(f"/people/{text_from_id(audience.space)}/{place}", status_code=303)


async def joint_rows(
    services: Services, audience: Audience, kind: Kind, goals: Mapping[str, str] = _NO_GOALS
) -> list[JointRow]:
    """Return the entries of one kind, those that need nothing more last.

    Args:
        services: The server.
        audience: Who reads.
        kind: Of which kind.
        goals: Title of each goal that entries may name.
    """
    cards = await read_cards(services, audience, kind)
    telling = Telling(actor=audience.actor, names=audience.names, goals=goals)
    rows = [joint_row(each, telling, new_id(services)) for each in cards]
    return sorted((each for each in rows if each is not None), key=lambda each: each.is_over)


def writing_lane(audience: Audience, action: str) -> str:
    """Return the lane into which a therapist may write; empty where they may not."""
    return next((lane for lane in audience.lanes if audience.allows(action, lane)), "")


async def _form(
    request: Request[Any, Any, Any], services: Services, space: str
) -> tuple[Audience, Mapping[str, str]]:
    """Return who asks in which space and what they sent, once both are theirs."""
    signed_in, fields = await signed_in_form(request, services)
    return await open_space(services, signed_in, space), fields
