"""Remnants leave the files again and again, whatever stands in the way once."""

import asyncio
from contextlib import suppress

from trailmark_server.cleaning import keep_clean
from trailmark_shared.errors import ErrorCode, StorageError


async def test_a_cleaning_that_fails_is_tried_again() -> None:
    calls: list[str] = []
    cleaned = asyncio.Event()

    async def clean() -> None:
        calls.append("clean")
        if len(calls) == 1:
            raise StorageError(ErrorCode.DISK_FULL, "the disk is full")
        cleaned.set()

    keeper = asyncio.create_task(keep_clean(clean, pause_s=0))
    await cleaned.wait()
    keeper.cancel()
    with suppress(asyncio.CancelledError):
        await keeper

    assert ["clean"] * 2 == calls[:2]
