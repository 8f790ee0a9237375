"""The bell: wakes whom it concerns, once, however often it rings; the store is the truth."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import pytest

from trailmark_server.bell import Bell, Heads, Pauses, watch_store
from trailmark_shared.ids import SELF, Lane, SpaceId

HERE = SpaceId(b"h" * 16)
THERE = SpaceId(b"t" * 16)
CARE = Lane("care/" + "0" * 26)
SHORT = Pauses(once=1, often=1)


async def test_rings_are_coalesced() -> None:
    bell = Bell()
    with bell.subscribe([HERE]) as subscription:
        for _ in range(1000):
            bell.ring(HERE, CARE)
        bell.ring(HERE, SELF)
        wake = await subscription.wait()

        assert frozenset({(HERE, CARE), (HERE, SELF)}) == wake.lanes
        assert not wake.access
        assert not subscription.take().lanes


async def test_other_spaces_are_not_heard() -> None:
    bell = Bell()
    with bell.subscribe([HERE]) as subscription:
        bell.ring(THERE, CARE)
        bell.ring_access(THERE)

        assert (frozenset(), False) == (subscription.take().lanes, subscription.take().access)


async def test_changed_rights_are_heard_in_one_space_or_everywhere() -> None:
    bell = Bell()
    with bell.subscribe([HERE]) as here, bell.subscribe([THERE]) as there:
        bell.ring_access(HERE)
        assert (True, False) == (here.take().access, there.take().access)
        bell.ring_access()
        assert (True, True) == (here.take().access, there.take().access)


async def test_nothing_is_left_of_who_went() -> None:
    bell = Bell()
    with bell.subscribe([HERE, THERE]):
        assert {HERE, THERE} == set(bell.spaces)

    assert not bell.spaces


async def test_own_rows_wait_for_company_and_nobody_else_does() -> None:
    bell, woken = Bell(), asyncio.Event()
    with bell.subscribe([HERE], woken.set) as writer, bell.subscribe([HERE]) as other:
        for lane in (CARE, SELF):
            bell.ring(HERE, lane, writer, SHORT)

        assert frozenset({(HERE, CARE), (HERE, SELF)}) == other.take().lanes
        assert frozenset() == writer.take().lanes

        await woken.wait()

        assert frozenset({(HERE, CARE), (HERE, SELF)}) == writer.take().lanes


async def test_own_rows_of_a_reader_that_writes_often_wait_longer() -> None:
    bell = Bell()
    pauses = Pauses(once=1, often=60_000)
    with bell.subscribe([HERE]) as writer:
        bell.ring(HERE, CARE, writer, pauses)
        assert frozenset({(HERE, CARE)}) == (await writer.wait()).lanes

        bell.ring(HERE, CARE, writer, pauses)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await writer.wait()

        assert frozenset() == writer.take().lanes


async def test_own_rows_come_along_with_those_of_others() -> None:
    bell, woken = Bell(), asyncio.Event()
    with bell.subscribe([HERE], woken.set) as writer:
        bell.ring(HERE, CARE, writer, SHORT)
        bell.ring(HERE, CARE)

        assert frozenset({(HERE, CARE)}) == writer.take().lanes

        woken.clear()
        bell.ring(HERE, SELF, writer, SHORT)
        await woken.wait()

        assert frozenset({(HERE, SELF)}) == writer.take().lanes


async def test_a_shared_event_wakes_its_owner() -> None:
    bell, woken = Bell(), asyncio.Event()
    with bell.subscribe([HERE], woken.set):
        bell.ring(HERE, CARE)

        assert woken.is_set()


class FakeStore:
    """Heads that a test moves, as another process would."""

    def __init__(self) -> None:
        self.version = 1
        self.heads: dict[tuple[SpaceId, Lane], int] = {}
        self.looked = asyncio.Event()

    async def read_version(self) -> int:
        self.looked.set()
        return self.version

    async def read_heads(self, spaces: Sequence[SpaceId]) -> Heads:
        return {key: head for key, head in self.heads.items() if key[0] in spaces}


async def test_what_another_process_wrote_is_rung() -> None:
    bell, store = Bell(), FakeStore()
    with bell.subscribe([HERE]) as subscription:
        watcher = asyncio.create_task(
            watch_store(bell, store.read_version, store.read_heads, interval_s=0)
        )
        await store.looked.wait()
        store.heads = {(HERE, CARE): 3, (THERE, CARE): 9}
        store.version = 2
        while not (wake := await subscription.wait()).lanes:
            pass  # the first look says only that rights may have changed
        watcher.cancel()
        with suppress(asyncio.CancelledError):
            await watcher

    assert frozenset({(HERE, CARE)}) == wake.lanes
    assert wake.access
