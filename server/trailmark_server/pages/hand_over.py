"""``/people/SPACE/hand-over``: a colleague is proposed to a person, who alone decides."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from trailmark_server.members.dates import moment_day
from trailmark_server.members.hand_overs import find_hand_over, hand_over, withdraw_hand_over
from trailmark_server.members.visits import open_space
from trailmark_server.pages.person import head_of
from trailmark_server.pages.replies import (
    as_sentence,
    page,
    signed_in_form,
)
from trailmark_server.pages.views import HandOverView
from trailmark_server.services import InjectedServices, Services
from trailmark_server.sessions import SignedIn
from trailmark_shared import limits
from trailmark_shared.errors import DomainError


@get("/people/{space:str}/hand-over")
async def show_hand_over(
    request: Request[Any, Any, Any], services: InjectedServices, space: FromPath[str]
) -> Response[str]:
    """Show what handing over means, and what is proposed."""
    signed_in = await services.web.require(request, services.now())
    return await _page(services, signed_in, space)


@post("/people/{space:str}/hand-over", status_code=303)
async def propose_colleague(
    request: Request[Any, Any, Any], services: InjectedServices, space: FromPath[str]
) -> Response[Any]:
    """Propose a colleague, or say what is wrong and give the email back."""
    signed_in, fields = await signed_in_form(request, services)
    email = fields.get("email", "")
    try:
        await hand_over(services, signed_in, space, email)
    except DomainError as error:
        return await _page(services, signed_in, space, email=email, problem=error)
    return Redirect(_path(space), status_code=303)


@post("/people/{space:str}/hand-over/withdraw", status_code=303)
async def withdraw_colleague(
    request: Request[Any, Any, Any], services: InjectedServices, space: FromPath[str]
) -> Redirect:
    """Take back what was proposed."""
    signed_in, _ = await signed_in_form(request, services)
    await withdraw_hand_over(services, signed_in, space)
    return Redirect(_path(space), status_code=303)


def _path(space: str) -> str:
    return f"/people/{space}/hand-over"


async def _page(
    services: Services,
    signed_in: SignedIn,
    space: str,
    *,
    email: str = "",
    problem: DomainError | None = None,
) -> Response[str]:
    audience = await open_space(services, signed_in, space)
    found = await find_hand_over(services, signed_in, space)
    view = HandOverView(
        url=_path(space),
        colleague="" if found is None else found.colleague,
        made="" if found is None else moment_day(found.made_at),
        until="" if found is None else moment_day(found.expires_at),
        email=email,
        email_chars_max=limits.TITLE_CHARS_MAX,
        problem="" if problem is None else as_sentence(problem.message),
    )
    status = 200 if problem is None else 422
    person = await head_of(services, audience)
    return page("hand_over.html", signed_in, status, person=person, hand_over=view)
