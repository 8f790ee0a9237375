"""``/enter/<token>``: a therapist signs in by a one-time link; ``/sign-out`` ends it.

Looking at the link changes nothing, so the preview of a mail program does not use it up: the page
has one button, and only its POST signs in.
"""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.enums import MediaType
from litestar.params import FromPath
from litestar.response import Redirect

from trailmark_server.http.problems import answer_problem
from trailmark_server.logs import log_fact
from trailmark_server.pages.replies import page, signed_in_form
from trailmark_server.services import InjectedServices
from trailmark_server.sessions import GOODBYE
from trailmark_server.sign_in.ways import browser_of, by_link
from trailmark_shared.errors import ErrorCode, TrailmarkError
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext

PEOPLE_PATH: Final = "/people"
SIGNED_OUT_PATH: Final = "/"


def _answer_refusal(request: Request[Any, Any, Any], error: TrailmarkError) -> Response[Any]:
    """Say in a browser, in the pages' own look, that a link is no good."""
    if error.code != ErrorCode.WRONG_CODE or "text/html" not in request.headers.get("accept", ""):
        return answer_problem(request, error)
    return page(
        "message.html",
        None,
        403,
        title=gettext("This link does not work any more"),
        paragraphs=[gettext("A link works once, within a day. Ask for a new one.")],
        link=None,
    )


@get("/enter/{token:str}", media_type=MediaType.HTML)
async def show_enter(token: FromPath[str]) -> Response[str]:  # noqa: ARG001  (the form posts to the same address)
    """Show the button; nothing is looked up."""
    return page("enter.html", None)


@post("/enter/{token:str}", status_code=303, exception_handlers={TrailmarkError: _answer_refusal})
async def enter(
    request: Request[Any, Any, Any], services: InjectedServices, token: FromPath[str]
) -> Redirect:
    """Use the link up and open a web session."""
    entered = await by_link(services, browser_of(services, request), token)
    return Redirect(PEOPLE_PATH, status_code=303, cookies=entered.cookies)


@post("/sign-out", status_code=303)
async def sign_out(request: Request[Any, Any, Any], services: InjectedServices) -> Redirect:
    """End the web session."""
    signed_in, _ = await signed_in_form(request, services)
    await services.accounts.write(lambda rows: rows.drop_web_session(signed_in.session_hash))
    services.bell.ring_access()
    log_fact("sign_out", therapist=text_from_id(signed_in.therapist.id))
    return Redirect(
        SIGNED_OUT_PATH,
        status_code=303,
        cookies=[services.web.expired_cookie()],
        headers=GOODBYE,
    )
