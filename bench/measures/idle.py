"""``idle_500``, ``idle_10k``: what a signed-in device that waits costs the server's memory.

Every session is a person's own, welcome and live. Both limits are the same server program's own
floor in the same run: a bare room of litestar on uvicorn with as many connections.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable

from bench.crowd import let_in, run, sessions
from bench.figures import Figure, figure
from bench.peers import crdt_room
from bench.processes import memory_kib
from bench.programs import Server, child, room_for_sockets
from bench.running import Run
from bench.wire import open_thin

FEW = 500
MANY = 10_000
_SETTLE_S = 22
"""Longer than the distance of two pings."""


def measure(run_: Run) -> list[Figure]:
    """Measure memory with few and with many sessions; the many are pinged once meanwhile."""
    folder = run_.folder()
    many = min(MANY, room_for_sockets(MANY) - 512)
    few, room, peer = list[float](), list[float](), list[float]()
    for _ in run_.turns("idle_500"):
        with Server(run_.folder() / "server") as server:
            few.append(_ours(server, FEW, 1))
        with child("bare_room", errors=folder / "room.log") as beside:
            url = f"ws://127.0.0.1:{beside.answer()['port']}/room"
            room.append(_measured(beside.pid, FEW, lambda url=url: _bare(url, FEW), 1))
        peer.append(crdt_room.idle_kib(run_.folder(), FEW))
    run_.tell(f"idle_10k: {many} sessions")
    with Server(run_.folder() / "server") as server:
        before = memory_kib(server.pid)
        each = _ours(server, many, _SETTLE_S)
    return [
        figure("idle_500", few, "KiB a session", "lower", limit=room, peer=peer),
        figure("idle_10k", [(before + each * many) / 1024 * MANY / many], "MiB", "lower"),
    ]


def _ours(server: Server, count: int, settle_s: float) -> float:
    devices = let_in(server, count)

    async def begin() -> list[Callable[[], None]]:
        opened = await sessions(server.socket_url, devices, _hear_nothing)
        return [each.socket.close for each in opened]

    return _measured(server.pid, count, begin, settle_s)


def _hear_nothing(_number: int, _tag: bytes, _frame: bytes) -> None:
    """Wait, as a device with nothing to do does."""


async def _bare(url: str, count: int) -> list[Callable[[], None]]:
    return [(await open_thin(url, lambda _frame: None)).close for _ in range(count)]


def _measured(
    pid: int,
    count: int,
    begin: Callable[[], Awaitable[list[Callable[[], None]]]],
    settle_s: float,
) -> float:
    """Return what each of so many connections adds to a process, KiB."""

    async def work() -> float:
        before = memory_kib(pid)
        opened = await begin()
        await asyncio.sleep(settle_s)
        took = (memory_kib(pid) - before) / count
        for close in opened:
            close()
        return took

    took = run(work())
    gc.collect()
    return took
