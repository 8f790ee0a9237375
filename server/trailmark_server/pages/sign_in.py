"""``/sign-in``: a therapist signs in by a password or a passkey.

The page works without script, but for passkeys, which browsers offer to scripts only. Nobody is
signed in yet, so there is no session for a form token to belong to: what keeps another site from
signing somebody in as somebody else is the check of ``Origin`` that stands before every write.
"""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.enums import MediaType
from litestar.response import Redirect

from trailmark_server.http.problems import problem
from trailmark_server.pages.replies import fields_of, page
from trailmark_server.services import InjectedServices, Services
from trailmark_server.sign_in import passkey_way, ways
from trailmark_server.therapists.passkeys import site_of
from trailmark_shared.errors import ErrorCode, RefusedError

SIGN_IN_PATH: Final = "/sign-in"
SIGNED_IN_PATH: Final = "/people"

_SHOWN: Final = frozenset({ErrorCode.SIGN_IN_REFUSED, ErrorCode.RATE_LIMITED, ErrorCode.OVERLOADED})


@get(SIGN_IN_PATH)
async def show_sign_in(
    request: Request[Any, Any, Any], services: InjectedServices
) -> Response[str] | Redirect:
    """Show the form; whoever is signed in is led on."""
    if await services.web.find(request, services.now()) is not None:
        return Redirect(SIGNED_IN_PATH, status_code=303)
    return _form(services)


@post(SIGN_IN_PATH, status_code=303)
async def sign_in(
    request: Request[Any, Any, Any], services: InjectedServices
) -> Response[str] | Redirect:
    """Sign in by a password."""
    fields = await fields_of(request)
    email = fields.get("email", "")
    browser = ways.browser_of(services, request)
    try:
        entered = await ways.by_password(services, browser, email, fields.get("password", ""))
    except RefusedError as error:
        return _refused(services, error, email)
    return Redirect(SIGNED_IN_PATH, status_code=303, cookies=entered.cookies)


@post(f"{SIGN_IN_PATH}/passkey/challenge", status_code=200)
async def ask_passkey(request: Request[Any, Any, Any], services: InjectedServices) -> Response[str]:
    """Give out a challenge for any passkey of this site."""
    browser = ways.browser_of(services, request)
    asked = await passkey_way.ask_passkey(services, browser, "sign_in")
    return Response(asked, media_type=MediaType.JSON)


@post(f"{SIGN_IN_PATH}/passkey", status_code=303)
async def sign_in_by_passkey(
    request: Request[Any, Any, Any], services: InjectedServices
) -> Response[str] | Redirect:
    """Sign in by a passkey."""
    fields = await fields_of(request)
    browser = ways.browser_of(services, request)
    try:
        entered = await passkey_way.by_passkey(services, browser, fields.get("answer", ""))
    except RefusedError as error:
        return _refused(services, error)
    return Redirect(SIGNED_IN_PATH, status_code=303, cookies=entered.cookies)


def _refused(services: Services, error: RefusedError, email: str = "") -> Response[str]:
    if error.code not in _SHOWN:
        raise error
    return _form(services, problem(error.code, "").status, error.message, email)


def _form(
    services: Services, status: int = 200, problem_words: str | None = None, email: str = ""
) -> Response[str]:
    return page(
        "sign_in.html",
        None,
        status,
        takes_passwords=services.settings.takes_passwords,
        has_passkeys=site_of(services.settings.public_url) is not None,
        problem=problem_words,
        email=email,
    )
