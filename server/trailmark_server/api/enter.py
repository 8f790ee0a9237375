"""``/enter/<token>``: a therapist signs in by a one-time link; ``/sign-out`` ends it.

Looking at the link changes nothing, so the preview of a mail program does not use it up: the page
has one button, and only its POST signs in.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.enums import MediaType, RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect

from trailmark_server.accounts import TOKEN_BYTES, token_text, use_sign_in_link
from trailmark_server.api.guards import address_of
from trailmark_server.services import InjectedServices
from trailmark_server.sessions import FORM_FIELD, check_form, open_web_session
from trailmark_server.storage.accounts import AccountRows, Therapist

PEOPLE_PATH: Final = "/people"
SIGNED_OUT_PATH: Final = "/"

_CONFIRM_PAGE: Final = (
    '<!doctype html><html lang="en"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width">'
    "<title>Sign in to Trailmark</title><h1>Sign in to Trailmark</h1>"
    "<p>This link works once. If you did not ask for it, close this page.</p>"
    '<form method="post"><button type="submit">Sign in</button></form>'
)


@get("/enter/{token:str}", media_type=MediaType.HTML)
async def show_enter(token: FromPath[str]) -> Response[str]:  # noqa: ARG001  (the form posts to the same address)
    """Show the button; nothing is looked up."""
    return Response(_CONFIRM_PAGE, media_type=MediaType.HTML)


@post("/enter/{token:str}", status_code=303)
async def enter(
    request: Request[Any, Any, Any], services: InjectedServices, token: FromPath[str]
) -> Redirect:
    """Use the link up and open a web session."""
    services.tries.count(address_of(request), services.clock.monotonic_ms())
    session_token = token_text(services.randomness.token(TOKEN_BYTES))
    now = services.now()

    def sign_in(rows: AccountRows) -> Therapist:
        therapist = use_sign_in_link(rows, token, now)
        open_web_session(rows, therapist, session_token, now)
        return therapist

    await services.accounts.write(sign_in)
    return Redirect(PEOPLE_PATH, status_code=303, cookies=[services.web.cookie(session_token)])


@post("/sign-out", status_code=303)
async def sign_out(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    data: Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Redirect:
    """End the web session."""
    signed_in = await services.web.require(request, services.now())
    check_form(signed_in, data.get(FORM_FIELD, ""))
    await services.accounts.write(lambda rows: rows.drop_web_session(signed_in.session_hash))
    services.bell.ring_access()
    return Redirect(SIGNED_OUT_PATH, status_code=303, cookies=[services.web.expired_cookie()])
