"""Replayed to any instant, the grants give exactly what the server served then.

A person lets members in and out of two lanes, changes terms, stops with or without a network; the
server's clock goes forward and back by years, it looks for what is over, it is started again, its
log is put back from a backup. After every step each member asks for each lane. What they got is
compared with a model that knows nothing but the grant events, the revocations that were told, and
what was seen as over.
"""

import asyncio
from collections.abc import Sequence
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.lane_devices import NOW, SPACE, LaneDevice, granted, push
from tests.support.store_worlds import StoreWorld, memory_world
from trailmark_server.storage.grants import is_over
from trailmark_server.storage.ports import Reader, Window
from trailmark_shared import limits
from trailmark_shared.errors import RefusedError
from trailmark_shared.ids import Lane, care_lane

DAY_MS = 24 * 3600 * 1000
MEMBERS = (b"m" * 16, b"n" * 16)
LANES = (care_lane(b"c" * 16), care_lane(b"d" * 16))
GRANTS = tuple(bytes([number]) * 16 for number in range(1, 7))
DAYS = ("2026-06-01", "2027-01-15", "2027-01-20", None)

Step = tuple[str, int, int, int]
"""What happens, and three numbers that choose among grants, members, lanes and days."""

STEPS = ("grant", "revoke", "tell", "write", "clock", "look", "backup", "restore", "restart")


class Given(msgspec.Struct, frozen=True):
    """A grant of the log, as the model remembers it: whom it lets in, and its last day."""

    member: bytes
    until: str | None


class Log(msgspec.Struct):
    """What the model knows of the log; a restore puts an older one in its place."""

    given: dict[tuple[Lane, bytes], Given] = {}
    revoked: set[tuple[Lane, bytes]] = set()

    def copy(self) -> "Log":
        return Log(dict(self.given), set(self.revoked))


class Replay:
    """The server and the model side by side."""

    def __init__(self, world: StoreWorld) -> None:
        self.world = world
        self.log, self.kept = Log(), Log()
        self.over: set[bytes] = set()
        self.devices = {lane: LaneDevice(lane, seed=number) for number, lane in enumerate(LANES)}

    async def take(self, step: Step) -> None:
        """Let one thing happen to both."""
        what, first, second, third = step
        grant, lane = GRANTS[first % len(GRANTS)], LANES[second % len(LANES)]
        match what:
            case "grant":
                await self._grant(lane, grant, Given(MEMBERS[third % 2], DAYS[first % len(DAYS)]))
            case "revoke":
                await self._revoke(lane, grant)
            case "tell":
                await self.world.store.record_revocations(SPACE, [grant])
                self.over.add(grant)
            case "write":
                await push(self.world.store, [self.devices[lane].shares()])
            case "clock":
                self.world.clock.ms = NOW + (first - 3) * (1 + 400 * second) * DAY_MS
            case "look":
                await self.world.store.end_grants()
                self._see_what_is_over()
            case _:
                await self._go_on(what)

    async def _grant(self, lane: Lane, grant: bytes, terms: Given) -> None:
        data = granted(terms.member, terms.until)
        await push(self.world.store, [self.devices[lane].says(data, grant)])
        self.log.given.setdefault((lane, grant), terms)

    async def _revoke(self, lane: Lane, grant: bytes) -> None:
        appended = await push(self.world.store, [self.devices[lane].revokes(grant)])
        if not appended.refused:
            self.log.revoked.add((lane, grant))
            self.over.add(grant)

    async def _go_on(self, what: str) -> None:
        """Keep a copy of the log, put it back, or begin again with what is there."""
        if what == "backup":
            await self.world.backup()
            self.kept = self.log.copy()
        elif what == "restart":
            await self.world.restart()
        else:
            await self.world.restore()
            self.log = self.kept.copy()
            self._renumber()

    def _renumber(self) -> None:
        for device in self.devices.values():
            device.renumber()

    def _see_what_is_over(self) -> None:
        """Whoever was seen past their last day stays over."""
        now = self.world.clock.ms
        self.over |= {
            grant for (_, grant), each in self.log.given.items() if is_over(each.until, now)
        }

    def visible(self) -> set[tuple[bytes, Lane]]:
        """Return who sees which lane by the grants alone; looking makes over what is over."""
        self._see_what_is_over()
        return {
            (each.member, lane)
            for (lane, grant), each in self.log.given.items()
            if grant not in self.over and (lane, grant) not in self.log.revoked
        }

    async def served(self) -> set[tuple[bytes, Lane]]:
        """Return who gets which lane, whole, from the server."""
        found: set[tuple[bytes, Lane]] = set()
        window = Window(limit=limits.PAGE_EVENTS_MAX)
        for member in MEMBERS:
            for lane in LANES:
                try:
                    rows = await self.world.store.timeline(
                        SPACE, lane, window, Reader(member=member)
                    )
                except RefusedError:
                    continue
                assert all(row.event.lane == lane for row in rows)
                found.add((member, lane))
        return found


async def replay(world: StoreWorld, steps: Sequence[Step]) -> None:
    both = Replay(world)
    await world.backup()
    for step in steps:
        await both.take(step)
        expected = both.visible()
        assert expected == await both.served(), step
        listed = await world.store.grants(SPACE)
        assert expected == {(each.member, each.lane) for each in listed if each.is_live}


numbers = st.integers(0, 11)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(STEPS), numbers, numbers, numbers), max_size=25))
def test_what_is_served_is_what_the_grants_say(steps: list[Step]) -> None:
    async def run() -> None:
        async with memory_world() as world:
            await replay(world, steps)

    asyncio.run(run())


@pytest.mark.parametrize("seed", range(3))
async def test_over_files_too(world: StoreWorld, seed: int) -> None:
    random = Random(seed)
    often = (*STEPS, "grant", "grant", "write")
    steps: list[Step] = [
        (random.choice(often), *(random.randrange(12) for _ in range(3)))  # pyright: ignore[reportAssignmentType]
        for _ in range(40)
    ]

    await replay(world, steps)
