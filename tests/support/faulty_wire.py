"""A TCP proxy that misbehaves as networks do, between real processes on this machine.

The faults are those of Toxiproxy: latency, slices, limits after which a connection is cut or
reset, black holes, and closings that arrive late.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from contextlib import suppress
from random import Random
from typing import Literal, Self

import msgspec

_CHUNK = 64 * 1024
_UPGRADE = b"Upgrade: websocket"
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on, for no time: closing sends RST instead of FIN."""

End = Literal["close", "reset", "swallow"]


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to connections that begin from now on.

    Attributes:
        delay_s: How long each chunk waits.
        slice_bytes: Largest chunk that is passed on at once; 0 for whatever comes.
        ends_after: Bytes of both directions after which a connection ends; ``None`` for never.
        end: How it ends: closed, reset, or everything further is swallowed in silence.
        late_close_s: How long the end of one side is kept from the other.
        upgrades: Requests for a WebSocket pass; else they lose that header, as behind an old proxy.
    """

    delay_s: float = 0.0
    slice_bytes: int = 0
    ends_after: int | None = None
    end: End = "close"
    late_close_s: float = 0.0
    upgrades: bool = True


HEALTHY = Fault()


class FaultyWire:
    """A proxy in front of a port of this machine, with a loop in a thread of its own.

    Attributes:
        port: Where it listens.
        fault: What happens to the connections that begin from now on.
        ended: Connections that a fault ended.
        swallowed: Set once a connection has vanished.
        carried: What passed, one piece for each direction of each connection.
    """

    def __init__(self, target: int) -> None:
        self.port = 0
        self.fault = HEALTHY
        self.ended = 0
        self.swallowed = threading.Event()
        self.carried: list[bytearray] = []
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._pipes: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        return self

    def __exit__(self, *_exception: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def drop_all(self) -> None:
        """End every connection there is, as when a train enters a tunnel."""
        asyncio.run_coroutine_threadsafe(self._drop(), self._loop).result()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        await self._drop()

    async def _drop(self) -> None:
        for pipe in list(self._pipes):
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "the loop runs this as a task"
        self._pipes.add(task)
        try:
            await _Connection(self, self.fault).carry(reader, writer, self._target)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._pipes.discard(task)


class _Connection:
    """One connection through the proxy."""

    def __init__(self, wire: FaultyWire, fault: Fault) -> None:
        self._wire = wire
        self._fault = fault
        self._left = fault.ends_after

    async def carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: int
    ) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", target)
        ways = [
            asyncio.ensure_future(self._way(reader, there_writer)),
            asyncio.ensure_future(self._way(there_reader, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.sleep(self._fault.late_close_s)
        finally:
            for way in ways:
                way.cancel()
            for end in (writer, there_writer):
                self._finish(end)

    async def _way(self, source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        carried = bytearray()
        self._wire.carried.append(carried)
        while chunk := await source.read(self._fault.slice_bytes or _CHUNK):
            if not self._fault.upgrades:
                chunk = chunk.replace(_UPGRADE, b"X-" + _UPGRADE)
            carried += chunk
            if self._left is not None:
                chunk = chunk[: self._left]
                self._left -= len(chunk)
            await asyncio.sleep(self._fault.delay_s)
            if chunk:
                to.write(chunk)
                await to.drain()
            if self._left == 0:
                self._wire.ended += 1
                if self._fault.end != "swallow":
                    return
                self._wire.swallowed.set()
                while await source.read(_CHUNK):
                    pass

    def _finish(self, end: asyncio.StreamWriter) -> None:
        sock = end.get_extra_info("socket")
        if self._left == 0 and self._fault.end == "reset" and sock is not None:
            with suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        end.transport.abort() if self._fault.end == "reset" else end.close()


def unmasked(carried: bytes) -> bytes:
    """Return one direction of a connection with the masks of a socket's frames taken off.

    Args:
        carried: From its beginning: HTTP, and frames of a WebSocket (RFC 6455) behind an upgrade.
    """
    head, end, rest = carried.partition(b"\r\n\r\n")
    if b"upgrade: websocket" not in head.lower():
        return carried
    taken = [head, end]
    while len(rest) >= 2:
        length, place = rest[1] & 0x7F, 2
        if length > 125:
            place = 4 if length == 126 else 10
            length = int.from_bytes(rest[2:place])
        mask = bytes(4)
        if rest[1] & 0x80:
            mask, place = rest[place : place + 4], place + 4
        data = rest[place : place + length]
        taken.append(bytes(byte ^ mask[at % 4] for at, byte in enumerate(data)))
        rest = rest[place + length :]
    return b"".join(taken)


def broken_fault(random: Random) -> Fault:
    """Return a fault that ends a connection somewhere, as the seed has it."""
    return Fault(
        slice_bytes=random.choice((0, 0, 1, 7, 1400)),
        ends_after=random.choice((0, 1, 50, 300, 700, 1500, 4000, 9000, 20_000)),
        end=random.choice(("close", "reset")),
        late_close_s=random.choice((0.0, 0.0, 0.05)),
    )
