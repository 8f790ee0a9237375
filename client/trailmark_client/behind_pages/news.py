"""What changed: one number that grows, and whoever waits for it to grow."""

from __future__ import annotations

import asyncio


class News:
    """Wakes those who wait when something was written, here or by another process."""

    def __init__(self) -> None:
        self._count = 0
        self._rung = asyncio.Event()
        self.is_closing = False

    @property
    def count(self) -> int:
        """How often something changed."""
        return self._count

    def ring(self) -> None:
        """Tell that something changed."""
        self._count += 1
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()

    def close(self) -> None:
        """Tell everybody that nothing comes any more."""
        self.is_closing = True
        self.ring()

    async def after(self, count: int, timeout_s: float | None = None) -> int:
        """Wait until more changed than ``count`` says, or the time is over; return the number."""
        try:
            async with asyncio.timeout(timeout_s):
                while self._count <= count and not self.is_closing:
                    await self._rung.wait()
        except TimeoutError:
            pass
        return self._count
