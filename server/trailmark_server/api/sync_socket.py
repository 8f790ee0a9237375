"""``GET /sync`` as a WebSocket: a device's live session.

Written on the bare ASGI messages, because the framework's helpers turn a text frame into empty
bytes, lose the close code and leak error texts. An idle session costs one waiting task and no
timer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from contextvars import copy_context
from types import coroutine
from typing import Any, Final, cast

from litestar import WebSocket, websocket
from litestar.datastructures import Headers
from litestar.exceptions import WebSocketDisconnect
from litestar.types import WebSocketSendEvent

from trailmark_server.bell import Pauses
from trailmark_server.credentials import credential_from_header
from trailmark_server.devices import DeviceSession
from trailmark_server.http.origins import ForeignOriginError, may_act, origin_of
from trailmark_server.http.problems import PROBLEM_TYPE, problem, problem_bytes
from trailmark_server.services import InjectedServices
from trailmark_server.sign_in.device import sign_in
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, ProtocolError, TrailmarkError
from trailmark_shared.protocol.close_codes import closing_of

INBOX_FRAMES: Final = limits.PUSH_WINDOW + 1
"""With so many waiting for their turn a peer is not read: what it may push at once fits."""

UNSUPPORTED_DATA: Final = 1003
"""Close code for a text frame (RFC 6455 section 7.4.1)."""

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

    def put(self, frame: bytes) -> Coroutine[Any, Any, None] | None:
        """Send one frame; now and then let others run: a loop of sends alone never yields.

        Returns:
            As an ``Outlet``; a ``TimeoutError`` when it is awaited: the peer takes no bytes.

        Raises:
            ConnectionResetError: The peer is gone.
        """
        event: WebSocketSendEvent = {"type": "websocket.send", "bytes": frame, "text": None}
        sending = cast("Coroutine[Any, Any, None]", self._socket.send(event))
        try:
            # Only a full buffer makes it wait; a task for each frame costs more than sending it.
            # It runs outside of one: no time-out or task group may stand around this ``send``.
            waits_for = sending.send(None)
        except StopIteration:
            pass
        except _GONE as error:
            raise ConnectionResetError from error
        else:
            return self._finish(sending, waits_for)
        self._unyielded += len(frame)
        if self._unyielded < _YIELD_BYTES:
            return None
        self._unyielded = 0
        return asyncio.sleep(0)

    async def _finish(self, sending: Coroutine[Any, Any, None], waits_for: object) -> None:
        try:
            async with asyncio.timeout(limits.SEND_TIMEOUT_MS / 1000):
                await _resumed(sending, waits_for)
        except _GONE as error:
            raise ConnectionResetError from error


@coroutine
def _resumed(begun: Coroutine[Any, Any, None], waits_for: object) -> Generator[Any, Any, None]:
    """Go on, in a task, with what was begun outside of one and waits."""
    try:
        yield waits_for
        yield from cast("Any", begun)
    finally:
        begun.close()


class _Carrier:
    """Carries one device session over one accepted socket.

    The task of the socket reads. What the session cannot do at once is done by a task that ends
    when nothing is left: a slow store keeps no pong from being read. Whoever calls, the session
    runs as the device's own, in no language of whoever rings.
    """

    def __init__(self, socket: _Socket, session: DeviceSession, stopping: asyncio.Event) -> None:
        self._socket = socket
        self._session = session
        session.own_pauses = Pauses(limits.OWN_ROWS_PAUSE_MS, limits.OWN_ROWS_PAUSE_MS_MAX)
        session.wake = self._wake
        self._stopping = stopping
        self._context = copy_context()
        self._turn: asyncio.Task[None] | None = None
        self._patience = asyncio.timeout(limits.HELLO_TIMEOUT_MS / 1000)
        self._is_advancing = False
        self._is_listening = False
        self._text = False
        self._gone = False

    async def run(self) -> None:
        """Carry frames both ways until either side ends."""
        try:
            async with self._patience:
                await self._read()
        except TimeoutError:
            self._is_listening = False
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
        count = 0
        while self._session.ended is None:
            self._is_listening = True
            event = await self._socket.receive()
            self._is_listening = False
            if event["type"] != "websocket.receive":
                self._gone = True
                return
            frame = event.get("bytes")
            if frame is None:
                self._text = True
                self._session.end(ErrorCode.MALFORMED_FRAME, "text frames are not understood")
                return
            if not count:
                self._patience.reschedule(None)
            self._session.take(frame)
            del event, frame  # a device that waits for days would keep its last batch here
            self._wake()
            count += 1
            if self._turn is not None and self._session.backlog >= INBOX_FRAMES:
                await self._turn
            elif count % INBOX_FRAMES == 0:
                await asyncio.sleep(0)  # many frames that came at once never yield

    def _wake(self) -> None:
        if self._turn is None and not self._is_advancing and not self._context.run(self._advance):
            self._turn = asyncio.create_task(self._take_turn(), context=self._context)

    def _advance(self) -> bool:
        if self._stopping.is_set():
            self._session.go_away()
        self._is_advancing = True
        try:
            is_done = self._session.advance()
        finally:
            self._is_advancing = False
        if self._session.ended is not None and self._is_listening:
            self._is_listening = False  # a time-out that is running out takes no other time
            self._patience.reschedule(0)
        return is_done

    async def _take_turn(self) -> None:
        """Do everything that waits, and what comes meanwhile; an end stops the reading, too."""
        try:
            while not self._advance():
                await self._session.take_time()
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
async def sync_socket(socket: _Socket, services: InjectedServices) -> None:
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
    with DeviceSession(services, _SocketOutlet(socket), credential) as session:
        await _Carrier(socket, session, services.stopping).run()
