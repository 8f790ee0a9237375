"""``/people``: the people who let this therapist in, and what is new since the last visit."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from trailmark_server.members.audience import space_from_text
from trailmark_server.members.dates import moment_words
from trailmark_server.members.people import Sharing, Waiting, confirm_person, read_people
from trailmark_server.members.visits import change_words
from trailmark_server.pages.account_view import has_own_way
from trailmark_server.pages.person import person_of
from trailmark_server.pages.replies import page, require_form
from trailmark_server.pages.views import NewPerson, PersonCard
from trailmark_server.services import InjectedServices
from trailmark_server.sessions import FORM_FIELD
from trailmark_shared.ids import text_from_id

PEOPLE_PATH: Final = "/people"


@get("/people")
async def people(request: Request[Any, Any, Any], services: InjectedServices) -> Response[str]:
    """Show everybody who shares, or shared, something with the therapist who is signed in."""
    signed_in = await services.web.require(request, services.now())
    known = await read_people(services, signed_in)
    whose = signed_in.therapist.id
    return page(
        "people.html",
        signed_in,
        people=[_card(each) for each in known.sharing],
        waiting=[_new_person(each) for each in known.waiting],
        is_set_up=await services.accounts.read(lambda rows: has_own_way(rows, whose)),
    )


@post("/people/{space:str}/confirm", status_code=303)
async def confirm(
    request: Request[Any, Any, Any], services: InjectedServices, space: FromPath[str]
) -> Redirect:
    """Note that the therapist and the person compared the words and found them equal."""
    signed_in = await services.web.require(request, services.now())
    form = await request.form()
    require_form(signed_in, str(form.get(FORM_FIELD, "")))
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
    return PersonCard(
        label=person.label,
        second_mark=person.second_mark,
        url=url,
        changes=change_words(person.news, is_cut=person.is_cut),
        changes_since="New to you" if is_first else "Since your last visit",
        nothing_new="Nothing shared yet." if is_first else "Nothing new since your last visit.",
        sharing=f"Shares with you since {person_of(person.audience).since}",
    )
