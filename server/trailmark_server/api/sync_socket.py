"""``GET /sync`` as a WebSocket: a device's live session.

Written on the bare ASGI messages, because the framework's helpers turn a text frame into empty
bytes, lose the close code and leak error texts. An idle session costs one waiting task and no
timer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextvars import copy_context
from typing import Any, Final

from litestar import WebSocket, websocket
from litestar.datastructures import Headers
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect

from trailmark_server.bell import Pauses
from trailmark_server.credentials import credential_from_header
from trailmark_server.device_sign_in import sign_in
from trailmark_server.devices import DeviceSession, LiveSessions
from trailmark_server.origins import ForeignOriginError, may_act, origin_of
from trailmark_server.problems import PROBLEM_TYPE, problem, problem_bytes
from trailmark_server.services import InjectedServices
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, ProtocolError, TrailmarkError
from trailmark_shared.protocol.close_codes import closing_of

INBOX_FRAMES: Final = limits.PUSH_WINDOW + 1
"""With so many waiting for their turn a peer is not read: what it may push at once fits."""

UNSUPPORTED_DATA: Final = 1003
"""Close code for a text frame (RFC 6455 section 7.4.1)."""

_OWN_PAUSES: Final = Pauses(limits.OWN_ROWS_PAUSE_MS, limits.OWN_ROWS_PAUSE_MS_MAX)

_REASON_BYTES_MAX: Final = 123

_YIELD_BYTES: Final = 16 * 1024
"""How much a session sends before it lets others run."""

_GONE: Final = (WebSocketDisconnect, RuntimeError)
"""How framework and server say that the peer has closed meanwhile."""

_Socket = WebSocket[Any, Any, Any]


class _SocketOutlet:
    """Sends frames; a peer that takes none for ``limits.SEND_TIMEOUT_MS`` is dropped."""

    def __init__(self, socket: _Socket) -> None:
        self._socket = socket
        self._unyielded = 0

    @property
    def is_full(self) -> bool:
        """Never: a socket that takes no more keeps ``send`` waiting."""
        return False

    async def send(self, frame: bytes) -> None:
        """Send one frame; now and then let others run: a loop of sends alone never yields.

        Raises:
            TimeoutError: The peer takes no bytes.
            ConnectionResetError: The peer is gone.
        """
        try:
            async with asyncio.timeout(limits.SEND_TIMEOUT_MS / 1000):
                await self._socket.send({"type": "websocket.send", "bytes": frame, "text": None})
        except _GONE as error:
            raise ConnectionResetError from error
        self._unyielded += len(frame)
        if self._unyielded >= _YIELD_BYTES:
            self._unyielded = 0
            await asyncio.sleep(0)


class _Carrier:
    """Carries one device session over one accepted socket.

    The task of the socket reads. What came in, and what the bell told, is done by a task that
    begins with it and ends when nothing is left: a slow store keeps no pong from being read. It
    runs as the device's own, in no language of whoever rings.
    """

    def __init__(self, socket: _Socket, session: DeviceSession, stopping: asyncio.Event) -> None:
        self._socket = socket
        self._session = session
        session.own_pauses = _OWN_PAUSES
        session.wake = self._wake
        self._stopping = stopping
        self._inbox: list[bytes] = []
        self._context = copy_context()
        self._turn: asyncio.Task[None] | None = None
        self._patience = asyncio.timeout(limits.HELLO_TIMEOUT_MS / 1000)
        self._is_listening = False
        self._text = False
        self._gone = False

    async def run(self) -> None:
        """Carry frames both ways until either side ends."""
        try:
            async with self._patience:
                await self._read()
        except TimeoutError:
            await self._session.refuse(
                ProtocolError(ErrorCode.HELLO_TIMEOUT, "no hello arrived in time")
            )
        except asyncio.CancelledError:
            if self._turn is not None:
                self._turn.cancel()
            raise
        while self._turn is not None:  # a ring between its end and here begins another one
            await self._turn
        if not self._gone:
            await self._close()

    async def _read(self) -> None:
        while self._session.ended is None:
            event = await self._listen()
            if event["type"] != "websocket.receive":
                self._gone = True
                return
            self._patience.reschedule(None)
            frame = event.get("bytes")
            if frame is None:
                self._text = True
                self._session.end(ErrorCode.MALFORMED_FRAME, "text frames are not understood")
                return
            self._inbox.append(frame)
            turn = self._wake()
            if len(self._inbox) >= INBOX_FRAMES:
                await turn

    async def _listen(self) -> Mapping[str, Any]:
        self._is_listening = True
        try:
            return await self._socket.receive()
        finally:
            self._is_listening = False

    def _wake(self) -> asyncio.Task[None]:
        if self._turn is None:
            self._turn = asyncio.create_task(self._take_turn(), context=self._context)
        return self._turn

    async def _take_turn(self) -> None:
        """Do everything that waits, and what comes meanwhile; an end stops the reading, too."""
        try:
            while self._session.ended is None and (
                self._inbox or self._session.has_news or self._stopping.is_set()
            ):
                if self._inbox:
                    await self._session.take_frame(self._inbox.pop(0))
                if self._stopping.is_set():
                    await self._session.go_away()
                await self._session.take_bell()
            if self._session.ended is not None and self._is_listening:
                self._patience.reschedule(0)
        finally:
            self._turn = None

    async def _close(self) -> None:
        ended = self._session.ended
        closing = closing_of(ended.code if ended is not None else None)
        code = UNSUPPORTED_DATA if self._text else closing.code
        words = ended.message if ended is not None else closing.meaning
        reason = words.encode("ascii", "replace")[:_REASON_BYTES_MAX].decode("ascii")
        try:
            async with asyncio.timeout(limits.SEND_TIMEOUT_MS / 1000):
                await self._socket.send({"type": "websocket.close", "code": code, "reason": reason})
        except (OSError, *_GONE):
            return  # it is gone already


async def _answer_instead(socket: _Socket, error: TrailmarkError) -> None:
    """Refuse the upgrade with a real HTTP status, which the framework's exceptions do not give."""
    shown = problem(error.code, error.message)
    body = problem_bytes(shown)
    start = {
        "type": "websocket.http.response.start",
        "status": shown.status,
        "headers": [
            (b"content-type", PROBLEM_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
        ],
    }
    # Litestar's types do not know the ASGI extension that refuses a handshake with a response.
    await socket.send(start)  # type: ignore[arg-type]
    await socket.send({"type": "websocket.http.response.body", "body": body})  # type: ignore[arg-type]


@websocket("/sync")
async def sync_socket(
    socket: _Socket, services: InjectedServices, live: NamedDependency[LiveSessions]
) -> None:
    """Carry a device's live session."""
    await socket.receive()
    headers = Headers(socket.scope["headers"])  # those of ``socket`` would be kept with it
    header = headers.get("authorization")
    credential = credential_from_header(header)
    try:
        is_program = credential is not None
        if not may_act(origin_of(headers), services.own_origins, is_program=is_program):
            raise ForeignOriginError
        if header is not None:
            await sign_in(services, credential)
    except TrailmarkError as error:
        await _answer_instead(socket, error)
        return
    await socket.send({"type": "websocket.accept", "subprotocol": None, "headers": []})
    # A session lives for days, and nobody asks any more what it was opened with.
    socket.scope["headers"] = []
    del headers
    with DeviceSession(services, live, _SocketOutlet(socket), credential) as session:
        await _Carrier(socket, session, services.stopping).run()
