"""Work that waits for somebody else, in a thread that the end of the program does not wait for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

T = TypeVar("T")


async def in_daemon_thread(work: Callable[[], T]) -> T:
    """Run ``work`` in a thread of its own; whoever is cancelled meanwhile hears nothing of it.

    The threads of ``asyncio.to_thread`` are waited for at the end, however long they take.

    Args:
        work: What to do; it may wait.

    Returns:
        What it returned.

    Raises:
        BaseException: What it raised.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def tell(settle: Callable[[], None]) -> None:
        if not done.done():
            settle()

    def run() -> None:
        try:
            settle = partial(done.set_result, work())
        except BaseException as raised:  # noqa: BLE001  (told to whoever waits)
            settle = partial(done.set_exception, raised)
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(tell, settle)

    threading.Thread(target=run, daemon=True).start()
    return await done
