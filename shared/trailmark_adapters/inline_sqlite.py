"""SQLite for an event loop without threads: a unit of work runs where it is asked for.

A browser gives Python one thread. Nothing else runs until the work is done, as short as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Final, Self, TypeVar

from trailmark_adapters.migrations import Migration
from trailmark_adapters.sqlite import SqlFunction, SqliteFile, Work

_Result = TypeVar("_Result")

_NO_FUNCTIONS: Final[Mapping[str, SqlFunction]] = MappingProxyType({})

Around = Callable[[], AbstractAsyncContextManager[object]]
"""What is entered before every write and left once it is done."""


class InlineDatabase:
    """One database file with a connection of its own; use it as an asynchronous context manager."""

    def __init__(
        self,
        path: Path,
        migrations: Sequence[Migration] = (),
        *,
        functions: Mapping[str, SqlFunction] = _NO_FUNCTIONS,
        around: Around = nullcontext,
    ) -> None:
        """Remember what to open.

        Args:
            path: The database file.
            migrations: All migrations of this file, in order.
            functions: What statements may call, by name.
            around: What is to be so while something is written.
        """
        self._around = around
        self._path = path
        self._migrations = migrations
        self._functions = functions
        self._opened: SqliteFile | None = None

    async def __aenter__(self) -> Self:
        """Open the file.

        Returns:
            This database.

        Raises:
            StorageError: As ``SqliteFile``.
            IntegrityError: As ``SqliteFile``.
        """
        self._opened = SqliteFile(self._path, self._migrations, functions=self._functions)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._file.close()
        self._opened = None

    @property
    def _file(self) -> SqliteFile:
        assert self._opened is not None, "the database was not opened"
        return self._opened

    async def write(self, work: Work[_Result]) -> _Result:
        """Run ``work`` in one write transaction; when this returns, it is on the disk.

        Returns:
            What ``work`` returned.

        Raises:
            StorageError: As ``SqliteFile.write``.
            IntegrityError: As ``SqliteFile.write``.
        """
        async with self._around():
            return self._file.write(work)

    async def read(self, work: Work[_Result]) -> _Result:
        """Run ``work`` over one unchanging state of the file.

        Returns:
            What ``work`` returned.

        Raises:
            StorageError: As ``SqliteFile.read``.
            IntegrityError: As ``SqliteFile.read``.
        """
        return self._file.read(work)

    async def data_version(self) -> int:
        """Return a number that changes when another connection has written."""
        return self._file.data_version()

    async def checkpoint(self) -> bool:
        """Move the WAL into the file and cut it; return whether it is cut."""
        return self._file.checkpoint()

    async def clean(self) -> bool:
        """Write the file anew, without what was deleted; return whether the WAL is cut too."""
        return self._file.clean()
