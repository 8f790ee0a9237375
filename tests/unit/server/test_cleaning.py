"""Remnants leave the files again and again, whatever stands in the way once."""

import asyncio
from contextlib import suppress

import pytest

from trailmark_server.cleaning import keep_clean
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, StorageError


async def test_a_cleaning_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CLEANING_PAUSE_MS", 0)
    calls: list[str] = []
    cleaned = asyncio.Event()

    async def clean() -> None:
        calls.append("clean")
        if len(calls) == 1:
            raise StorageError(ErrorCode.DISK_FULL, "the disk is full")
        cleaned.set()

    keeper = asyncio.create_task(keep_clean(clean))
    await cleaned.wait()
    keeper.cancel()
    with suppress(asyncio.CancelledError):
        await keeper

    assert ["clean"] * 2 == calls[:2]


async def test_nobody_waits_for_a_cleaning_before_the_pause_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "CLEANING_PAUSE_MS", 3_600_000)
    calls: list[str] = []

    async def clean() -> None:
        calls.append("clean")

    keeper = asyncio.create_task(keep_clean(clean))
    for _ in range(10):
        await asyncio.sleep(0)
    keeper.cancel()
    with suppress(asyncio.CancelledError):
        await keeper

    assert ["clean"] == calls
