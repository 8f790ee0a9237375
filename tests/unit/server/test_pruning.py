"""Housekeeping of the access log: old rows go, young ones stay, a broken store is asked again."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from tests.support.fakes import FakeClock
from trailmark_server.pruning import keep_pruned, prune_access_log
from trailmark_server.settings import Settings
from trailmark_server.storage.accounts import AccessEntry, AccountRows
from trailmark_server.storage.accounts.memory.store import MemoryAccountStore
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, StorageError
from trailmark_shared.ids import SpaceId

T = TypeVar("T")

DAY_MS = 24 * 3600 * 1000
SPACE = SpaceId(b"s" * 16)


class FullOnce(MemoryAccountStore):
    """A store whose disk is full the first time."""

    def __init__(self) -> None:
        super().__init__()
        self.full = False

    async def write(self, work: Callable[[AccountRows], T]) -> T:
        if self.full:
            self.full = False
            raise StorageError(ErrorCode.DISK_FULL, "full")
        return await super().write(work)


async def a_log(*times: int) -> FullOnce:
    store = FullOnce()

    def work(rows: AccountRows) -> None:
        for at in times:
            rows.add_access_entry(
                AccessEntry(space=SPACE, window=at, member=bytes(16), page="goal", first_at=at)
            )

    await store.write(work)
    return store


async def kept(store: MemoryAccountStore) -> list[int]:
    rows = await store.read(lambda rows: rows.access_entries(SPACE, 10_000))
    return [row.first_at for row in rows]


async def test_what_is_older_than_the_operator_says_goes() -> None:
    store = await a_log(0, DAY_MS - 1, DAY_MS, 2 * DAY_MS)

    assert 2 == await prune_access_log(store, 2, now=3 * DAY_MS)
    assert [2 * DAY_MS, DAY_MS] == await kept(store)


async def test_an_operator_who_says_nothing_keeps_six_years() -> None:
    kept_for = Settings(data=Path("unused"), public_url="http://127.0.0.1:8740").access_log_days
    now = (limits.ACCESS_LOG_KEPT_DAYS + 1) * DAY_MS
    store = await a_log(DAY_MS - 1, DAY_MS)

    assert 1 == await prune_access_log(store, kept_for, now=now)
    assert [DAY_MS] == await kept(store)


async def test_more_than_one_transaction_forgets_goes_in_several() -> None:
    store = await a_log(*range(limits.PRUNED_ROWS_MAX + 1))

    assert limits.PRUNED_ROWS_MAX + 1 == await prune_access_log(store, 1, now=2 * DAY_MS)
    assert [] == await kept(store)


async def pruned(
    monkeypatch: pytest.MonkeyPatch, store: MemoryAccountStore, *clock: int
) -> list[list[int]]:
    """Return what is there after each look at which the clock showed these times."""
    found, shown = list[list[int]](), FakeClock(clock[0])
    times = iter(clock[1:])

    async def wait(seconds: float) -> None:
        assert limits.PRUNE_INTERVAL_MS / 1000 == seconds

        found.append(await kept(store))
        try:
            shown.ms = next(times)
        except StopIteration:
            raise asyncio.CancelledError from None

    monkeypatch.setattr("trailmark_server.pruning.asyncio.sleep", wait)
    with pytest.raises(asyncio.CancelledError):
        await keep_pruned(store, 1, shown)
    return found


async def test_it_is_done_at_the_start_and_then_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that cannot do it now is asked again the next time."""
    store = await a_log(0, 2 * DAY_MS)
    store.full = True

    assert [[2 * DAY_MS, 0], [2 * DAY_MS], []] == await pruned(
        monkeypatch, store, 3 * DAY_MS, 3 * DAY_MS, 4 * DAY_MS
    )


@pytest.mark.parametrize("right_before", [True, False])
async def test_a_clock_that_is_ahead_for_less_than_a_day_costs_nothing(
    monkeypatch: pytest.MonkeyPatch, *, right_before: bool
) -> None:
    """Neither while the server runs, nor where it starts with such a clock."""
    store, young = await a_log(DAY_MS, 2 * DAY_MS), [2 * DAY_MS, DAY_MS]
    ahead = 3000 * DAY_MS
    clock = (DAY_MS, ahead, 2 * DAY_MS) if right_before else (ahead, 2 * DAY_MS)

    looks = await pruned(monkeypatch, store, *clock)
    assert [young] * len(looks) == looks


async def test_a_clock_that_stays_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where nobody looked at anything for long."""
    store = await a_log(0)

    assert [[0], []] == await pruned(monkeypatch, store, 3000 * DAY_MS, 3001 * DAY_MS)
