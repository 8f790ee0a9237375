"""``fanout_100``: one lane, 100 live sessions, and how soon each has what one more device wrote.

The limit is bare litestar on uvicorn that hands a frame of the same size to as many sockets: no
commit, no right to be asked, no log to be read, no signature. Told apart: single events at a calm
pace; a burst of events, as far ahead of the viewers as in the bare room, of which a device sends
all that wait in one batch; and the burst in batches of one event, as fast as they are taken.
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
    check_ins,
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
from trailmark_shared.events.envelope import Event
from trailmark_shared.limits import PUSH_WINDOW, SESSIONS_PER_DEVICE_MAX
from trailmark_shared.protocol.frames import encode_for
from trailmark_shared.protocol.messages import PROTOCOL_VERSION
from trailmark_shared.protocol.pages import push_from_events

VIEWERS: Final = 100
_EVENTS: Final = 100
_BURST: Final = 400
_PACE_S: Final = 0.02
_WAIT_S: Final = 60
_AHEAD: Final = 20


class _Page(msgspec.Struct, gc=False):
    runs: list[dict[str, Any]]


_decode: Final = msgspec.msgpack.Decoder(_Page).decode


def measure(run_: Run) -> list[Figure]:
    """Measure both, beside the bare room and pycrdt's."""
    folder = run_.folder()
    calm, bare, peer = list[list[float]](), list[list[float]](), list[list[float]]()
    burst, single, room = list[float](), list[float](), list[float]()
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
            burst.append(run(_burst(server, devices, check_ins(devices[0], lane, _BURST))))
            _, rate = run(_ours(server, devices, check_in_frames(devices[0], lane, _BURST), 0))
            single.append(rate)
            ms, _ = run(_bare(url, _EVENTS, _PACE_S))
            bare.append(ms)
            _, rate = run(_bare(url, _BURST, 0))
            room.append(rate)
            peer.append(crdt_room.fan_out_ms(run_.folder(), VIEWERS, _EVENTS, _PACE_S))
    return [
        _at("fanout_100", 0.5, calm, bare, peer),
        _at("fanout_100_p99", 0.99, calm, bare, peer),
        figure("fanout_100_rate", burst, "deliveries/s", "higher", limit=room),
        figure("fanout_100_rate_single", single, "deliveries/s", "higher", limit=room),
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
    watch, credit = _watch(devices, len(frames)), asyncio.Semaphore(PUSH_WINDOW)
    opened = await _opened(server, devices, watch, credit.release)
    began = time.perf_counter()
    for frame in frames:
        await credit.acquire()
        watch.sent.append(time.perf_counter())
        opened[0].socket.send(frame)
        if pace_s:
            await asyncio.sleep(pace_s)
    return watch.ms, await _finish(watch, opened, began)


async def _burst(server: Server, devices: Sequence[WireDevice], events: Sequence[Event]) -> float:
    """Write events one after the other and push what waits; return deliveries a second."""
    watch, waiting, under_way = _watch(devices, len(events)), list[Event](), 0

    def push() -> None:
        nonlocal under_way
        if waiting and under_way < PUSH_WINDOW:
            under_way += 1
            opened[0].socket.send(encode_for(push_from_events(waiting), PROTOCOL_VERSION))
            waiting.clear()

    def pushed() -> None:
        nonlocal under_way
        under_way -= 1
        push()

    opened = await _opened(server, devices, watch, pushed)
    began = time.perf_counter()
    for number, event in enumerate(events):
        watch.sent.append(time.perf_counter())
        waiting.append(event)
        push()
        await asyncio.sleep(0)
        await watch.reach((number - _AHEAD) * VIEWERS)
    return await _finish(watch, opened, began)


def _watch(devices: Sequence[WireDevice], events: int) -> _Watch:
    before = len(devices[0].outbox[care_lane(devices[0])]) - events
    return _Watch(len(devices) - 1, before, events)


async def _opened(
    server: Server, devices: Sequence[WireDevice], watch: _Watch, pushed: Callable[[], None]
) -> list[Session]:
    """Open all sessions, the writer's first, and wait until all viewers have what there is."""

    def heard(number: int, tag: bytes, frame: bytes) -> None:
        if tag == PUSHED and not number:
            pushed()
        elif tag == EVENTS and number:
            watch.came(number - 1, sum(len(each["events"]) for each in _decode(frame).runs))

    opened = await sessions(server.socket_url, devices, heard)
    await watch.caught_up()
    return opened


async def _finish(watch: _Watch, opened: Sequence[Session], began: float) -> float:
    """Wait for the last delivery and close; return deliveries a second since ``began``."""
    await watch.done()
    took = time.perf_counter() - began
    for session in opened:
        session.socket.close()
    return len(watch.sent) * (len(opened) - 1) / took


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
            await watch.reach((number - _AHEAD) * VIEWERS)
    await watch.done()
    took = time.perf_counter() - began
    for each in (*viewers, writer):
        each.close()
    return watch.ms, events * VIEWERS / took
