"""HTTP connections that must hurry: a request arrives in time and within bounds, or the line goes.

uvicorn waits for ever for a request that never ends, and keeps headers without a bound. So one
peer could hold sockets and memory by sending a byte now and then (Slowloris).

Its parser also takes for another request what stands behind headers that ask for another protocol,
while a proxy before the server takes that for the body: whoever wrote the body would write a
request of their own, with the addresses that only a proxy is believed about.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from trailmark_server.descriptors import Descriptors, allowed
from trailmark_server.http.headers import bare_answer
from trailmark_server.logs import log_fact
from trailmark_shared import limits

_BODY_HEADERS: Final = frozenset({b"content-length", b"transfer-encoding"})
_LOST_BODY: Final = "an upgrade to what is not spoken here, with a body"
_TOO_LARGE: Final = "headers too large"


class BoundedHttp(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 connection with a deadline for headers and body, and a bound for headers.

    Attributes:
        descriptors: Looks at the socket of each connection of this process.
    """

    descriptors: ClassVar[Descriptors] = Descriptors()

    _deadline: asyncio.TimerHandle | None = None
    _header_bytes: int | None = 0
    """Bytes received since headers are awaited; ``None`` behind them."""
    _refusal = HTTPStatus.BAD_REQUEST

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begin to wait for a request."""
        super().connection_made(transport)
        self.descriptors.opened(transport.get_extra_info("socket").fileno(), allowed())
        self._expect("headers", limits.REQUEST_HEADERS_MS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._forget_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; headers that do not end within the bound end the connection."""
        if self._header_bytes is not None:
            self._header_bytes += len(data)
        super().data_received(data)
        awaited = self._header_bytes
        if awaited is not None and awaited > limits.REQUEST_HEADER_BYTES_MAX:
            log_fact("request_cut", why=_TOO_LARGE)
            self._end_with(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, or too large; the parser's words are nobody's business."""
        del msg
        self._end_with(self._refusal)

    def on_message_begin(self) -> None:
        """A request line begins."""
        self._expect("headers", limits.REQUEST_HEADERS_MS)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The headers are whole; the body may follow.

        Raises:
            ValueError: They are too large, or ask for a protocol that nobody here speaks, and a
                body follows; the parser ends with that, and the connection with it.
        """
        self._header_bytes = None
        # What came in one piece ended before the bytes that came were counted.
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > limits.REQUEST_HEADER_BYTES_MAX:
            log_fact("request_cut", why=_TOO_LARGE)
            self._refusal = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            raise ValueError(_TOO_LARGE)
        if self._loses_body():
            raise ValueError(_LOST_BODY)
        self._expect("body", limits.REQUEST_BODY_MS)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is whole; what it takes to answer is not the peer's fault."""
        self._forget_deadline()
        self._header_bytes = 0
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """The connection is a WebSocket's from here on, which has deadlines of its own."""
        self._forget_deadline()
        super().handle_websocket_upgrade()

    def shutdown(self) -> None:
        """The server stops: what is not whole by now must come soon."""
        super().shutdown()
        if self._deadline is not None and self._header_bytes is None:
            self._expect("body", limits.LAST_BODY_MS)

    def _loses_body(self) -> bool:
        asks = self.parser is not None and self.parser.should_upgrade()
        return (
            asks
            and not self._should_upgrade()
            and any(name in _BODY_HEADERS and value != b"0" for name, value in self.headers)
        )

    def _end_with(self, status: HTTPStatus) -> None:
        self.transport.write(bare_answer(status, tls=self.scheme == "https"))
        self.transport.close()

    def _expect(self, what: str, within_ms: int) -> None:
        self._forget_deadline()
        self._deadline = self.loop.call_later(within_ms / 1000, self._give_up, what)

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self, what: str) -> None:
        if self._header_bytes != 0:  # browsers open lines that they may need, and ask nothing there
            log_fact("request_cut", why=f"{what} too slow")
        self.transport.abort()
