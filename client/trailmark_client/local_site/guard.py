"""The outermost layer: whoever does not come from the person's own browser learns nothing.

Four questions, before anything else runs. Is this the name that was made for this launch? (A name
of somebody else that was pointed at this machine is not.) Does a change come from one of these
pages? Was this browser let in? Was it sent here by another site? The headers go on every answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final, TypedDict, cast

from litestar.datastructures import Headers
from litestar.datastructures.cookie import Cookie
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from trailmark_client.local_site.entering import Entrance

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Nothing is loaded from anywhere else, and no script or style stands in a page itself."""

COOKIE: Final = "trailmark"
ENTER: Final = "/enter/"
STATIC: Final = "/static/"

_Header = tuple[bytes, bytes]
_ALWAYS: Final = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # Not "no-referrer": with that, browsers send forms with "Origin: null", as if from elsewhere.
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"x-dns-prefetch-control", b"off"),
)
_NO_STORE: Final = (b"cache-control", b"no-store")
_KEEP: Final = (b"cache-control", b"max-age=31536000, immutable")
_READING: Final = frozenset({"GET", "HEAD"})
_FROM_HERE: Final = frozenset({None, "same-origin", "none"})

OTHER_NAME: Final = "This is not the address of these pages."
OTHER_ORIGIN: Final = "This did not come from one of these pages. Nothing was done."
NOT_IN: Final = (
    "This window is not let in. Close it and open your pages again: trailmark open. "
    "Nothing that you wrote is lost."
)


class _Start(TypedDict):
    """The message that carries a response's headers."""

    status: int
    headers: Iterable[_Header]


class Guard:
    """Refuses what does not come from the person's own browser."""

    def __init__(self, inner: ASGIApp, host: str, entrance: Entrance) -> None:
        """Wrap an application.

        Args:
            inner: The application.
            host: The only name it answers to, with its port.
            entrance: Who is let in.
        """
        self._inner = inner
        self._host = host
        self._entrance = entrance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a socket is never opened."""
        if scope["type"] != "http":
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                start = cast("_Start", message)
                present = list(start.get("headers", ()))
                start["headers"] = [*present, *_ALWAYS, _kept(scope["path"], start["status"])]
            await send(message)

        refused = self._refused(scope["method"], scope["path"], Headers.from_scope(scope))
        if refused is None:
            await self._let_through(scope, receive, send_with_headers)
            return
        status, words = refused
        plain = (b"content-type", b"text/plain; charset=utf-8")
        await send_with_headers(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [plain],
            }
        )
        await send_with_headers(
            {
                "type": "http.response.body",
                "body": words.encode(),
                "more_body": False,
            }
        )

    async def _let_through(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer HEAD as GET without the body, but for the link: asking may not use it up."""
        if scope["type"] != "http" or scope["method"] != "HEAD" or scope["path"].startswith(ENTER):
            await self._inner(scope, receive, send)
            return

        async def send_start(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                # At once: a stream of news has no end of its own.
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        # A copy: whoever speaks HTTP for us looks into the original to know what was asked.
        await self._inner(cast("Scope", {**scope, "method": "GET"}), receive, send_start)

    def _refused(self, method: str, path: str, headers: Headers) -> tuple[int, str] | None:
        """Return why a request is refused, or ``None``."""
        if headers.getall("host", []) != [self._host]:
            return HTTPStatus.MISDIRECTED_REQUEST, OTHER_NAME
        if method not in _READING and headers.getall("origin", []) != [f"http://{self._host}"]:
            return HTTPStatus.FORBIDDEN, OTHER_ORIGIN
        if path.startswith((ENTER, STATIC)):
            return None
        if headers.get("sec-fetch-site") not in _FROM_HERE:
            return HTTPStatus.FORBIDDEN, OTHER_ORIGIN
        if not self._entrance.is_in(_cookie(headers)):
            return HTTPStatus.FORBIDDEN, NOT_IN
        return None


def _kept(path: str, status: int) -> _Header:
    return _KEEP if path.startswith(STATIC) and status == HTTPStatus.OK else _NO_STORE


def _cookie(headers: Headers) -> str | None:
    for part in headers.get("cookie", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE:
            return value
    return None


def cookie_of(value: str) -> Cookie:
    """Return the cookie of a browser that was let in: for these pages alone, until it closes."""
    return Cookie(key=COOKIE, value=value, path="/", httponly=True, samesite="strict")
