"""``/with/<token>`` and ``/with``: what a supporter sees, and the few words that they send back.

Looking at the link changes nothing and shows nothing, so that the preview of a messenger neither
reads nor counts as a visit: the page has one button, and only its POST opens a session. That
redirects to ``/with``, so that the token stays in no address bar. No page needs a script.
"""

from __future__ import annotations

import hmac
from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.enums import MediaType, RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from litestar.response import Redirect

from trailmark_server.http.origins import ForeignOriginError
from trailmark_server.http.problems import answer_problem, problem_of
from trailmark_server.members import circle
from trailmark_server.members.circle import AnsweredError, GoneError, Visit
from trailmark_server.pages.circle_view import Draft, page_of
from trailmark_server.pages.rendering import TEMPLATES
from trailmark_server.pages.replies import StaleFormError, as_sentence
from trailmark_server.pages.typed import typed_in
from trailmark_server.services import InjectedServices, Services
from trailmark_server.sessions import FORM_FIELD
from trailmark_server.supporters import ClosedLinkError
from trailmark_shared import limits
from trailmark_shared.domain.typed_words import clean_words
from trailmark_shared.errors import DomainError, ErrorCode, TrailmarkError
from trailmark_shared.words import gettext

CIRCLE_PATH: Final = "/with"
LEFT_PATH: Final = "/with-left"

_SECURE_COOKIE: Final = "__Host-trailmark-with"
_PLAIN_COOKIE: Final = "trailmark-with"

_HEADERS: Final = {
    # The address holds the token: no request that the page makes may carry it on, not even to us.
    "Referrer-Policy": "strict-origin",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}

_Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]


def _page(template: str, status: int = 200, /, **values: object) -> Response[str]:
    html = TEMPLATES.render(f"circle/{template}", **values)
    return Response(html, status_code=status, media_type=MediaType.HTML, headers=_HEADERS)


def answer_refusal(request: Request[Any, Any, Any], error: TrailmarkError) -> Response[Any]:
    """Answer a refusal at a supporter's page; whatever is closed gets the same words."""
    if isinstance(error, ClosedLinkError):
        return _page("closed.html", 403, typed=typed_in(request))
    if isinstance(error, StaleFormError | ForeignOriginError):
        return _not_sent(
            request,
            gettext(
                "This page was drawn a while ago, or elsewhere. Load it again, then send once more."
            ),
            403,
        )
    if isinstance(error, AnsweredError):
        return _not_sent(
            request, gettext("You have answered this one already, and your first words stand."), 409
        )
    if isinstance(error, GoneError):
        return _not_sent(
            request, gettext("What you answered was taken back meanwhile, or is sent anew."), 410
        )
    if error.code is ErrorCode.RATE_LIMITED:
        return _not_sent(
            request, gettext("Too many links were tried from here. Wait a minute."), 429
        )
    return answer_failure(request, error)


def answer_failure(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer what no form can help, and give its words back."""
    answer = answer_problem(request, error)
    if not typed_in(request):
        return answer
    shown = problem_of(error)
    title = gettext("This did not work ({status})").format(status=shown.status)
    return _not_sent(request, as_sentence(shown.detail), shown.status, title)


def _not_sent(
    request: Request[Any, Any, Any], words: str, status: int, title: str | None = None
) -> Response[str]:
    said = title or gettext("Nothing was sent")
    return _page("not_sent.html", status, title=said, words=words, typed=typed_in(request))


def cookie_name(services: Services) -> str:
    """Return the name of the cookie: ``__Host-…`` behind TLS, a plain one on loopback."""
    return _SECURE_COOKIE if _is_secure(services) else _PLAIN_COOKIE


def _is_secure(services: Services) -> bool:
    return services.settings.public_url.startswith("https://")


def _cookie(services: Services, token: str | None) -> Cookie:
    is_secure = _is_secure(services)
    return Cookie(
        key=cookie_name(services),
        value=token or "",
        max_age=0 if token is None else limits.SUPPORTER_SESSION_MAX_MS // 1000,
        path="/" if is_secure else CIRCLE_PATH,  # ``__Host-`` allows no other path
        httponly=True,
        secure=is_secure,
        samesite="strict",
    )


async def _visit(request: Request[Any, Any, Any], services: Services) -> Visit:
    token = request.cookies.get(cookie_name(services), "")
    if not token:
        raise ClosedLinkError
    return await circle.find_visit(services, token)


def _require_form(visit: Visit, form: dict[str, str]) -> None:
    if not hmac.compare_digest(visit.form_token.encode(), form.get(FORM_FIELD, "").encode()):
        raise StaleFormError


@get("/with/{token:str}")
async def show_link(token: FromPath[str]) -> Response[str]:  # noqa: ARG001  (the form posts to the same address)
    """Show the button; nothing is looked up."""
    return _page("link.html")


@post("/with/{token:str}", status_code=303)
async def open_link(
    request: Request[Any, Any, Any], services: InjectedServices, token: FromPath[str]
) -> Redirect:
    """Let the browser in."""
    with services.tries.counted(services.address_of(request), services.clock.monotonic_ms()):
        session = await circle.open_link(services, token)
    return Redirect(CIRCLE_PATH, status_code=303, cookies=[_cookie(services, session)])


@get(CIRCLE_PATH)
async def show_circle(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    page: FromQuery[int | None] = None,
) -> Response[str]:
    """Show what was sent, the newest first."""
    visit = await _visit(request, services)
    return await _circle(services, visit, page or 1)


async def _circle(
    services: Services, visit: Visit, number: int, draft: Draft | None = None, status: int = 200
) -> Response[str]:
    seen = await circle.look(services, visit)
    return _page(
        "circle.html",
        status,
        chars_max=limits.ENCOURAGEMENT_CHARS_MAX,
        form_token=visit.form_token,
        name=seen.name,
        shown=page_of(seen.items, seen.zone, number, draft),
    )


@post("/with/encouragements", status_code=303)
async def encourage(
    request: Request[Any, Any, Any], services: InjectedServices, data: _Form
) -> Response[Any]:
    """Send a few words back, or say what is wrong and give the words back."""
    visit = await _visit(request, services)
    _require_form(visit, data)
    event, text = data.get("event", ""), data.get("text", "")
    try:
        await circle.encourage(services, visit, event, text)
    except DomainError as error:
        if error.code is not ErrorCode.INVALID_INPUT:
            raise
        draft = Draft(event=event, text=clean_words(text), problem=error.message)
        return await _circle(services, visit, 1, draft, status=422)
    number = data.get("page", "")
    where = f"?page={number}" if number.isascii() and number.isdecimal() else ""
    return Redirect(f"{CIRCLE_PATH}{where}#item-{event}", status_code=303)


@post("/with/leave", status_code=303)
async def leave(
    request: Request[Any, Any, Any], services: InjectedServices, data: _Form
) -> Redirect:
    """End the supporter's own link."""
    visit = await _visit(request, services)
    _require_form(visit, data)
    await circle.leave(services, visit)
    return Redirect(LEFT_PATH, status_code=303, cookies=[_cookie(services, None)])


@get(LEFT_PATH)
async def show_left() -> Response[str]:
    """Say goodbye."""
    return _page("left.html")
