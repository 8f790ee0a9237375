"""One SQLite file for tasks of an event loop: group commit for writers, side by side readers.

One thread writes. It takes what waits (at most ``COMMIT_GROUP_MAX``) and never waits for company:
one ``BEGIN IMMEDIATE``, one savepoint per unit of work, one fsynced ``COMMIT``, and only then are
all callers told. A unit of work that raises is undone alone. When the file cannot be written (a
full disk), nobody of the group is told that anything was saved, reads go on, and the next group
tries again.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final, TypeVar

from trailmark_adapters.migrations import Migration
from trailmark_adapters.sqlite import (
    Connection,
    SqliteFile,
    SqliteReader,
    Work,
    storage_error,
)
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError, StorageError

T = TypeVar("T")

_READERS: Final = 2


class _Job:
    """A unit of work and whoever waits for it."""

    __slots__ = ("_error", "_future", "_result", "is_bare", "loop", "work")

    def __init__(self, work: Callable[[Any], Any], *, is_bare: bool = False) -> None:
        """Remember ``work``; ``is_bare`` runs it over the file, outside any transaction."""
        self.work = work
        self.is_bare = is_bare
        self.loop = asyncio.get_running_loop()
        self._future: asyncio.Future[Any] = self.loop.create_future()
        self._result: Any = None
        self._error: BaseException | None = None

    async def wait(self) -> Any:  # noqa: ANN401  (whatever the work returns)
        """Return the result; a caller that is cancelled does not stop the work, nor hear of it."""
        return await self._future

    def keep(self, result: Any) -> None:  # noqa: ANN401
        """Keep the result until the group is committed."""
        self._result = result

    def fail(self, error: BaseException) -> None:
        """Keep the error in place of a result."""
        self._error = error

    def settle(self) -> None:
        """Tell the caller; runs in the event loop."""
        if self._future.done():
            return
        if self._error is None:
            self._future.set_result(self._result)
        else:
            self._future.set_exception(self._error)
            # The caller may have been cancelled: then nobody asks for the error.
            self._future.exception()


def _settle(jobs: Sequence[_Job]) -> None:
    """Tell all callers, with one call into each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in jobs:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, settled in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle_each, settled)


def _settle_each(jobs: Sequence[_Job]) -> None:
    for job in jobs:
        job.settle()


class Database:
    """The file, its writer thread and its reader threads; ``close`` ends them."""

    def __init__(
        self,
        path: Path,
        migrations: Sequence[Migration],
        *,
        readers: int = _READERS,
        pages_max: int | None = None,
    ) -> None:
        """Open the file and bring its schema up to date; waits until that is done.

        Args:
            path: The database file.
            migrations: All migrations of this file.
            readers: How many reads may run side by side.
            pages_max: Size of the file in pages at which it counts as full, for tests.

        Raises:
            StorageError: As ``SqliteFile``.
            IntegrityError: As ``SqliteFile``.
        """
        self._path = path
        self._near: SqliteReader | None = None
        self._waiting: deque[_Job] = deque()
        self._changed = threading.Condition()
        self._is_closing = False
        self._reads: SimpleQueue[_Job | None] = SimpleQueue()
        self._committed: Callable[[int], None] | None = None
        opened: SimpleQueue[BaseException | None] = SimpleQueue()

        def write() -> None:
            _serve(opened, lambda: SqliteFile(path, migrations, pages_max=pages_max), self._write)

        def read() -> None:
            _serve(opened, lambda: SqliteReader(path), self._read)

        self._threads: list[threading.Thread] = []
        for run in (write, *[read] * readers):
            thread = threading.Thread(target=run, name=f"trailmark-{path.name}", daemon=True)
            thread.start()
            error = opened.get()
            if error is not None:
                self._stop()
                raise error
            self._threads.append(thread)

    async def write(self, work: Work[T]) -> T:
        """Run ``work`` in a write transaction; when this returns, it is on the disk.

        Returns:
            What ``work`` returned.

        Raises:
            RefusedError: ``overloaded``: too many writes wait already.
            StorageError: ``disk_full`` or ``storage_unavailable``; nothing was written.
            IntegrityError: ``corrupt_log``: the file is damaged.
        """
        return await self._submit(_Job(work)).wait()

    async def read(self, work: Work[T], *, is_short: bool = False) -> T:
        """Run ``work`` over one unchanging state of the file.

        Args:
            work: What is asked.
            is_short: It looks at a few rows that were just written. They are in memory, and no
                writer stands before a reader: going to a thread and back would take longer, and is
                left for when the file cannot be read at once.

        Returns:
            What ``work`` returned.

        Raises:
            StorageError: ``storage_unavailable``.
            IntegrityError: ``corrupt_log``: the file is damaged.
        """
        if is_short:
            with suppress(StorageError):
                return self._read_at_once(work)
        job = _Job(work)
        self._reads.put(job)
        return await job.wait()

    def _read_at_once(self, work: Work[T]) -> T:
        if self._near is None:
            self._near = SqliteReader(self._path, waits=False)
        return self._near.read(work)

    def tell_commits(self, told: Callable[[int], None]) -> None:
        """Let ``told`` hear, in the writer's thread, how many units of work each commit holds."""
        self._committed = told

    async def data_version(self) -> int:
        """Return a number that changes when another process has written."""
        return await self._submit(_Job(SqliteFile.data_version, is_bare=True)).wait()

    async def forget(self) -> None:
        """Move the journal into the file and cut it, so that erased words leave it too.

        A reader that is in the middle of something keeps a part of it until the next time.
        """
        await self._submit(_Job(SqliteFile.checkpoint, is_bare=True)).wait()

    async def clean(self) -> bool:
        """Write the file anew, without what was deleted; writers wait meanwhile.

        Returns:
            Whether the journal is cut too; a reader in the middle of something may still need it.

        Raises:
            StorageError: ``disk_full`` or ``storage_unavailable``; the file is as it was.
            IntegrityError: ``corrupt_log``: the file is damaged.
        """
        return await self._submit(_Job(SqliteFile.clean, is_bare=True)).wait()

    async def close(self) -> None:
        """Finish what is queued, close all connections and end the threads."""
        if self._near is not None:
            self._near.close()
        await asyncio.get_running_loop().run_in_executor(None, self._stop)

    def _stop(self) -> None:
        # Readers first: the last connection to close moves the journal into the file and removes
        # it, and only the writer's can.
        for _ in self._threads[1:]:
            self._reads.put(None)
        for thread in self._threads[1:]:
            thread.join()
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        for thread in self._threads[:1]:
            thread.join()

    def _submit(self, job: _Job) -> _Job:
        with self._changed:
            if self._is_closing or len(self._waiting) >= limits.WRITE_QUEUE_MAX:
                raise RefusedError(
                    ErrorCode.OVERLOADED, "too much waits to be written; try again", "later"
                )
            self._waiting.append(job)
            self._changed.notify()
        return job

    # --- in the threads ---

    def _read(self, reader: SqliteReader) -> None:
        while (job := self._reads.get()) is not None:
            try:
                job.keep(reader.read(job.work))
            except BaseException as error:  # noqa: BLE001  (told to the caller)
                job.fail(error)
            _settle([job])

    def _write(self, file: SqliteFile) -> None:
        while group := self._next_group():
            if group[0].is_bare:
                _run_alone(group[0], partial(group[0].work, file))
            else:
                _run_group(file, group)
                if self._committed is not None:
                    self._committed(len(group))
            _settle(group)

    def _next_group(self) -> list[_Job]:
        """Wait until something waits; empty once the store closes and nothing does."""
        with self._changed:
            while not self._waiting and not self._is_closing:
                self._changed.wait()
            group: list[_Job] = []
            while self._waiting and len(group) < limits.COMMIT_GROUP_MAX:
                if group and (group[0].is_bare or self._waiting[0].is_bare):
                    break
                group.append(self._waiting.popleft())
            return group


_Opened = TypeVar("_Opened", SqliteFile, SqliteReader)


def _serve(
    opened: SimpleQueue[BaseException | None],
    opener: Callable[[], _Opened],
    run: Callable[[_Opened], None],
) -> None:
    try:
        file = opener()
    except BaseException as error:  # noqa: BLE001  (told to whoever opens)
        opened.put(error)
        return
    opened.put(None)
    try:
        run(file)
    finally:
        file.close()


def _run_alone(job: _Job, run: Callable[[], Any]) -> None:
    try:
        job.keep(run())
    except BaseException as error:  # noqa: BLE001  (told to the caller)
        job.fail(error)


def _run_group(file: SqliteFile, group: Sequence[_Job]) -> None:
    if len(group) == 1:
        # What it raises rolls the whole transaction back: nobody else is in it.
        _run_alone(group[0], partial(file.write, group[0].work))
        return

    def run(conn: Connection) -> None:
        for job in group:
            _run_one(conn, job)

    try:
        file.write(run)
    except BaseException as error:  # noqa: BLE001  (told to every caller: nothing was saved)
        for job in group:
            job.fail(error)


def _run_one(conn: Connection, job: _Job) -> None:
    conn.execute("SAVEPOINT job")
    try:
        job.keep(job.work(conn))
    except BaseException as error:  # noqa: BLE001  (told to the caller)
        job.fail(storage_error(error))
        try:
            conn.execute("ROLLBACK TO job")
        except Exception:  # noqa: BLE001  (whatever it is, the first error says why)
            # There is no transaction any more: a full disk has rolled all of it back.
            raise storage_error(error) from None
    conn.execute("RELEASE job")
