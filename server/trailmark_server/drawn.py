"""What several open pages show alike is drawn once: whoever comes first draws, the others wait.

What was drawn lets nobody see anything. Each page asks for its own right after it has waited, in
the transaction that tells it which rows there are, and takes what was drawn only for those rows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

T = TypeVar("T")

KEPT_SECONDS: Final = 2.0
"""What was drawn is kept for so long: pages that hear of one change come within moments."""


class Drawn(Generic[T]):
    """What was drawn lately, and what is being drawn now."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._kept: dict[Hashable, asyncio.Future[T | None]] = {}

    def claim(self, key: Hashable) -> asyncio.Future[T | None] | None:
        """Return what somebody else draws, or drew; ``None``: the caller draws, and settles it."""
        known = self._kept.get(key)
        if known is None:
            self._kept[key] = asyncio.get_running_loop().create_future()
        return known

    def settle(self, key: Hashable, drawn: T | None) -> None:
        """Give what was drawn to those who wait; ``None`` where there was nothing to draw."""
        future = self._kept.get(key)
        if future is None or future.done():
            return
        future.set_result(drawn)
        if drawn is None:
            del self._kept[key]
        else:
            loop = asyncio.get_running_loop()
            loop.call_later(KEPT_SECONDS, self._kept.pop, key, None)
