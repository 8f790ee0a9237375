"""``/people/<space>/together``: what a therapist adds to what both write down together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from litestar import Request, post
from litestar.params import FromPath
from litestar.response import Redirect

from trailmark_server.members.audience import Audience, NothingHereError
from trailmark_server.members.cards import read_cards
from trailmark_server.members.joint import Begun, Over, begin_joint, end_joint
from trailmark_server.members.surroundings import new_id
from trailmark_server.members.visits import open_space
from trailmark_server.members.writing import Sending, known_zone
from trailmark_server.pages.joint_view import JointRow, joint_row
from trailmark_server.pages.replies import fields_of, require_form
from trailmark_server.services import InjectedServices, Services
from trailmark_server.sessions import FORM_FIELD
from trailmark_shared.events.joint import (
    AgendaItemAdded,
    AgendaItemClosed,
    ExpectationWritten,
    InterventionEnded,
    InterventionPlanned,
    ReviewScheduled,
)
from trailmark_shared.events.registry import Kind
from trailmark_shared.ids import Lane, id_from_text, text_from_id

_ENDS: Final[Mapping[str, Callable[[], Over]]] = {
    "agenda_item": AgendaItemClosed,
    "intervention": InterventionEnded,
}
_PAGES: Final[Mapping[str, str]] = {"agenda_item": "session#agenda"}


@post("/people/{space:str}/together", status_code=303)
async def add_entry(
    request: Request[Any, Any, Any], services: InjectedServices, space: FromPath[str]
) -> Redirect:
    """Begin an entry: something to speak about, an expectation, an intervention, a review."""
    signed_in = await services.web.require(request, services.now())
    fields = await fields_of(request)
    require_form(signed_in, fields.get(FORM_FIELD, ""))
    audience = await open_space(services, signed_in, space)
    kind = fields.get("kind", "")
    await begin_joint(services, audience, _sending(fields), _begun(kind, fields))
    return _back(audience, kind)


@post("/people/{space:str}/together/{entry:str}/end", status_code=303)
async def end_entry(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    space: FromPath[str],
    entry: FromPath[str],
) -> Redirect:
    """Say that something was spoken about, or is not part of the plan any more."""
    signed_in = await services.web.require(request, services.now())
    fields = await fields_of(request)
    require_form(signed_in, fields.get(FORM_FIELD, ""))
    audience = await open_space(services, signed_in, space)
    kind = fields.get("kind", "")
    if kind not in _ENDS:
        raise NothingHereError
    await end_joint(services, audience, _sending(fields), id_from_text(entry), _ENDS[kind]())
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
            return ReviewScheduled(on=fields.get("day", ""), text=text or None)
        case _:
            raise NothingHereError


def _sending(fields: Mapping[str, str]) -> Sending:
    return Sending(
        id=fields.get("event", ""),
        lane=Lane(fields.get("lane", "")),
        zone=known_zone(fields.get("zone", "")),
    )


def _back(audience: Audience, kind: str) -> Redirect:
    place = _PAGES.get(kind, f"plan#{kind}")
    return Redirect(f"/people/{text_from_id(audience.space)}/{place}", status_code=303)


async def joint_rows(services: Services, audience: Audience, kind: Kind) -> list[JointRow]:
    """Return the entries of one kind, those that need nothing more last."""
    cards = await read_cards(services, audience, kind)
    rows = [joint_row(each, audience.names, new_id(services)) for each in cards]
    return sorted((each for each in rows if each is not None), key=lambda each: each.is_over)


def writing_lane(audience: Audience, action: str) -> str:
    """Return the lane into which a therapist may write; empty where they may not."""
    return next((lane for lane in audience.lanes if audience.allows(action, lane)), "")
