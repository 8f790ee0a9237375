"""Two servers' stores over one PostgreSQL: readers skip nothing, and a device may be at both."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack

import pytest

from tests.support.fakes import FakeClock, SeededRandomness
from tests.support.lane_devices import CARE, NOW, SPACE, LaneDevice, push, read_lane
from tests.support.postgres import PostgresServer, databases
from trailmark_adapters.nacl import NaclCipher
from trailmark_server.storage.log_store import LogStore, open_log_store
from trailmark_server.storage.postgres.store import PostgresTables, open_keys, open_main
from trailmark_server.storage.sql.keys import SqlKeyStore
from trailmark_shared import ids
from trailmark_shared.ids import SELF, Lane

WRITERS = 8
PUSHES = 25


@pytest.fixture
async def stores(postgres: PostgresServer) -> AsyncGenerator[list[LogStore]]:
    async with databases(postgres) as (main, keys_url), AsyncExitStack() as stack:
        opened: list[LogStore] = []
        for seed in range(2):
            randomness = SeededRandomness(seed)
            keys = SqlKeyStore(await stack.enter_async_context(open_keys(keys_url)), randomness)
            tables = PostgresTables(await stack.enter_async_context(open_main(main)))
            store = await open_log_store(tables, keys, NaclCipher(), FakeClock(NOW), randomness)
            opened.append(store)
        yield opened


async def follow(store: LogStore, lane: Lane, upto: int) -> list[int]:
    """Read a lane by its cursor while it is written; return the seqs in the order seen."""
    seen: list[int] = []
    while len(seen) < upto:
        page = await store.read_page(SPACE, lane, seen[-1] if seen else 0)
        seen += [row.seq for row in page.rows]
    return seen


async def test_eight_writers_never_make_a_reader_skip_an_event(stores: list[LogStore]) -> None:
    one, two = stores
    lanes = [SELF, *(ids.care_lane(bytes([number]) * 16) for number in range(2))]
    writers = [LaneDevice(lanes[seed % len(lanes)], seed) for seed in range(WRITERS)]
    wanted = {lane: PUSHES * sum(writer.lane == lane for writer in writers) for lane in lanes}

    async def write(number: int, writer: LaneDevice) -> None:
        store = stores[number % 2]
        for _ in range(PUSHES):
            event = writer.seals() if writer.lane == SELF else writer.grants()
            await push(store, [event])

    readers = [follow(two, lane, wanted[lane]) for lane in lanes]
    seen, _ = await asyncio.gather(
        asyncio.gather(*readers),
        asyncio.gather(*(write(number, each) for number, each in enumerate(writers))),
    )

    assert [list(range(1, count + 1)) for count in wanted.values()] == seen
    assert [] == await one.verify()


async def test_sessions_of_one_device_at_two_servers_write_each_event_once(
    stores: list[LogStore],
) -> None:
    device = LaneDevice(CARE)
    events = [device.grants(), *(device.shares() for _ in range(9))]
    answers = await asyncio.gather(*(push(store, events) for store in stores for _ in range(3)))
    rows = await read_lane(stores[0])

    assert {10} == {answer.upto for answer in answers}
    assert [event.id for event in events] == [row.event.id for row in rows]
    assert [] == await stores[1].verify()


async def test_a_revocation_at_one_is_a_revocation_at_the_other(stores: list[LogStore]) -> None:
    one, two = stores
    device = LaneDevice(CARE)
    await push(one, [device.grants()])
    [before] = await two.grants(SPACE)
    await push(one, [device.revokes()])
    [after] = await two.grants(SPACE)

    assert (True, False) == (before.is_live, after.is_live)
