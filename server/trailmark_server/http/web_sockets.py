"""WebSocket connections that keep little, whatever comes, and end where nothing can come of them.

A device is connected for days and mostly silent. Beyond memory, uvicorn's connection is left as it
is, but for two things that anybody could do before they say who they are: an upgrade that its
parser gives up kept its socket for ever, and bytes that were no frame, sent before the upgrade was
answered, broke it off as a failure of the server.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any, Final, Generic, TypeVar, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from trailmark_server.http.headers import bare_answer

T = TypeVar("T")

_NO_EXTENSIONS: Final[dict[str, dict[object, object]]] = {}
"""One for all that are open: what there is of them is for answers in place of a handshake."""

_FREE: Final = asyncio.Event()
_FREE.set()
"""Says of all connections whose socket takes more that it does."""


class LeanWebSocket(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket connection without what only its handshake and a busy socket need.

    Attributes that are set late stand in slots: with more than thirty in its dictionary, Python
    gives up sharing the names among all connections, and each takes 1.3 KiB more.
    """

    __slots__ = (
        "_late_pong",
        "curr_msg_data_type",
        "frames",
        "last_ping_rtt",
        "pending_ping_payload",
        "ping_sent_at",
        "ping_timer",
        "pong_timer",
        "request",
        "response",
        "scope",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  (uvicorn's own)
        """Be as uvicorn's connection is, with a lighter queue."""
        super().__init__(*args, **kwargs)
        self.queue = cast("asyncio.Queue[Any]", Inbox[Any]())
        self.writable = _FREE
        self._late_pong = b""

    def data_received(self, data: bytes) -> None:
        """Take bytes; an upgrade with a body, or with headers past what is read, is turned away."""
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            self.transport.write(bare_answer(HTTPStatus.BAD_REQUEST, tls=self.scheme == "wss"))
            self.transport.close()

    def handle_connect(self, event: Any) -> None:  # noqa: ANN401  (uvicorn's own)
        """Begin the handshake; nothing is read before it was answered."""
        super().handle_connect(event)
        if not self.handshake_complete:
            self.transport.pause_reading()

    def handle_cont(self, event: Any) -> None:  # noqa: ANN401  (uvicorn's own)
        """Take a part of a message; one without a byte is nothing to keep."""
        if event.data or event.fin:
            super().handle_cont(event)

    def handle_ping(self) -> None:
        """Answer pings; while the socket takes nothing, only those that came last, and later."""
        pong = b"".join(self.conn.data_to_send())
        if self.writable.is_set():
            self.transport.write(pong)
        elif pong:
            self._late_pong = pong

    def start_keepalive(self) -> None:
        """Begin to send pings: the handshake is over, and so is the use of its headers."""
        self.request.headers.clear()  # the parser holds the request for as long as it lives
        self.scope["headers"] = ()
        self.scope["extensions"] = _NO_EXTENSIONS
        del self.request, self.response
        super().start_keepalive()
        self.transport.resume_reading()

    def pause_writing(self) -> None:
        """Let whoever wants to send wait until the socket takes more."""
        self.writable = asyncio.Event()

    def resume_writing(self) -> None:
        """Send the answer to pings that waited, then let others send."""
        if self._late_pong:
            self.transport.write(self._late_pong)
            self._late_pong = b""
        super().resume_writing()


class Inbox(Generic[T]):
    """What came and was not read yet: an ``asyncio.Queue`` for one reader, without four deques."""

    __slots__ = ("_came", "_waiter")

    def __init__(self) -> None:
        """Hold nothing."""
        self._came: list[T] = []
        self._waiter: asyncio.Future[None] | None = None

    def put_nowait(self, message: T) -> None:
        """Put one message behind the others and wake the reader."""
        self._came.append(message)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def empty(self) -> bool:
        """Say whether all that came was read."""
        return not self._came

    async def get(self) -> T:
        """Return the message that came first, once there is one."""
        while not self._came:
            waiter = self._waiter = asyncio.get_running_loop().create_future()
            try:
                await waiter
            finally:
                if self._waiter is waiter:  # else the next reader waits already
                    self._waiter = None
        return self._came.pop(0)
