"""An event loop whose time is a number: waiting costs nothing, a seed is always the same run."""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar
from typing import Any, cast

STEPS_MAX = 600_000
"""Turns of the loop after which a run counts as stuck."""


class StuckError(AssertionError):
    """Nothing is scheduled any more, or the run makes no progress."""


class _AddingSelector:
    """A selector that never blocks: it adds the time-out to the loop's time."""

    def __init__(self, loop: "VirtualLoop") -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[Any]:
        if timeout is None:
            raise StuckError("deadlock: nothing is scheduled")
        if timeout > 0:
            self._loop.seconds += timeout
        return []

    def close(self) -> None:
        pass


class TaskOwner:
    """Whatever tasks belong to: a process that can be killed with all of them."""

    def __init__(self) -> None:
        self.tasks: dict[asyncio.Task[Any], None] = {}

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run ``work`` as a task of this owner; tasks that it makes belong to it too.

        Nobody waits for it: what it raises ends the run.
        """
        loop = cast("VirtualLoop", asyncio.get_running_loop())
        token = OWNER.set(self)
        try:
            task = loop.create_task(work)
        finally:
            OWNER.reset(token)
        task.add_done_callback(loop.note_end)
        return task

    def cancel_all(self) -> None:
        """Cancel every task, in the order in which they were made."""
        for task in list(self.tasks):
            task.cancel()
        self.tasks.clear()


OWNER: ContextVar[TaskOwner | None] = ContextVar("OWNER", default=None)
"""To whom tasks belong that are made now."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs callbacks in order of time and of being scheduled; a thread that touches it fails.

    Attributes:
        seconds: The time, from 0.
        steps: Turns so far.
        broken: The first exception that nobody caught.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0
        self.steps = 0
        self.broken: BaseException | None = None
        self._selector = _AddingSelector(self)
        self._clock_resolution = 1e-9
        self.set_task_factory(cast("Any", _owned_task))
        self.set_exception_handler(self._note_broken)

    def time(self) -> float:
        return self.seconds

    def recover(self) -> None:
        """Make the loop fit to run again after a failure ended it in the middle of a turn."""
        self.set_exception_handler(lambda _loop, _context: None)
        self.broken, self.steps = None, 0
        # The end of the failed run may still be scheduled: it must not stop the next one.
        self.call_soon(self.stop)
        self.run_forever()
        self.broken = None

    def end(self) -> None:
        """Let cancelled tasks end, then close."""
        self.set_exception_handler(lambda _loop, _context: None)
        self.broken, self.steps = None, 0
        tasks = asyncio.all_tasks(self)
        for task in tasks:
            task.cancel()
        if tasks:
            self.run_until_complete(asyncio.wait(tasks))
        self.run_until_complete(asyncio.sleep(0))
        self.close()

    def note_end(self, task: asyncio.Task[Any]) -> None:
        """Remember what a task raised that nobody waits for."""
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.fail(error)

    def fail(self, error: BaseException) -> None:
        """End the run with ``error`` at the next turn, unless it ends with an earlier one."""
        if self.broken is None:
            self.broken = error

    def _note_broken(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if error is not None:
            self.fail(error)

    def _process_events(self, event_list: list[Any]) -> None:
        pass

    def _write_to_self(self) -> None:
        raise StuckError("a thread touched the loop: such a run is not repeatable")

    def _run_once(self) -> None:
        self.steps += 1
        if self.steps > STEPS_MAX:
            raise StuckError("no progress: too many steps")
        if self.broken is not None:
            broken, self.broken = self.broken, None
            raise broken
        cast("Any", super())._run_once()  # noqa: SLF001


async def until(holds: Callable[[], bool]) -> None:
    """Look every tenth of a second until ``holds`` says yes."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def look() -> None:
        if holds():
            done.set_result(None)
        else:
            loop.call_later(0.1, look)

    look()
    await done


def _owned_task(
    loop: asyncio.AbstractEventLoop,
    work: Coroutine[Any, Any, Any],
    **options: Any,  # noqa: ANN401  (whatever tasks take)
) -> asyncio.Task[Any]:
    task = asyncio.Task(work, loop=loop, **options)
    # A task with a context of its own belongs to whoever made that one, not to whoever begins it.
    context: Context | None = options.get("context")
    owner = OWNER.get() if context is None else context.get(OWNER)
    if owner is not None:
        owner.tasks[task] = None
        task.add_done_callback(lambda done: owner.tasks.pop(done, None))
    return task
