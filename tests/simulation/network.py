"""Connections that keep order and nothing else: they are slow, stall, end at any frame."""

import asyncio
from collections import deque
from collections.abc import Callable
from random import Random
from typing import Any, Literal

from trailmark_client import transport
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.protocol import messages
from trailmark_shared.protocol.close_codes import closing_from_code
from trailmark_shared.protocol.frames import decode_client_frame

Side = Literal["server", "client"]

Item = bytes | int
"""A frame, or the close code behind which nothing comes."""

_LATENCY_S = 0.05
_STALL_S = 15.0
_EOF_DELAY_S = 40.0
_LOST = 1006
_STEP_S = 1e-6


class Faults:
    """How likely a connection misbehaves with each frame; all 0 once the faults stop."""

    def __init__(self) -> None:
        self.cut = 0.0
        self.stall = 0.0
        self.repeat_push = 0.0

    def stop(self) -> None:
        self.cut = self.stall = self.repeat_push = 0.0


class _Way:
    """Frames under way to one side, in order."""

    def __init__(self, link: "Link") -> None:
        self.arrived: asyncio.Queue[Item] = asyncio.Queue()
        self._link = link
        self._flight: deque[tuple[float, Item]] = deque()
        self._last = 0.0
        self._is_closed = False

    def send(self, item: Item) -> None:
        if self._is_closed:
            return
        self._add(item, self._link.random.expovariate(1 / _LATENCY_S))

    def stall(self) -> None:
        """Let everything that follows arrive later."""
        now = asyncio.get_running_loop().time()
        self._last = max(self._last, now) + self._link.random.random() * _STALL_S

    def end(self, kept: int | None, item: Item, delay: float) -> None:
        """Let the first ``kept`` frames under way arrive, then ``item``, then nothing."""
        if self._is_closed:
            return
        while kept is not None and len(self._flight) > kept:
            self._flight.pop()
        self._add(item, delay)
        self._is_closed = True

    @property
    def count(self) -> int:
        return len(self._flight)

    def _add(self, item: Item, delay: float) -> None:
        loop = asyncio.get_running_loop()
        self._last = max(self._last + 2 * _STEP_S, loop.time() + delay)
        self._flight.append((self._last, item))
        loop.call_at(self._last, self._arrive)

    def _arrive(self) -> None:
        # The loop may fire a timer a clock's resolution early.
        now = asyncio.get_running_loop().time() + _STEP_S
        while self._flight and self._flight[0][0] <= now:
            self.arrived.put_nowait(self._flight.popleft()[1])


class Link:
    """One WebSocket between a device and the server.

    Attributes:
        number: Which one of the run.
        is_dead: It was cut or closed.
        rewinds: Lanes for which the server announced a rewind on it.
    """

    def __init__(
        self, number: int, random: Random, faults: Faults, watch: Callable[[str, bytes], None]
    ) -> None:
        self.number = number
        self.random = random
        self.faults = faults
        self.watch = watch
        self.is_dead = False
        self.ways: dict[Side, _Way] = {"server": _Way(self), "client": _Way(self)}
        self.answered: asyncio.Future[tuple[int, bytes]]
        self.answered = asyncio.get_running_loop().create_future()

    def carry(self, to: Side, frame: bytes) -> None:
        """Put a frame on its way, unless the dice cut the link here."""
        dice, faults = self.random.random, self.faults
        self.watch(to, frame)
        if faults.cut and dice() < faults.cut:
            self.cut()
            return
        way = self.ways[to]
        if faults.stall and dice() < faults.stall:
            way.stall()
        way.send(frame)

    def cut(self, *, linger: bool = False) -> None:
        """End both ways; ``linger`` lets everything arrive that was handed to the kernel."""
        if self.is_dead:
            return
        self.is_dead = True
        for way in self.ways.values():
            kept = None if linger else self.random.randrange(way.count + 1)
            way.end(kept, _LOST, self.random.random() ** 4 * _EOF_DELAY_S)
        if not self.answered.done():
            self.answered.set_result((0, b""))

    def close(self, to: Side, code: int) -> None:
        """End both ways in order; the other side learns the code."""
        self.is_dead = True
        for side, way in self.ways.items():
            way.end(None, code if side == to else _LOST, _LATENCY_S)


class ClientEnd:
    """The device's transport over a link."""

    def __init__(self, link: Link) -> None:
        self._link = link

    @property
    def patience_ms(self) -> int:
        return limits.SEND_TIMEOUT_MS

    async def send(self, frame: bytes) -> None:
        await asyncio.sleep(0)
        if self._link.is_dead:
            raise _closed(_LOST)
        self._link.carry("server", frame)
        again = self._link.faults.repeat_push
        is_again = not self._link.is_dead and self._link.random.random() < again
        if is_again and isinstance(decode_client_frame(frame), messages.Push):
            self._link.carry("server", frame)

    async def receive(self) -> bytes:
        item = await self._link.ways["client"].arrived.get()
        if isinstance(item, int):
            raise _closed(item)
        return item

    async def close(self, code: int, reason: str) -> None:
        del reason
        if not self._link.is_dead:
            self._link.close("server", code)


def _closed(code: int) -> transport.TransportClosedError:
    closing = closing_from_code(code)
    error = transport._error_of(closing)  # pyright: ignore[reportPrivateUsage] # noqa: SLF001
    return transport.TransportClosedError(error, closing.meaning, closing.retry)


class ServerEnd:
    """The ASGI messages of a link, as the server's own handler reads and writes them."""

    def __init__(self, link: Link, credential: str) -> None:
        self.scope = {"headers": [(b"authorization", f"Bearer {credential}".encode())]}
        self._link = link
        self._is_greeted = False
        self._status = 0

    async def receive(self) -> dict[str, Any]:
        if not self._is_greeted:
            self._is_greeted = True
            return {"type": "websocket.connect"}
        item = await self._link.ways["server"].arrived.get()
        if isinstance(item, int):
            return {"type": "websocket.disconnect", "code": item}
        return {"type": "websocket.receive", "bytes": item, "text": None}

    async def send(self, event: dict[str, Any]) -> None:
        link = self._link
        match event["type"]:
            case "websocket.accept":
                if not link.answered.done():
                    link.answered.set_result((101, b""))
            case "websocket.http.response.start":
                self._status = event["status"]
            case "websocket.http.response.body":
                if not link.answered.done():
                    link.answered.set_result((self._status, event["body"]))
            case "websocket.send":
                if not link.is_dead:
                    link.carry("client", event["bytes"])
            case "websocket.close":
                if not link.is_dead:
                    link.close("client", event["code"])
            case _:
                pass


async def handshake(link: Link) -> ClientEnd:
    """Wait for the server's answer to the upgrade.

    Raises:
        RefusedError: As ``web_socket.open_websocket``.
    """
    status, body = await link.answered
    if status == 0:
        raise RefusedError(ErrorCode.UNREACHABLE, "the server cannot be reached", "later")
    if status != 101:
        transport.raise_refused(status, body)
    return ClientEnd(link)
