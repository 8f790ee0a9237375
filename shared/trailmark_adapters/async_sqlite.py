"""SQLite for event loops: the same units of work, each run in one hop of aiosqlite's thread.

A unit of work is never split over several awaits, so a cancelled task cannot leave a transaction
open and two tasks cannot come between each other's statements. This module is the only place that
calls aiosqlite's private ``_execute``.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Final, Self, TypeVar, cast

import aiosqlite

from trailmark_adapters.migrations import Migration
from trailmark_adapters.sqlite import SqlFunction, SqliteFile, SqliteReader, Work

_Result = TypeVar("_Result")

_CHUNK: Final = 64
_NO_FUNCTIONS: Final[Mapping[str, SqlFunction]] = MappingProxyType({})


class AsyncDatabase:
    """One database file for tasks of an event loop: one writer thread, some reader threads.

    The threads are not daemons: whoever opens must ``close``, or the program does not end. Use it
    as an asynchronous context manager.
    """

    def __init__(
        self,
        path: Path,
        migrations: Sequence[Migration],
        *,
        functions: Mapping[str, SqlFunction] = _NO_FUNCTIONS,
        readers: int = 1,
        key: bytes | None = None,
    ) -> None:
        """Remember what to open; ``open`` opens it.

        Args:
            path: The database file.
            migrations: All migrations of this file, in order.
            functions: What statements may call, by name; called in the threads of this database.
            readers: How many reads may run side by side, at least 1.
            key: What it is sealed under, ``None`` for an open file.
        """
        self._writer = _FileThread(
            lambda: SqliteFile(path, migrations, functions=functions, key=key)
        )
        self._readers = [
            _FileThread(lambda: SqliteReader(path, functions, key)) for _ in range(readers)
        ]
        self._free_readers: asyncio.Queue[_FileThread] = asyncio.Queue()

    async def open(self) -> None:
        """Open writer and readers.

        Raises:
            StorageError: As ``SqliteFile``.
            IntegrityError: As ``SqliteFile``.
        """
        try:
            await self._writer
            for reader in self._readers:
                await reader
                self._free_readers.put_nowait(reader)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """End what is running, close everything and stop the threads; may be called twice."""
        for thread in (*self._readers, self._writer):
            await asyncio.shield(thread.close())

    async def __aenter__(self) -> Self:
        """Open the file."""
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        await self.close()

    async def write(self, work: Work[_Result]) -> _Result:
        """Run ``work`` in one write transaction, in turn with all other writers.

        A cancelled caller does not stop it: it is committed whole or not at all.

        Returns:
            What ``work`` returned.

        Raises:
            StorageError: As ``SqliteFile.write``.
            IntegrityError: As ``SqliteFile.write``.
        """
        return await self._writer.hop(lambda file: file.write(work))

    async def read(self, work: Work[_Result]) -> _Result:
        """Run ``work`` over one unchanging state of the file.

        Returns:
            What ``work`` returned.

        Raises:
            StorageError: As ``SqliteFile.read``.
            IntegrityError: As ``SqliteFile.read``.
        """
        reader = await self._free_readers.get()
        try:
            return await reader.hop(lambda file: file.read(work))
        finally:
            self._free_readers.put_nowait(reader)

    async def data_version(self) -> int:
        """Return a number that changes when another process has written."""
        return await self._writer.hop(SqliteFile.data_version)

    async def checkpoint(self) -> bool:
        """Move the WAL into the file and cut it; return whether it is cut."""
        return await self._writer.hop(SqliteFile.checkpoint)

    async def clean(self) -> bool:
        """Write the file anew, without what was deleted; return whether the WAL is cut too."""
        return await self._writer.hop(SqliteFile.clean)


class _FileThread(aiosqlite.Connection):
    """A thread of aiosqlite whose "connection" is one of our files.

    aiosqlite asks of its connection only that it can be closed; ours is the whole file, so that
    lock, transaction and statements run in the same thread.
    """

    def __init__(self, opener: Callable[[], SqliteFile | SqliteReader]) -> None:
        super().__init__(cast("Callable[[], sqlite3.Connection]", opener), _CHUNK)

    async def hop(self, work: Callable[[Any], _Result]) -> _Result:
        """Run ``work`` with the file in the thread; a cancelled caller does not stop it."""
        execute = cast(
            "Callable[[Callable[[], _Result]], Awaitable[_Result]]",
            self._execute,  # pyright: ignore[reportUnknownMemberType]
        )
        return await asyncio.shield(execute(lambda: work(self._conn)))
