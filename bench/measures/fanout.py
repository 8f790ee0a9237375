"""``fanout_100``: one lane, 100 live sessions, and how soon each has what one more device wrote.

The limit is bare litestar on uvicorn that hands a frame of the same size to as many sockets: no
commit, no right to be asked, no log to be read, no signature. Told apart: single events at a calm
pace, and events one after the other as fast as they are taken, which travel several to a frame.
"""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from bench.crowd import (
    EVENTS,
    PUSHED,
    Session,
    care_lane,
    check_in_frames,
    grant_frame,
    let_in,
    run,
    sessions,
)
from bench.figures import Figure, figure, percentile
from bench.peers import crdt_room
from bench.programs import Server, child
from bench.running import Run
from bench.wire import Heard, open_thin
from bench.workload import event_json
from tests.support.server import WireDevice
from trailmark_shared.limits import SESSIONS_PER_DEVICE_MAX

VIEWERS: Final = 100
_EVENTS: Final = 100
_BURST: Final = 400
_PACE_S: Final = 0.02
_WINDOW: Final = 4
_WAIT_S: Final = 60
_BARE_AHEAD: Final = 20


class _Page(msgspec.Struct, gc=False):
    runs: list[dict[str, Any]]


_decode: Final = msgspec.msgpack.Decoder(_Page).decode


def measure(run_: Run) -> list[Figure]:
    """Measure both, beside the bare room and pycrdt's."""
    folder = run_.folder()
    calm, bare, peer = list[list[float]](), list[list[float]](), list[list[float]]()
    burst, room = list[float](), list[float]()
    with (
        Server(folder / "server") as server,
        child("bare_room", errors=folder / "room.log") as beside,
    ):
        url = f"ws://127.0.0.1:{beside.answer()['port']}/room"
        writer, *others = let_in(server, 1, 1 + VIEWERS // SESSIONS_PER_DEVICE_MAX)
        devices = [writer, *others * SESSIONS_PER_DEVICE_MAX]
        run(_ours(server, devices, [grant_frame(devices[0])], 0))
        for _ in run_.turns("fanout_100"):
            lane = care_lane(devices[0])
            ms, _ = run(_ours(server, devices, check_in_frames(devices[0], lane, _EVENTS), _PACE_S))
            calm.append(ms)
            _, rate = run(_ours(server, devices, check_in_frames(devices[0], lane, _BURST), 0))
            burst.append(rate)
            ms, _ = run(_bare(url, _EVENTS, _PACE_S))
            bare.append(ms)
            _, rate = run(_bare(url, _BURST, 0))
            room.append(rate)
            peer.append(crdt_room.fan_out_ms(run_.folder(), VIEWERS, _EVENTS, _PACE_S))
    return [
        _at("fanout_100", 0.5, calm, bare, peer),
        _at("fanout_100_p99", 0.99, calm, bare, peer),
        figure("fanout_100_rate", burst, "deliveries/s", "higher", limit=room),
    ]


def _at(
    name: str,
    share: float,
    ours: Sequence[Sequence[float]],
    limit: Sequence[Sequence[float]],
    peer: Sequence[Sequence[float]],
) -> Figure:
    def at(turns: Sequence[Sequence[float]]) -> list[float]:
        return [percentile(each, share) for each in turns if each]

    return figure(name, at(ours), "ms", "lower", limit=at(limit), peer=at(peer))


class _Watch:
    """Counts what every viewer got, and how long after it was sent, in order.

    Attributes:
        sent: When each event was sent.
        ms: How long each delivery of one took.
    """

    def __init__(self, viewers: int, before: int, events: int) -> None:
        """Expect so many events of before, which are not measured, and so many new ones."""
        self.sent: list[float] = []
        self.ms: list[float] = []
        self._before = before
        self._all = before + events
        self._had = [0] * viewers
        self._moved = asyncio.Event()

    async def caught_up(self) -> None:
        """Wait until every viewer has what there was before."""
        await self._until(lambda: min(self._had) >= self._before)

    async def reach(self, count: int) -> None:
        """Wait until there were so many deliveries."""
        await self._until(lambda: len(self.ms) >= count)

    async def done(self) -> None:
        """Wait until every viewer has everything."""
        await self._until(lambda: min(self._had) >= self._all)

    async def _until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(_WAIT_S):
            while not holds():
                self._moved.clear()
                await self._moved.wait()

    def came(self, viewer: int, count: int) -> None:
        """Note that a viewer has so many events more."""
        now, had = time.perf_counter(), self._had[viewer] - self._before
        self.ms.extend((now - at) * 1000 for at in self.sent[max(0, had) : max(0, had + count)])
        self._had[viewer] += count
        self._moved.set()


async def _ours(
    server: Server, devices: Sequence[WireDevice], frames: Sequence[bytes], pace_s: float
) -> tuple[list[float], float]:
    """Push frames; return latencies in ms, and deliveries a second."""
    before = len(devices[0].outbox[care_lane(devices[0])]) - len(frames)
    watch = _Watch(len(devices) - 1, before, len(frames))
    credit = asyncio.Semaphore(_WINDOW)

    def heard(number: int, tag: bytes, frame: bytes) -> None:
        if tag == PUSHED and not number:
            credit.release()
        elif tag == EVENTS and number:
            watch.came(number - 1, sum(len(each["events"]) for each in _decode(frame).runs))

    opened: list[Session] = await sessions(server.socket_url, devices, heard)
    await watch.caught_up()
    began = time.perf_counter()
    for frame in frames:
        await credit.acquire()
        watch.sent.append(time.perf_counter())
        opened[0].socket.send(frame)
        if pace_s:
            await asyncio.sleep(pace_s)
    await watch.done()
    took = time.perf_counter() - began
    for session in opened:
        session.socket.close()
    return watch.ms, len(frames) * (len(opened) - 1) / took


async def _bare(url: str, events: int, pace_s: float) -> tuple[list[float], float]:
    watch = _Watch(VIEWERS, 0, events)

    def hear(number: int) -> Heard:
        def heard(_frame: bytes) -> None:
            watch.came(number, 1)

        return heard

    viewers = [await open_thin(url, hear(number)) for number in range(VIEWERS)]
    writer = await open_thin(url, lambda _frame: None)
    began = time.perf_counter()
    for number in range(events):
        watch.sent.append(time.perf_counter())
        writer.send(struct.pack("d", number) + event_json(number))
        await asyncio.sleep(pace_s)
        if not pace_s:
            await watch.reach((number - _BARE_AHEAD) * VIEWERS)
    await watch.done()
    took = time.perf_counter() - began
    for each in (*viewers, writer):
        each.close()
    return watch.ms, events * VIEWERS / took
