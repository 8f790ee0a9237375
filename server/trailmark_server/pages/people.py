"""``/people``: the people who let this therapist in, and what is new since the last visit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect

from trailmark_adapters.clock import zone_from_name
from trailmark_server.members.audience import space_from_text
from trailmark_server.members.dates import moment_words
from trailmark_server.members.people import (
    PEOPLE_PER_PAGE,
    Part,
    Sharing,
    Waiting,
    confirm_person,
    read_people,
)
from trailmark_server.members.visits import change_words
from trailmark_server.pages.account_view import has_own_way
from trailmark_server.pages.person import person_of
from trailmark_server.pages.replies import page, signed_in_form
from trailmark_server.pages.searches import FIELD, SEARCH, cleaned, new_nonce, searches_at
from trailmark_server.pages.views import NewPerson, PersonCard
from trailmark_server.services import InjectedServices
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext, marked, ngettext

PEOPLE_PATH: Final = "/people"

_PAGES_MAX: Final = 1000
_SINCE_SESSION: Final = (
    marked("Since your last session"),
    marked("Nothing new since your last session."),
)
_SINCE_VISIT: Final = (
    marked("Since your last visit"),
    marked("Nothing new since your last visit."),
)
_FIRST: Final = (marked("New to you"), marked("Nothing shared yet."))


@get("/people")
async def people(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    search: FromQuery[str] = "",
    number: Annotated[int, QueryParameter(name="page", ge=1, le=_PAGES_MAX)] = 1,
) -> Response[str]:
    """Show a page of those who share, or shared, something with the therapist who is signed in."""
    signed_in = await services.web.require(request, services.now())
    words = searches_at(services, request, PEOPLE_PATH).words(search)
    known = await read_people(services, signed_in, Part(words=words, page=number))
    whose = signed_in.therapist.id
    pages = -(-known.found // PEOPLE_PER_PAGE)
    return page(
        "people.html",
        signed_in,
        words=words,
        number=number,
        pages=pages,
        page_urls={
            each: _list_url({SEARCH: search if words else "", "page": str(each)})
            for each in range(1, pages + 1)
        },
        people=[_card(each) for each in known.sharing],
        waiting=[_new_person(each) for each in known.waiting],
        is_set_up=await services.accounts.read(lambda rows: has_own_way(rows, whose)),
    )


@post("/people", status_code=303)
async def search_people(request: Request[Any, Any, Any], services: InjectedServices) -> Redirect:
    """Lead to those whose label or second mark holds the words of the form."""
    _, fields = await signed_in_form(request, services)
    words = cleaned(fields.get(FIELD, ""))
    searches = searches_at(services, request, PEOPLE_PATH)
    sealed = searches.sealed(words, new_nonce(services)) if words else ""
    return Redirect(_list_url({SEARCH: sealed}), status_code=303)


def _list_url(query: Mapping[str, str]) -> str:
    said = urlencode({name: value for name, value in query.items() if value})
    return f"{PEOPLE_PATH}?{said}" if said else PEOPLE_PATH


@post("/people/{space:str}/confirm", status_code=303)
async def confirm(
    request: Request[Any, Any, Any], services: InjectedServices, space: FromPath[str]
) -> Redirect:
    """Note that the therapist and the person compared the words and found them equal."""
    signed_in, _ = await signed_in_form(request, services)
    await confirm_person(services, signed_in, space_from_text(space))
    return Redirect(PEOPLE_PATH, status_code=303)


def _new_person(waiting: Waiting) -> NewPerson:
    return NewPerson(
        label=waiting.label,
        second_mark=waiting.second_mark,
        phrase=waiting.phrase,
        confirm_url=f"{PEOPLE_PATH}/{text_from_id(waiting.space)}/confirm",
        joined=moment_words(waiting.joined_at),
    )


def _card(person: Sharing) -> PersonCard:
    url = f"{PEOPLE_PATH}/{text_from_id(person.space)}/timeline"
    if person.audience is None:
        return PersonCard(
            label=person.label, second_mark=person.second_mark, url=url, ended=person.ended
        )
    is_first = person.visited_at is None
    meetings = person.meetings
    zone = zone_from_name(meetings.zone) or UTC
    since = _FIRST if is_first else _SINCE_VISIT
    if meetings.last is not None:
        since = _SINCE_SESSION
    return PersonCard(
        label=person.label,
        second_mark=person.second_mark,
        url=url,
        changes=change_words(person.news, is_cut=person.is_cut),
        changes_since=gettext(since[0]),
        nothing_new=gettext(since[1]),
        session_url=f"{PEOPLE_PATH}/{text_from_id(person.space)}/session",
        next_session=""
        if meetings.next is None
        else gettext("Next session: {time}").format(time=moment_words(meetings.next, zone)),
        waiting=""
        if not person.waiting_proposals
        else ngettext(
            "{n} proposal waits for an answer",
            "{n} proposals wait for an answer",
            person.waiting_proposals,
        ).format(n=person.waiting_proposals),
        sharing=gettext("Shares with you since {day}").format(
            day=person_of(person.audience, zone_from_name(person.zone) or UTC).since
        ),
    )
