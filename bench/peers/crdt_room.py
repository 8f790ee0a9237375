"""``pycrdt-websocket``: a room at its server; clients hold the document or only read frames."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from pycrdt import Array, Doc, YMessageType, YSyncMessageType
from pycrdt import create_sync_message as _sync_message  # pyright: ignore[reportUnknownVariableType]
from pycrdt import handle_sync_message as _take_sync  # pyright: ignore[reportUnknownVariableType]
from pycrdt._sync import create_update_message as update_message

from bench.crowd import run
from bench.processes import memory_kib
from bench.programs import child
from bench.wire import ThinSocket, open_thin
from bench.workload import event as event_of

sync_message = cast("Callable[[Doc[Any]], bytes]", _sync_message)
take_sync = cast("Callable[[bytes, Doc[Any]], bytes | None]", _take_sync)

_UPDATE = bytes([YMessageType.SYNC, YSyncMessageType.SYNC_UPDATE])
_WAIT_S = 60


class Client:
    """A client that holds the document; it sends what is written to it.

    Attributes:
        events: The list that grows.
        updated: Set with every change that came.
    """

    def __init__(self) -> None:
        """Begin with an empty document."""
        self._document: Doc[Any] = Doc()
        self._document["events"] = self.events = Array[Any]()
        self.updated = asyncio.Event()
        self._socket: ThinSocket | None = None
        self._is_taking = False
        self._document.observe(self._tell)

    async def join(self, url: str) -> None:
        """Join the room and exchange what either side has."""
        self._socket = await open_thin(url, self._hear)
        self._socket.send(sync_message(self._document))

    def write(self, number: int, count: int = 1) -> None:
        """Append events in one transaction."""
        with self._document.transaction():
            for each in range(number, number + count):
                self.events.append(event_of(each))

    def _tell(self, change: Any) -> None:  # noqa: ANN401  (pycrdt's event)
        if self._socket is not None and not self._is_taking:
            self._socket.send(update_message(change.update))

    def _hear(self, frame: bytes) -> None:
        if frame[0] != YMessageType.SYNC:
            return
        self._is_taking = True
        answer = take_sync(frame[1:], self._document)
        self._is_taking = False
        if answer is not None and self._socket is not None:
            self._socket.send(answer)
        self.updated.set()

    def leave(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            self._socket.close()


def backlog_ms(folder: Path, count: int) -> float:
    """Return how long a merged document of ``count`` events takes from A to B, neither stored."""
    with child("crdt_server", folder, errors=folder / "log") as server:
        return run(_backlog(f"ws://127.0.0.1:{server.answer()['port']}/room", count))


async def _backlog(url: str, count: int) -> float:
    first, second = Client(), Client()
    first.write(0, count)
    await second.join(url)
    began = time.perf_counter()
    await first.join(url)
    async with asyncio.timeout(_WAIT_S):
        while len(second.events) < count:
            second.updated.clear()
            await second.updated.wait()
    took = time.perf_counter() - began
    first.leave()
    second.leave()
    return took * 1000


def live_ms(folder: Path, count: int, pause_s: float) -> list[float]:
    """Return the time from each change at A until B has it, before anything is stored, ms."""
    with child("crdt_server", folder, errors=folder / "log") as server:
        url = f"ws://127.0.0.1:{server.answer()['port']}/room"
        return run(_fan_out(url, 1, count, pause_s))


def fan_out_ms(folder: Path, viewers: int, count: int, pause_s: float) -> list[float]:
    """Return the times until each of many readers of frames has each change, ms."""
    with child("crdt_server", folder, errors=folder / "log") as server:
        url = f"ws://127.0.0.1:{server.answer()['port']}/room"
        return run(_fan_out(url, viewers, count, pause_s))


async def _fan_out(url: str, viewers: int, count: int, pause_s: float) -> list[float]:
    sent, ms, done = list[float](), list[float](), asyncio.Event()
    had = [0] * viewers

    def hear(number: int) -> Any:  # noqa: ANN401  (a function of a frame)
        def heard(frame: bytes) -> None:
            if not frame.startswith(_UPDATE) or had[number] >= len(sent):
                return
            ms.append((time.perf_counter() - sent[had[number]]) * 1000)
            had[number] += 1
            if len(ms) == viewers * count:
                done.set()

        return heard

    opened = [await open_thin(url, hear(number)) for number in range(viewers)]
    for each in opened:
        each.send(sync_message(Doc()))
    writer = Client()
    await writer.join(url)
    await asyncio.sleep(0.3)
    for number in range(count):
        sent.append(time.perf_counter())
        writer.write(number)
        await asyncio.sleep(pause_s)
    try:
        async with asyncio.timeout(5):
            await done.wait()
    except TimeoutError:  # a peer may lose some: what came is told
        pass
    writer.leave()
    for each in opened:
        each.close()
    return ms


def idle_kib(folder: Path, count: int) -> float:
    """Return what one idle connection costs the server, KiB."""
    with child("crdt_server", folder, errors=folder / "log") as server:
        url = f"ws://127.0.0.1:{server.answer()['port']}/room"

        async def work() -> float:
            before = memory_kib(server.pid)
            opened = [await open_thin(url, lambda _frame: None) for _ in range(count)]
            await asyncio.sleep(1)
            took = (memory_kib(server.pid) - before) / count
            for each in opened:
                each.close()
            return took

        return run(work())
