"""A thread that holds the person's store: pages are plain functions and run there, one at a time.

There are two of them. Pages that may ask the home server have one of their own, so that a server
which does not answer never keeps a draft from being saved.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from typing import TypeVar

from trailmark_adapters.clock import Clock
from trailmark_adapters.randomness import Randomness
from trailmark_client.app import App, open_app

_Result = TypeVar("_Result")


class HeldKey:
    """The key of the store, as long as these pages hold it.

    Attributes:
        key: What the lock holds; ``None`` where there is no passphrase, or it is not known now.
    """

    def __init__(self) -> None:
        """Hold none."""
        self.key: bytes | None = None


class Worker:
    """One thread, and in it an app of its own over the person's folder."""

    def __init__(
        self, home: Path, clock: Clock, randomness: Randomness, held: HeldKey | None = None
    ) -> None:
        """Remember what to open.

        Args:
            home: The folder of the person's data.
            clock: The clock.
            randomness: Chance.
            held: The key of the store.
        """
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="desk")
        known = held or HeldKey()
        self._open = lambda: open_app(home, clock=clock, randomness=randomness, key=known.key)
        self._app: App | None = None

    async def run(self, work: Callable[[App], _Result]) -> _Result:
        """Run ``work`` with the app; a cancelled caller does not stop it.

        Returns:
            What ``work`` returned.

        Raises:
            StorageError: The store cannot be used.
            IntegrityError: The store or the identity is damaged.
        """

        def there() -> _Result:
            if self._app is None:
                self._app = self._open()
            return work(self._app)

        return await self.run_without(there)

    async def run_without(self, work: Callable[[], _Result]) -> _Result:
        """Run ``work`` in the thread, without the store; a cancelled caller does not stop it.

        Returns:
            What ``work`` returned.
        """
        # The language in force goes along.
        run = copy_context().run
        loop = asyncio.get_running_loop()
        return await asyncio.shield(loop.run_in_executor(self._pool, run, work))

    async def release(self) -> None:
        """Close the store, once what runs has ended; the next work opens it again."""

        def there() -> None:
            if self._app is not None:
                self._app.close()
                self._app = None

        await self.run_without(there)

    async def close(self) -> None:
        """Close the store, once what runs has ended, and end the thread."""
        await self.release()
        self._pool.shutdown()
