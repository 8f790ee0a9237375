"""Whether the store is open to these pages, and everything that holds it open while it is.

A passphrase seals files that nobody else may have open, and a store that is shut must be open to
nobody here either: both workers, the looks for news and the connection to the home server. All of
them begin and end here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

from trailmark_adapters.clock import Clock
from trailmark_client.behind_pages.news import News
from trailmark_client.local_site.worker import HeldKey, Worker
from trailmark_shared import limits

Beside = Callable[[], Sequence[Coroutine[Any, Any, None]]]
"""What runs beside the pages while the store is open."""

LOOK_S = 5.0
"""Distance of the looks whether nobody has touched the pages for long."""


class Latch:
    """The store as these pages hold it open.

    Attributes:
        is_open: Pages are answered from the store.
        held: The key that the workers open the store with.
    """

    def __init__(self, held: HeldKey, workers: Sequence[Worker], clock: Clock, news: News) -> None:
        """Take what is to be opened and shut.

        Args:
            held: The key that the workers open the store with.
            workers: Whoever has the store open.
            clock: The clock.
            news: Rung when the store is opened or shut.
        """
        self.is_open = False
        self.beside: Beside = lambda: ()
        self.held = held
        self._workers = workers
        self._clock = clock
        self._news = news
        self._tasks: list[asyncio.Task[None]] = []
        self._may_ask = asyncio.Event()
        self._may_ask.set()
        self._touched_ms = clock.now_ms()

    @property
    def has_passphrase(self) -> bool:
        """The store was opened with a passphrase."""
        return self.held.key is not None

    async def ready(self) -> None:
        """Wait while a passphrase is being set or taken off."""
        await self._may_ask.wait()

    def touch(self) -> None:
        """Note that the person is there."""
        self._touched_ms = self._clock.now_ms()

    def open(self, key: bytes | None) -> None:
        """Open the store to the pages.

        Args:
            key: What its lock holds; ``None`` where there is no passphrase.
        """
        self.held.key = key
        self.is_open = True
        self.touch()
        self._tasks = [asyncio.create_task(each) for each in self.beside()]
        self._news.ring()

    async def shut(self) -> None:
        """Shut the store and forget its key; what runs is ended first."""
        self.is_open = False
        self.held.key = None
        await self._release()
        self._news.ring()

    @asynccontextmanager
    async def released(self) -> AsyncGenerator[HeldKey]:
        """Let the store go while its files change; it is open again behind it.

        Yields:
            The key: whoever changes the lock puts the following one there.
        """
        self._may_ask.clear()
        try:
            await self._release()
            yield self.held
        finally:
            self.open(self.held.key)
            self._may_ask.set()

    async def _release(self) -> None:
        for each in self._tasks:
            each.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        for each in self._workers:
            await each.release()

    async def shut_when_idle(self) -> None:
        """Shut a store with a passphrase once nobody has touched the pages for long."""
        while True:
            await asyncio.sleep(LOOK_S)
            if self.is_due(self._clock.now_ms()):
                await self.shut()

    def is_due(self, now_ms: int) -> bool:
        """Say whether nobody has touched the pages for so long that the store is to be shut."""
        # Else a clock that was set back would hold it open for as long as it was set back.
        self._touched_ms = min(self._touched_ms, now_ms)
        idle_ms = now_ms - self._touched_ms
        is_idle = idle_ms >= limits.IDLE_LOCK_MS
        return is_idle and self.is_open and self.has_passphrase and self._may_ask.is_set()
