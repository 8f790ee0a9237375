"""What holds the store open, and when it lets go."""

import asyncio
from pathlib import Path

from tests.support.fakes import FakeClock
from tests.support.own_site import enter, opened
from tests.support.shared_lanes import DAY_MS
from trailmark_shared import limits

PASSPHRASE = "a lamp, three stairs"


async def test_nobody_there_for_long_shuts_a_store_with_a_passphrase(tmp_path: Path) -> None:
    clock = FakeClock()
    async with opened(tmp_path, clock) as (client, parts):
        await enter(client, parts)
        clock.advance(limits.IDLE_LOCK_MS)
        assert not parts.latch.is_due(clock.now_ms())
        await client.post(
            "/lock", data={"deed": "set", "following": PASSPHRASE, "again": PASSPHRASE}
        )
        clock.advance(limits.IDLE_LOCK_MS - 1)
        assert not parts.latch.is_due(clock.now_ms())
        clock.advance(1)
        assert parts.latch.is_due(clock.now_ms())

        await client.get("/", headers={"Sec-Fetch-Dest": "empty"})
        assert parts.latch.is_due(clock.now_ms())
        await client.post("/awake")
        assert not parts.latch.is_due(clock.now_ms())

        clock.advance(-DAY_MS)
        assert not parts.latch.is_due(clock.now_ms())
        clock.advance(limits.IDLE_LOCK_MS)
        assert parts.latch.is_due(clock.now_ms())
        await parts.latch.shut()
        assert not parts.latch.is_due(clock.now_ms())
    assert limits.IDLE_WARNING_MS < limits.IDLE_LOCK_MS


async def test_what_runs_beside_ends_and_begins_with_the_store(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_client, parts):
        latch, running = parts.latch, list[str]()

        async def beside() -> None:
            running.append("runs")
            try:
                await asyncio.Event().wait()
            finally:
                running.clear()

        latch.beside = lambda: (beside(),)
        latch.open(None)
        await asyncio.sleep(0)
        assert ["runs"] == running

        async with latch.released():
            assert [] == running
            waiting = asyncio.create_task(latch.ready())
            await asyncio.sleep(0)
            assert not waiting.done()
        await waiting
        await asyncio.sleep(0)
        assert ["runs"] == running

        await latch.shut()
        assert [] == running
