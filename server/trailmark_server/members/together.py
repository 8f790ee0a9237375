"""Reads of one page that run side by side, a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Final, TypeVar

T = TypeVar("T")

READS_AT_ONCE: Final = 4
"""Reads of one page that are under way at a time: more would fill the queue of reads."""


async def together(reads: Sequence[Coroutine[None, None, T]]) -> list[T]:
    """Return what some reads return, in their order.

    Args:
        reads: Not begun yet; ``READS_AT_ONCE`` of them run at a time.

    Raises:
        BaseException: What the first of them raised that did; the others are stopped.
    """
    gate = asyncio.Semaphore(READS_AT_ONCE)

    async def run(read: Coroutine[None, None, T]) -> T:
        async with gate:
            return await read

    tasks = [asyncio.ensure_future(run(each)) for each in reads]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for each in reads:
            each.close()  # of those that were stopped before they began
