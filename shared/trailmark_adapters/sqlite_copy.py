"""A copy of a SQLite file that others write meanwhile: one state of it, and no half of one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from trailmark_adapters.ciphered_sqlite import address
from trailmark_adapters.sqlite import raise_translated

_PAGES_AT_ONCE: Final = 1024


def copy_file(source: Path, goal: Path, told: Callable[[int, int], None]) -> None:
    """Copy a database, with what stands in its journal, by SQLite's online backup.

    A read transaction is held all the while: without one, every write of another process would
    begin the copy anew, and a busy server would never be copied.

    Args:
        source: The database; nothing is written there.
        goal: The copy, for its owner only; what was there is replaced.
        told: Hears how many pages are copied, and of how many.

    Raises:
        StorageError: ``disk_full`` or ``storage_unavailable``; the copy is worth nothing.
        IntegrityError: ``corrupt_log``: the file is damaged.
    """
    goal.unlink(missing_ok=True)
    goal.touch(mode=0o600)

    def show(_status: int, remaining: int, total: int) -> None:
        told(total - remaining, total)

    try:
        with (
            closing(_opened(source, "ro")) as reader,
            closing(_opened(goal, "rw")) as writer,
        ):
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
            reader.backup(writer, pages=_PAGES_AT_ONCE, progress=show)
    except sqlite3.Error as error:
        raise_translated(error)


def tables_in(path: Path) -> frozenset[str]:
    """Return the names of the tables of a file, none where it is no database that can be read."""
    try:
        with closing(_opened(path, "ro")) as reader:
            found = reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return frozenset(name for (name,) in found)
    except sqlite3.Error:
        return frozenset()


def make_lone(path: Path) -> None:
    """Let a file that nobody has open be all there is of a database: no journal stands beside it.

    Raises:
        StorageError: ``disk_full`` or ``storage_unavailable``.
        IntegrityError: ``corrupt_log``: the file is damaged.
    """
    try:
        with closing(_opened(path, "rw")) as conn:
            conn.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.Error as error:
        raise_translated(error)


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(address(path, mode), uri=True, isolation_level=None)
