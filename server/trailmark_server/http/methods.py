"""Methods of requests: HEAD works wherever GET does, and ``Allow`` names all that an address takes.

An ASGI layer around everything else: the framework answers HEAD by 405, and names in ``Allow`` the
methods of an address's first handler alone, or ``websocket`` among them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Generator, Iterable, Mapping
from typing import Final, cast

from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

_ALLOW: Final = b"allow"
_NO_METHOD: Final = "websocket"
_START: Final = "http.response.start"
_END: Final = {"type": "http.response.body", "body": b"", "more_body": False}
_Header = tuple[bytes, bytes]


def methods_of(app: Litestar) -> Mapping[str, frozenset[str]]:
    """Return what each address takes, by the template of its path."""
    routes = (each for each in app.routes if isinstance(each, HTTPRoute))
    return {each.path_format: frozenset(each.methods) for each in routes}


class MethodLayer:
    """Answers HEAD as GET without the body, and completes ``Allow``.

    Attributes:
        inner: The application that it wraps.
    """

    def __init__(self, app: ASGIApp, methods: Mapping[str, frozenset[str]]) -> None:
        """Wrap ``app``.

        Args:
            app: The application.
            methods: Of its routes, from ``methods_of``.
        """
        self.inner = app
        self._methods = methods

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve one request or socket; of a socket, which stays, nothing is kept here."""
        if scope["type"] == "http":
            return self._serve(scope, receive, send)
        return self.inner(scope, receive, send)

    async def _serve(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        is_head = scope["method"] == "HEAD"
        # A copy: whoever speaks HTTP for us looks into the original to know what was asked.
        asked = cast("Scope", {**scope, "method": "GET"}) if is_head else scope

        async def send_on(message: Message) -> None:
            if message["type"] == _START:
                message["headers"] = list(self._headers(asked, message["headers"]))
                await send(message)
                if is_head:  # at once: a live page has no end of its own
                    await send(cast("Message", _END))
            elif not is_head:
                await send(message)

        await self.inner(asked, receive, send_on)

    def _headers(self, scope: Scope, headers: Iterable[_Header]) -> Generator[_Header]:
        for name, value in headers:
            yield (name, self._allow(scope, value) if name.lower() == _ALLOW else value)

    def _allow(self, scope: Scope, value: bytes) -> bytes:
        named = frozenset(value.decode("ascii").split(", ")) - {_NO_METHOD}
        if "path_template" in scope:
            named |= self._methods.get(scope["path_template"], frozenset())
        if "GET" in named:
            named |= {"HEAD"}
        return ", ".join(sorted(named)).encode()
