"""The session: who is signed in, what they did, and signing out."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Response, delete, get
from litestar.params import QueryParameter

from trailmark_server.access import Verb, authorize
from trailmark_server.api.members.asking import Reading, Writing, refusals
from trailmark_server.logs import log_fact
from trailmark_server.members.audience import actor_of
from trailmark_server.members.looks import Looks, place_by_space, read_looks
from trailmark_server.services import InjectedServices
from trailmark_server.sessions import GOODBYE
from trailmark_server.storage.accounts import AccountRows
from trailmark_shared.domain.looks import is_refused
from trailmark_shared.ids import text_from_id


class SessionOut(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in.

    Attributes:
        id: Your id, as grants name it.
        name: Your name, as people see it.
        form_token: What every write carries in the header `X-Form-Token`.
    """

    id: str
    name: str
    form_token: str


class LookOut(msgspec.Struct, frozen=True, kw_only=True):
    """Something that you opened, or tried to.

    Attributes:
        space: Whose.
        page: What, a short stable name such as `timeline`.
        at: The first time within a quarter of an hour, milliseconds UTC.
        refused: Nothing was shown.
    """

    space: str
    page: str
    at: int
    refused: bool


class LooksOut(msgspec.Struct, frozen=True, kw_only=True):
    """What you opened, the newest first.

    Attributes:
        looks: The looks.
        next: What to give as `before` for older ones; null where there are none.
    """

    looks: list[LookOut]
    next: str | None


@get("/session", responses=refusals(), summary="Who is signed in")
async def show_session(signed_in: Reading) -> SessionOut:
    """Return who is signed in, and the token that writes carry."""
    therapist = signed_in.therapist
    return SessionOut(
        id=text_from_id(therapist.id), name=therapist.name, form_token=signed_in.form_token
    )


@delete("/session", status_code=204, responses=refusals(writes=True), summary="Sign out")
async def sign_out(services: InjectedServices, writer: Writing) -> Response[None]:
    """End this session; live pages that it holds open end at once."""
    await services.accounts.write(lambda rows: rows.drop_web_session(writer.session_hash))
    services.bell.ring_access()
    log_fact("sign_out", therapist=text_from_id(writer.therapist.id))
    return Response(None, status_code=204, cookies=[services.web.expired_cookie()], headers=GOODBYE)


@get("/looks", responses=refusals(), summary="What you opened")
async def list_looks(
    services: InjectedServices,
    signed_in: Reading,
    before: Annotated[
        str | None, QueryParameter(max_length=100, description="`next` of the page before.")
    ] = None,
) -> LooksOut:
    """Return what the access logs of people hold about you; each person sees theirs."""
    member = signed_in.therapist.id
    right = authorize(actor_of(signed_in), Verb.READ_ACCESS_LOG, None, None, services.now())

    def read(rows: AccountRows) -> Looks:
        return read_looks(
            lambda limit, place: rows.access_entries_of_member(member, limit, place),
            place_by_space,
            before,
        )

    found = await services.accounts.read(right.guard(read))
    return LooksOut(
        looks=[
            LookOut(
                space=text_from_id(each.space),
                page=each.page,
                at=each.first_at,
                refused=is_refused(each.page),
            )
            for each in found.entries
        ],
        next=found.next,
    )
