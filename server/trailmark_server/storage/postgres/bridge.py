"""Synchronous units of work over an asynchronous driver, without a thread.

A unit of work is a plain function that runs statements (see ``storage.sql``). ``run_over`` runs it
in a greenlet of the event loop's own thread; each ``awaited`` in it lets the loop go on until the
answer is there. Nothing else of the code needs to know.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from greenlet import getcurrent, greenlet

T = TypeVar("T")


async def run_over(work: Callable[[], T]) -> T:
    """Return what ``work`` returns; it may call ``awaited``."""
    running = greenlet(work, getcurrent())
    step: Any = running.switch()
    while not running.dead:
        try:
            answer = await cast("Awaitable[Any]", step)
        except BaseException as error:  # noqa: BLE001  (raised where the work waits)
            step = cast("Any", running).throw(error)
        else:
            step = running.switch(answer)
    return cast("T", step)


def awaited(awaitable: Awaitable[T]) -> T:
    """Return what ``awaitable`` gives; only inside ``run_over``."""
    loop_side = getcurrent().parent
    assert loop_side is not None, "a unit of work runs in run_over"
    return cast("T", loop_side.switch(awaitable))
