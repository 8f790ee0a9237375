"""The one door to SQLite: one file, one transaction per call, one writer at a time.

Rules, each from a failure that was seen:

1. ``BEGIN IMMEDIATE`` to ``COMMIT`` happens inside one function, so that no cancellation and no
   other caller can come between.
2. Every write transaction, checkpoint and close runs under a lock beside the file, because SQLite
   below 3.51.3 can corrupt a WAL that two connections write at once.
3. Reads use a connection of their own that cannot write.
4. ``synchronous=FULL``: a commit that returned survives a power cut.
5. Temporary tables, sorts and undo pages stay in memory: no file that nobody knows of holds words.
6. ``secure_delete`` zeroes what is deleted, but not copies where SQLite moved rows to other pages:
   only a file that was written anew (``SqliteFile.clean``) is free of what was in it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NoReturn, Protocol, TypeVar

from trailmark_adapters import ciphered_sqlite
from trailmark_adapters.ciphered_sqlite import errors, operational_errors
from trailmark_adapters.file_lock import FileLock
from trailmark_adapters.migrations import Migration, apply_migrations, refuse_newer_schema
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, IntegrityError, StorageError
from trailmark_shared.words import gettext

SQLITE_VERSION: Final = sqlite3.sqlite_version
"""The version of the library that is really linked; shown by ``/health`` and ``status``."""

SqlValue = bytes | str | int | float | None
"""What a column holds."""

SqlFunction = Callable[..., SqlValue]
"""A function that statements may call by its name."""

_NO_FUNCTIONS: Final[Mapping[str, SqlFunction]] = MappingProxyType({})
_Result = TypeVar("_Result")

_NO_TEXT: Final = "Could not decode to UTF-8"
"""What the ``sqlite3`` module says, without a code, about text that is none."""

_CORRUPT_CODES: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY_MASK: Final = 0xFF

_BUSY_MS: Final = 5000
_COMMON_PRAGMAS: Final = (
    f"PRAGMA busy_timeout={_BUSY_MS}",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA temp_store=MEMORY",
)
_WRITER_PRAGMAS: Final = (
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA wal_autocheckpoint=1000",
    "PRAGMA journal_size_limit=67108864",
)


class Cursor(Protocol):
    """The rows that a statement gave."""

    @property
    def rowcount(self) -> int:
        """How many rows the statement changed."""
        ...

    def fetchone(self) -> Any:  # noqa: ANN401  (a row holds what the statement selects)
        """Return the next row as a tuple, or ``None``."""
        ...

    def fetchall(self) -> list[Any]:
        """Return all rows that are left, as tuples."""
        ...

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """What a unit of work sees of the database: statements inside its transaction, nothing else."""

    def execute(
        self, sql: str, parameters: Sequence[SqlValue] | Mapping[str, SqlValue] = ..., /
    ) -> Cursor:
        """Run one statement."""
        ...

    def executemany(
        self,
        sql: str,
        parameters: Iterable[Sequence[SqlValue] | Mapping[str, SqlValue]],
        /,
    ) -> Cursor:
        """Run one statement once per row of parameters."""
        ...


Work = Callable[[Connection], _Result]
"""A unit of work: it runs inside one transaction and must not keep the connection."""


class SqliteReader:
    """A connection that can only read; it needs somebody else to have opened the file.

    Attributes:
        path: Where the file is.
    """

    def __init__(
        self,
        path: Path,
        functions: Mapping[str, SqlFunction] = _NO_FUNCTIONS,
        key: bytes | None = None,
        *,
        waits: bool = True,
    ) -> None:
        """Open the file.

        Args:
            path: The database file.
            functions: What statements may call, by name.
            key: What it is sealed under, ``None`` for an open file.
            waits: For a file that is held by another, some seconds; else it cannot be used then.

        Raises:
            StorageError: ``storage_unavailable``: there is no such file.
        """
        self.path = path
        try:
            self._conn = _connect(path, "ro", functions, key)
            self._conn.execute("PRAGMA query_only=ON")
            self._conn.execute(f"PRAGMA busy_timeout={_BUSY_MS if waits else 0}")
        except errors() as error:
            raise_translated(error, path)

    def read(self, work: Work[_Result]) -> _Result:
        """Run ``work`` over one unchanging state of the file.

        Returns:
            What ``work`` returned.

        Raises:
            StorageError: ``storage_unavailable``.
            IntegrityError: ``corrupt_log``: the file is damaged.
        """
        return _transact(self._conn, "BEGIN", work)

    def interrupt(self) -> None:
        """End what another thread runs here: there it raises ``storage_unavailable``."""
        self._conn.interrupt()

    def close(self) -> None:
        """Close the connection."""
        self._conn.close()


class SqliteFile:
    """One database file, used from one thread.

    Attributes:
        path: Where it is.
    """

    def __init__(
        self,
        path: Path,
        migrations: Sequence[Migration] = (),
        *,
        functions: Mapping[str, SqlFunction] = _NO_FUNCTIONS,
        pages_max: int | None = None,
        key: bytes | None = None,
    ) -> None:
        """Open the file, create it when missing, and bring its schema up to date.

        Args:
            path: The database file; ``<path>.lock`` beside it orders the writers.
            migrations: All migrations of this file, in order; none: it is used as it stands.
            functions: What statements may call, by name.
            pages_max: Size of the file in pages at which it counts as full, for tests.
            key: What it is sealed under, ``None`` for an open file.

        Raises:
            StorageError: ``newer_schema`` (nothing was touched), ``changed_migration``,
                ``disk_full`` or ``storage_unavailable``.
            IntegrityError: ``corrupt_log``: the file is damaged.
        """
        self.path = path
        self._functions = functions
        self._pages_max = pages_max
        self._key = key
        self._reader: SqliteReader | None = None
        self._writer: sqlite3.Connection | None = None
        self._lock = FileLock(path.with_name(f"{path.name}.lock"))
        try:
            self._open_writer(migrations)
        except errors() as error:
            self.close()
            raise_translated(error, path)
        except BaseException:
            self.close()
            raise

    def _open_writer(self, migrations: Sequence[Migration]) -> None:
        is_new = not self.path.exists()
        if is_new:
            self.path.touch(mode=0o600)
        conn = _connect(self.path, "rw", self._functions, self._key)
        self._writer = conn
        refuse_newer_schema(conn, migrations)
        with self._lock:
            if conn.execute("PRAGMA journal_mode").fetchone() != ("wal",):
                conn.execute("PRAGMA journal_mode=WAL")
            for pragma in _WRITER_PRAGMAS:
                conn.execute(pragma)
            if self._pages_max is not None:
                conn.execute(f"PRAGMA max_page_count={self._pages_max:d}")
            apply_migrations(conn, migrations)

    def write(self, work: Work[_Result]) -> _Result:
        """Run ``work`` in one write transaction; when this returns, it is on the disk.

        Args:
            work: A plain function of the connection. If it raises, nothing is written.

        Returns:
            What ``work`` returned.

        Raises:
            StorageError: ``disk_full`` or ``storage_unavailable``; nothing is written.
            IntegrityError: ``corrupt_log``: the file is damaged.
        """
        assert self._writer is not None, "the file was closed"
        with self._lock:
            return _transact(self._writer, "BEGIN IMMEDIATE", work)

    def read(self, work: Work[_Result]) -> _Result:
        """Run ``work`` over one unchanging state of the file, on a connection that cannot write.

        Returns:
            What ``work`` returned.

        Raises:
            StorageError: ``storage_unavailable``.
            IntegrityError: ``corrupt_log``: the file is damaged.
        """
        if self._reader is None:
            self._reader = SqliteReader(self.path, self._functions, self._key)
        return self._reader.read(work)

    def data_version(self) -> int:
        """Return a number that changes when somebody else (another process) has written."""
        assert self._writer is not None, "the file was closed"
        version: int = self._writer.execute("PRAGMA data_version").fetchone()[0]
        return version

    def checkpoint(self) -> bool:
        """Move the WAL into the file and cut it, so that erased words leave the WAL too.

        Returns:
            Whether it is cut; a reader that is in the middle of something may still need it.

        Raises:
            StorageError: ``storage_unavailable`` or ``disk_full``.
            IntegrityError: ``corrupt_log``: the file is damaged.
        """
        return not self._outside_transactions("PRAGMA wal_checkpoint(TRUNCATE)")[0]

    def clean(self, in_memory_max: int = limits.CLEAN_IN_MEMORY_BYTES_MAX) -> bool:
        """Write the file anew, without anything that was deleted from it, and cut the WAL.

        Args:
            in_memory_max: Size in bytes up to which the copy that this needs is made in memory;
                above it is a temporary file without a name.

        Returns:
            Whether the WAL is cut too; see ``checkpoint``.

        Raises:
            StorageError: ``disk_full`` or ``storage_unavailable``; the file is as it was.
            IntegrityError: ``corrupt_log``: the file is damaged.
        """
        place = "MEMORY" if self.path.stat().st_size <= in_memory_max else "FILE"
        try:
            self._outside_transactions(f"PRAGMA temp_store={place}", "VACUUM")
        finally:
            self._outside_transactions("PRAGMA temp_store=MEMORY")
        return self.checkpoint()

    def _outside_transactions(self, *statements: str) -> Any:  # noqa: ANN401  (a row, or None)
        assert self._writer is not None, "the file was closed"
        found: Any = None
        try:
            with self._lock:
                for statement in statements:
                    found = self._writer.execute(statement).fetchone()
        except errors() as error:
            raise_translated(error)
        return found

    def close(self) -> None:
        """Close both connections; the last close of a file checkpoints, so it holds the lock."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        if self._writer is not None:
            with self._lock:
                self._writer.close()
            self._writer = None
        self._lock.close()


def _connect(
    path: Path, mode: str, functions: Mapping[str, SqlFunction], key: bytes | None
) -> sqlite3.Connection:
    conn = ciphered_sqlite.connect(path, mode, key)
    for pragma in _COMMON_PRAGMAS:
        conn.execute(pragma)
    for name, function in functions.items():
        conn.create_function(name, -1, function)
    return conn


def _transact(conn: sqlite3.Connection, begin: str, work: Work[_Result]) -> _Result:
    assert not conn.in_transaction, "a unit of work must not start another one"
    try:
        conn.execute(begin)
        try:
            result = work(conn)
            conn.execute("COMMIT")
        except BaseException:
            # A full disk has already rolled the transaction back: then there is none to end.
            if conn.in_transaction:
                conn.execute("ROLLBACK")
            raise
    except errors() as error:
        raise_translated(error)
    return result


def copy_file(
    source: Path, source_key: bytes | None, target: Path, target_key: bytes | None
) -> None:
    """Do what ``ciphered_sqlite.copy`` does, and raise what ``raise_translated`` raises."""
    try:
        ciphered_sqlite.copy(source, source_key, target, target_key)
    except errors() as error:
        raise_translated(error)


def raise_translated(error: Exception, path: Path | None = None) -> NoReturn:
    """Raise what an error of SQLite means for us.

    A broken constraint or a wrong statement is our own mistake and is raised as it is. Only where a
    file is being opened a broken constraint is damage: a migration copies what kept it.

    Args:
        error: What SQLite raised.
        path: The file that could not be opened, to be named.

    Raises:
        StorageError: ``disk_full`` or ``storage_unavailable``.
        IntegrityError: ``corrupt_log``: the file is damaged.
        error: Anything else.
    """
    exact = getattr(error, "sqlite_errorcode", 0)
    code = exact & _PRIMARY_MASK
    # A WAL cannot even be read without some room for its index.
    if code == sqlite3.SQLITE_FULL or exact == sqlite3.SQLITE_IOERR_SHMSIZE:
        told = gettext("the disk is full; free some space and try again")
        raise StorageError(ErrorCode.DISK_FULL, told) from error
    is_no_text = not code and _NO_TEXT in str(error)
    if code in _CORRUPT_CODES or is_no_text or (path and code == sqlite3.SQLITE_CONSTRAINT):
        told = gettext("{file} is damaged") if path else gettext("the database file is damaged")
        # The message about text repeats what stands in the file: nothing of that may go further.
        cause = None if is_no_text else error
        raise IntegrityError(ErrorCode.CORRUPT_LOG, told.format(file=path)) from cause
    if isinstance(error, operational_errors()) and code not in {0, sqlite3.SQLITE_ERROR}:
        named = gettext("{file} cannot be used now ({name})")
        told = named if path else gettext("the store cannot be used now ({name})")
        name = getattr(error, "sqlite_errorname", "")
        raise StorageError(
            ErrorCode.STORAGE_UNAVAILABLE, told.format(file=path, name=name)
        ) from error
    raise error


def storage_error(error: BaseException) -> BaseException:
    """Return what ``raise_translated`` raises for an error of SQLite, any other error as it is."""
    if not isinstance(error, errors()):
        return error
    try:
        raise_translated(error)
    except (StorageError, IntegrityError, *errors()) as translated:
        return translated
