"""Housekeeping: the access log is kept as long as the operator says, and no longer.

What is pruned is lost, so no clock is believed at once. Days are counted from the newest row when a
server starts, and later from no more than one interval behind the look before: a clock that is
ahead for less than that costs nothing, and one that stays is taken to be right.
"""

from __future__ import annotations

import asyncio
from typing import Final

from trailmark_adapters.clock import Clock
from trailmark_server.logs import log_failure
from trailmark_server.storage.accounts import AccountStore
from trailmark_shared import limits
from trailmark_shared.errors import TrailmarkError

_DAY_MS: Final = 24 * 3600 * 1000


async def prune_access_log(accounts: AccountStore, kept_days: int, now: int) -> int:
    """Forget access-log rows that are older than ``kept_days`` before ``now`` (milliseconds UTC).

    Returns:
        How many went.
    """
    before, gone = now - kept_days * _DAY_MS, 0
    while True:
        dropped = await accounts.write(
            lambda rows: rows.drop_access_entries(before, limits.PRUNED_ROWS_MAX)
        )
        gone += dropped
        if dropped < limits.PRUNED_ROWS_MAX:
            return gone


async def keep_pruned(accounts: AccountStore, kept_days: int, clock: Clock) -> None:
    """Prune now and then again every ``limits.PRUNE_INTERVAL_MS``, until cancelled.

    A store that cannot do it now is asked again the next time.
    """
    believed: int | None = None
    while True:
        now = clock.now_ms()
        try:
            if believed is None:
                believed = await accounts.read(lambda rows: rows.newest_access()) or 0
            await prune_access_log(accounts, kept_days, min(now, believed))
        except TrailmarkError as error:
            log_failure("pruning", error)
        else:
            believed = now + limits.PRUNE_INTERVAL_MS
        await asyncio.sleep(limits.PRUNE_INTERVAL_MS / 1000)
