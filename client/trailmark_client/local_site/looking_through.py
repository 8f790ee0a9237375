"""The look through a large store that is due once a day, beside the pages while they are read."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from trailmark_client.local_site.latch import Latch
from trailmark_client.local_site.worker import Worker
from trailmark_shared.errors import StorageError

if TYPE_CHECKING:
    from trailmark_client.storage.structure import StructureCheck

STOP_S: Final = 0.05
"""Distance of the requests that a look ends."""

ASK_S: Final = 3600.0
"""Distance of the questions whether one is due: pages may stay open for days."""


class LookingThrough:
    """Looks, and has the store opened anew where it met damage: that start deals with it."""

    def __init__(self, near: Worker, latch: Latch) -> None:
        """Take what has the store.

        Args:
            near: The thread that notes what was found.
            latch: What opens the store anew.
        """
        self._near = near
        self._latch = latch
        self._damaged = asyncio.Event()

    async def run(self) -> None:
        """Look whenever it is due, until cancelled or damage is met; to run beside the pages."""
        while True:
            if not await self._look():
                self._damaged.set()
                return
            await asyncio.sleep(ASK_S)

    async def _look(self) -> bool:
        """Look where it is due, and say whether all is well as far as is known."""
        check = await self._near.run(lambda app: app.structure_check())
        is_whole = None if check is None else await _found(check)
        if is_whole is None:
            return True
        await self._near.run(lambda app: app.note_structure(is_whole=is_whole))
        return is_whole

    async def mend(self) -> None:
        """Open the store anew whenever damage was met, until cancelled."""
        while True:
            await self._damaged.wait()
            self._damaged.clear()
            if self._latch.is_open:
                async with self._latch.released():
                    pass


async def _found(check: StructureCheck) -> bool | None:
    """Run a look in a thread of its own; when this returns or is cancelled, it has ended."""
    running = asyncio.get_running_loop().run_in_executor(None, check.run)
    try:
        with suppress(StorageError):
            return await asyncio.shield(running)
    finally:
        # What has not begun yet cannot be interrupted: it is asked again.
        while not running.done():
            check.stop()
            await asyncio.wait({running}, timeout=STOP_S)
    return None
