"""Cleaning: erased words leave the store's files, not only its tables, within a minute.

Erasing itself zeroes what is deleted and cuts the journal at once. Remnants may stay where rows
were moved between pages; they go when the file is written anew, which this does once for all
erasures of the last minute, since writers wait meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from trailmark_server.logs import log_failure
from trailmark_shared import limits
from trailmark_shared.errors import TrailmarkError


async def keep_clean(clean: Callable[[], Awaitable[None]]) -> None:
    """Clean whenever something is owed; runs until it is cancelled.

    Args:
        clean: Pays what is owed, and does nothing where nothing is.
    """
    while True:
        try:
            await clean()
        except TrailmarkError as error:
            log_failure("cleaning", error)  # a full disk or a busy file is tried again
        await asyncio.sleep(limits.CLEANING_PAUSE_MS / 1000)
