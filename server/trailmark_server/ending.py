"""Grants that end by their last day: looked for each minute, so that what ended stays over.

A page that is open when its last grant ends is closed by the same ring that a revocation gives.
"""

from __future__ import annotations

import asyncio
from typing import Final

from trailmark_server.logs import log_failure
from trailmark_server.services import Services
from trailmark_shared import limits
from trailmark_shared.errors import TrailmarkError

_INTERVAL_S: Final = limits.END_GRANTS_INTERVAL_MS / 1000


async def end_grants(services: Services) -> None:
    """List the grants whose last day has passed as over for ever, and tell who is reading."""
    try:
        for space in await services.events.end_grants():
            services.bell.ring_access(space)
    except TrailmarkError as error:
        log_failure("ending", error)  # a busy or full store is looked at again


async def keep_ending_grants(services: Services, interval_s: float = _INTERVAL_S) -> None:
    """Look each minute; runs until it is cancelled.

    Args:
        services: The server.
        interval_s: Distance of the looks, seconds.
    """
    while True:
        await asyncio.sleep(interval_s)
        await end_grants(services)
