"""``ingest_32``: 32 devices push single events at once, each acknowledged after the commit.

Every device waits for ``pushed`` before it pushes again; a second figure lets four pushes be under
way, as the protocol allows. The limit is bare SQLite with 32 callers and group commit; beside the
shared lane stands the framework with a store that keeps just what is promised there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from itertools import islice

from bench.crowd import PUSHED, care_lane, check_in_frames, grant_frame, let_in, run, sessions
from bench.figures import Figure, figure
from bench.limits import sqlite
from bench.programs import Server, child
from bench.running import Run
from bench.wire import ThinSocket, open_thin
from bench.workload import event_json
from tests.support.server import WireDevice
from trailmark_shared.ids import SELF
from trailmark_shared.limits import PUSH_WINDOW

DEVICES = 32
EACH = 150


def measure(run_: Run) -> list[Figure]:
    """Measure pushes into ``self`` (sealed) and into a shared lane (checked and folded)."""
    folder = run_.folder()
    ours: dict[str, list[float]] = {"self": [], "care": [], "window": []}
    limit, promised = list[float](), list[float]()
    with (
        Server(folder / "server") as server,
        child("promised_server", folder / "promised.db", errors=folder / "bare.log") as beside,
    ):
        url = f"ws://127.0.0.1:{beside.answer()['port']}/push"
        devices = let_in(server, DEVICES)
        run(_pushed(server.socket_url, devices, [[grant_frame(each)] for each in devices], 1))
        for turn in run_.turns("ingest_32"):
            for name, window in (("self", 1), ("care", 1), ("window", PUSH_WINDOW)):
                lanes = [care_lane(each) if name == "care" else SELF for each in devices]
                frames = [
                    check_in_frames(each, lane, EACH)
                    for each, lane in zip(devices, lanes, strict=True)
                ]
                took = run(_pushed(server.socket_url, devices, frames, window))
                ours[name].append(DEVICES * EACH / took)
            bare = run_.folder() / "bare.db"
            limit.append(sqlite.grouped(bare, DEVICES * EACH, DEVICES))
            bodies = list(
                map(event_json, range(turn * DEVICES * EACH, (turn + 1) * DEVICES * EACH))
            )
            promised.append(DEVICES * EACH / run(_promised(url, bodies)))
    shown = [
        figure(name, ours[key], "events/s", "higher", limit=limit)
        for name, key in (
            ("ingest_32", "self"),
            ("ingest_32_care", "care"),
            ("ingest_32_window", "window"),
        )
    ]
    return [
        *shown,
        figure("ingest_32_promised", ours["care"], "events/s", "higher", limit=promised),
    ]


async def _pushed(
    url: str, devices: Sequence[WireDevice], frames: Sequence[Sequence[bytes]], window: int
) -> float:
    """Push what each device has; return how long until all of it was durable, seconds."""
    waiting = [iter(each) for each in frames]
    left = sum(map(len, frames))
    done = asyncio.Event()

    def heard(number: int, tag: bytes, _frame: bytes) -> None:
        nonlocal left
        if tag != PUSHED:
            return
        left -= 1
        if not left:
            done.set()
        for frame in islice(waiting[number], 1):
            opened[number].socket.send(frame)

    opened = await sessions(url, devices, heard)
    began = time.perf_counter()
    for number, session in enumerate(opened):
        for frame in islice(waiting[number], window):
            session.socket.send(frame)
    async with asyncio.timeout(120):
        await done.wait()
    took = time.perf_counter() - began
    for session in opened:
        session.socket.close()
    return took


async def _promised(url: str, bodies: Sequence[bytes]) -> float:
    """Return how long it took to push all, each connection one after the other, seconds."""
    waiting, left, done = iter(bodies), len(bodies), asyncio.Event()
    sockets = list[ThinSocket]()

    def heard(place: int, _frame: bytes) -> None:
        nonlocal left
        left -= 1
        if not left:
            done.set()
        for body in islice(waiting, 1):
            sockets[place].send(body)

    for place in range(DEVICES):
        sockets.append(await open_thin(url, partial(heard, place)))
    began = time.perf_counter()
    for socket, body in zip(sockets, islice(waiting, DEVICES), strict=True):
        socket.send(body)
    async with asyncio.timeout(120):
        await done.wait()
    took = time.perf_counter() - began
    for socket in sockets:
        socket.close()
    return took
