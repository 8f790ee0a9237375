"""Security headers on every response, and one log line per request: an ASGI layer.

All routes are within it, so errors, static files and refused upgrades carry the headers too.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from itertools import zip_longest
from typing import Final, TypedDict, cast

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from trailmark_adapters.clock import Clock
from trailmark_server.logs import log_fact, safe_path
from trailmark_shared.ids import is_canonical_id

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
"""Nothing is loaded from anywhere else, and no script or style stands in a page itself."""

PERMISSIONS_POLICY: Final = (
    "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=(), "
    "publickey-credentials-create=(self), publickey-credentials-get=(self)"
)

_ALWAYS: Final = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # Not "no-referrer": with that, browsers send forms with "Origin: null", as if from elsewhere.
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", PERMISSIONS_POLICY.encode()),
)
_TLS_ONLY: Final = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
_NO_STORE: Final = (b"cache-control", b"no-store")
_RETRY_AFTER: Final = {
    HTTPStatus.TOO_MANY_REQUESTS: (b"retry-after", b"60"),
    HTTPStatus.SERVICE_UNAVAILABLE: (b"retry-after", b"5"),
}
"""Seconds, where an answer does not know better: what is full takes longer than a restart."""
_Header = tuple[bytes, bytes]


class _Start(TypedDict):
    """The messages that carry a response's headers."""

    status: int
    headers: Iterable[_Header]


_STARTS: Final = frozenset({"http.response.start", "websocket.http.response.start"})
_CLOSED: Final = "websocket.close"
_ACCEPTED: Final = "websocket.accept"
_STATIC_PREFIX: Final = "/static/"
_QUIET_PATHS: Final = frozenset({"/health"})


def bare_answer(status: HTTPStatus, *, tls: bool) -> bytes:
    """Return a whole answer without a body, for what reaches no application; the line ends with it.

    Args:
        status: Its status.
        tls: The line is one of TLS.
    """
    wanted = (*_ALWAYS, *((_TLS_ONLY,) if tls else ()), _NO_STORE)
    ending = ((b"content-length", b"0"), (b"connection", b"close"))
    first = f"HTTP/1.1 {status.value} {status.phrase}".encode()
    lines = (first, *(name + b": " + value for name, value in (*wanted, *ending)))
    return b"\r\n".join((*lines, b"", b""))


class EdgeLayer:
    """Adds the headers and writes the request log.

    Attributes:
        inner: The application that it wraps.
    """

    def __init__(self, app: ASGIApp, clock: Clock, *, tls: bool) -> None:
        """Wrap ``app``.

        Args:
            app: The application.
            clock: Measures requests.
            tls: The site is reached by https, so browsers may be told to insist on it.
        """
        self.inner = app
        self._clock = clock
        self._fixed = (*_ALWAYS, _TLS_ONLY) if tls else _ALWAYS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket; the server starts the application without lifespan."""
        path = scope["path"]
        begun = self._clock.monotonic_ms()
        status = 0
        is_open = False

        async def send_with_headers(message: Message) -> None:
            nonlocal status, is_open
            if message["type"] == _CLOSED and not is_open:
                # Whoever speaks HTTP for us would answer this by a bare 403.
                status = HTTPStatus.FORBIDDEN.value
                await _refuse(send, status, self._headers((), path, status))
                return
            is_open = is_open or message["type"] == _ACCEPTED
            if message["type"] in _STARTS:
                start = cast("_Start", message)
                status = start["status"]
                start["headers"] = self._headers(start.get("headers", ()), path, status)
            await send(message)

        try:
            await self.inner(scope, receive, send_with_headers)
        finally:
            if path not in _QUIET_PATHS:
                log_fact(
                    "request" if scope["type"] == "http" else "socket",
                    path=_logged(path, scope, status),
                    status=status,
                    ms=self._clock.monotonic_ms() - begun,
                )

    def _headers(self, present: Iterable[_Header], path: str, status: int) -> list[_Header]:
        headers = list(present)
        names = {name.lower() for name, _ in headers}
        wanted = self._fixed if path.startswith(_STATIC_PREFIX) else (*self._fixed, _NO_STORE)
        if status in _RETRY_AFTER:
            wanted = (*wanted, _RETRY_AFTER[HTTPStatus(status)])
        headers += [(name, value) for name, value in wanted if name not in names]
        return headers


def _logged(path: str, scope: Scope, status: int) -> str:
    """Return the path as it may be logged: of what names nothing here, no word that was typed.

    Codes and names are typed as addresses by mistake; what was answered well is an address of ours.

    Args:
        path: As it was asked for.
        scope: Of the request, which names the route that it met.
        status: Of the answer.
    """
    if "path_template" not in scope:
        return "/…"
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return safe_path(path)
    pairs = zip_longest(
        *(filter(None, each.split("/")) for each in (path, scope["path_template"])), fillvalue=""
    )
    shown = (part if part == fixed or is_canonical_id(part) else "…" for part, fixed in pairs)
    return safe_path("/" + "/".join(shown))


async def _refuse(send: Send, status: int, headers: list[_Header]) -> None:
    """Answer an upgrade that nobody took."""
    start = {"type": "websocket.http.response.start", "status": status, "headers": headers}
    await send(cast("Message", start))
    await send(cast("Message", {"type": "websocket.http.response.body", "body": b""}))
