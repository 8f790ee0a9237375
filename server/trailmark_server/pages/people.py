"""``/people``: the people who let this therapist in, and what is new since the last visit.

Never sorted by activity or risk: the order is that of letting in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from trailmark_server.access import Verb, authorize
from trailmark_server.accounts import confirm_acquaintance
from trailmark_server.members.audience import (
    actor_of,
    ended_words,
    find_audience,
    label_of,
    labels,
    space_from_text,
)
from trailmark_server.members.dates import moment_words
from trailmark_server.members.visits import change_words, last_visit, new_rows, note_visits
from trailmark_server.pages.person import person_of
from trailmark_server.pages.replies import page, require_form
from trailmark_server.pages.views import NewPerson, PersonCard
from trailmark_server.persons import second_mark
from trailmark_server.services import InjectedServices, Services
from trailmark_server.sessions import FORM_FIELD, SignedIn
from trailmark_server.storage.accounts import Acquaintance
from trailmark_server.storage.ports import Grant
from trailmark_shared.domain.looks import Look
from trailmark_shared.errors import RefusedError
from trailmark_shared.ids import SpaceId, text_from_id
from trailmark_shared.phrases import comparison_phrase

PEOPLE_PATH: Final = "/people"


@get("/people")
async def people(request: Request[Any, Any, Any], services: InjectedServices) -> Response[str]:
    """Show everybody who shares, or shared, something with the therapist who is signed in."""
    signed_in = await services.web.require(request, services.now())
    member = signed_in.therapist.id
    right = authorize(actor_of(signed_in), Verb.LIST_PEOPLE, None, None, services.now())
    known = await services.accounts.read(right.guard(lambda rows: labels(rows, member)))
    by_space: dict[SpaceId, list[Grant]] = {}
    for grant in await services.events.grants_of_member(member):
        by_space.setdefault(grant.space, []).append(grant)
    order = sorted(by_space, key=lambda space: _let_in_at(known.get(space)))
    cards = [await _card(services, signed_in, space, by_space[space], known) for space in order]
    looked_at = [space for space, card in zip(order, cards, strict=True) if card.ended is None]
    await note_visits(services, looked_at, member, Look.PEOPLE)
    waiting = [_new_person(services, each) for each in known.values() if each.space not in by_space]
    return page("people.html", signed_in, people=cards, waiting=waiting)


@post("/people/{space:str}/confirm", status_code=303)
async def confirm(
    request: Request[Any, Any, Any], services: InjectedServices, space: FromPath[str]
) -> Redirect:
    """Note that the therapist and the person compared the words and found them equal."""
    signed_in = await services.web.require(request, services.now())
    form = await request.form()
    require_form(signed_in, str(form.get(FORM_FIELD, "")))
    whose = space_from_text(space)
    now = services.now()
    right = authorize(actor_of(signed_in), Verb.CONFIRM, whose, None, now)
    await services.accounts.write(
        right.guard(lambda rows: confirm_acquaintance(rows, signed_in.therapist.id, whose, now))
    )
    return Redirect(PEOPLE_PATH, status_code=303)


def _let_in_at(acquaintance: Acquaintance | None) -> int:
    return acquaintance.joined_at if acquaintance is not None else 0


def _new_person(services: Services, acquaintance: Acquaintance) -> NewPerson:
    """Somebody who redeemed an invitation and shares nothing yet."""
    is_confirmed = acquaintance.confirmed_at is not None
    # The key of that day: the device computes its words from what it pinned then.
    key = acquaintance.signing_key or services.signer.chain[0].key
    phrase = comparison_phrase(key, acquaintance.space, acquaintance.device, acquaintance.therapist)
    space = text_from_id(acquaintance.space)
    return NewPerson(
        label=label_of(acquaintance),
        second_mark=second_mark(acquaintance.space),
        phrase="" if is_confirmed else phrase,
        confirm_url=f"{PEOPLE_PATH}/{space}/confirm",
        joined=moment_words(acquaintance.joined_at),
    )


async def _card(
    services: Services,
    signed_in: SignedIn,
    space: SpaceId,
    grants: Sequence[Grant],
    known: dict[SpaceId, Acquaintance],
) -> PersonCard:
    card = PersonCard(
        label=label_of(known.get(space)),
        second_mark=second_mark(space),
        url=f"{PEOPLE_PATH}/{text_from_id(space)}/timeline",
    )
    try:
        return await _live_card(services, signed_in, space, card)
    except RefusedError:
        ended = await ended_words(services, space, grants)
        return msgspec.structs.replace(card, ended=ended)


async def _live_card(
    services: Services, signed_in: SignedIn, space: SpaceId, card: PersonCard
) -> PersonCard:
    audience = await find_audience(services, signed_in, space)
    person = person_of(audience)
    visited = await services.accounts.read(lambda rows: last_visit(rows, space, audience.member))
    rows, is_cut = await new_rows(services, audience, visited or 0)
    return msgspec.structs.replace(
        card,
        changes=change_words(rows, audience.actor, is_cut=is_cut),
        changes_since="New to you" if visited is None else "Since your last visit",
        nothing_new="Nothing shared yet."
        if visited is None
        else "Nothing new since your last visit.",
        sharing=f"Shares with you since {person.since}",
    )
