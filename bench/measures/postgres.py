"""``postgres_lanes``: appends over 64 lanes of 64 people, to 1, 2 and 4 servers on one PostgreSQL.

Each device pushes batches of 100 check-ins into the lane that its person shares, one batch after
the other, each durable (``synchronous_commit=on``) before the next. The limit is bare ``unnest`` of
as many rows in statements of 100 over four connections. All of it shares this machine's cores.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from bench.crowd import (
    PUSHED,
    batch_frames,
    care_lane,
    grant_frame,
    let_in,
    run,
    sessions,
)
from bench.figures import Figure, figure
from bench.limits.postgres import unnest
from bench.programs import Server
from bench.running import Run
from tests.support.postgres import PostgresServer, running_postgres
from tests.support.server import WireDevice
from trailmark_server.settings import Databases

LANES: Final = 64
_INSTANCES: Final = (1, 2, 4)
_BATCHES: Final = 4
_AT_ONCE: Final = 100
_CONNECTIONS: Final = 4
_ALL: Final = LANES * _BATCHES * _AT_ONCE


def measure(run_: Run) -> list[Figure]:
    """Measure 1, 2 and 4 servers beside bare statements."""
    ours: dict[int, list[float]] = {count: [] for count in _INSTANCES}
    limit: list[float] = []
    with running_postgres(is_durable=True) as postgres:
        for _ in run_.turns("postgres_lanes"):
            url = asyncio.run(postgres.create_empty())
            limit.append(asyncio.run(unnest(url, _ALL, _CONNECTIONS)))
            for count in _INSTANCES:
                ours[count].append(_rate(run_, postgres, count))
    return [
        figure(
            "postgres_lanes" if count == 1 else f"postgres_lanes_{count}",
            rates,
            "events/s",
            "higher",
            limit=limit,
        )
        for count, rates in ours.items()
    ]


def _rate(run_: Run, postgres: PostgresServer, count: int) -> float:
    async def made() -> Databases:
        return Databases(main=await postgres.create("main"), keys=await postgres.create("keys"))

    databases = asyncio.run(made())
    with ExitStack() as stack:
        folder: Path = run_.folder()
        servers = [
            stack.enter_context(Server(folder / str(number), databases)) for number in range(count)
        ]
        devices = let_in(servers[0], LANES)
        urls = [each.socket_url for each in servers]
        run(_pushed(urls, devices, [[grant_frame(each)] for each in devices]))
        frames = [batch_frames(each, care_lane(each), _BATCHES, _AT_ONCE) for each in devices]
        return _ALL / run(_pushed(urls, devices, frames))


async def _pushed(
    urls: Sequence[str], devices: Sequence[WireDevice], frames: Sequence[Sequence[bytes]]
) -> float:
    """Push what each device has, spread over the servers; return how long it took, seconds."""
    waiting = [iter(each) for each in frames]
    left, done = sum(map(len, frames)), asyncio.Event()

    def hear(first: int) -> object:
        def heard(number: int, tag: bytes, _frame: bytes) -> None:
            nonlocal left
            if tag != PUSHED:
                return
            left -= 1
            if not left:
                done.set()
            place = first + number * len(urls)
            frame = next(waiting[place], None)
            if frame is not None:
                opened[first][number].socket.send(frame)

        return heard

    opened = [
        await sessions(url, devices[first :: len(urls)], hear(first))  # type: ignore[arg-type]
        for first, url in enumerate(urls)
    ]
    began = time.perf_counter()
    for first, some in enumerate(opened):
        for number, session in enumerate(some):
            session.socket.send(next(waiting[first + number * len(urls)]))
    async with asyncio.timeout(40):
        await done.wait()
    took = time.perf_counter() - began
    for session in (each for some in opened for each in some):
        session.socket.close()
    return took
