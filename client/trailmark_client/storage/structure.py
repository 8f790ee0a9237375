"""Whether the database file as a whole is as SQLite wrote it.

For a small file the answer takes milliseconds and each start asks. A large one takes seconds: it is
looked through once a day beside other work, by a connection that only reads. Where that meets
damage, it is noted beside the file, and the next start deals with it before anything else.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from trailmark_adapters.sqlite import Connection, SqliteFile, SqliteReader, Work
from trailmark_client.storage.settings import set_setting, setting
from trailmark_shared import limits
from trailmark_shared.errors import IntegrityError, StorageError

if TYPE_CHECKING:
    from concurrent.futures import Future

_CHECKED_SETTING: Final = "structure_checked_at"
_STOP_S: Final = 0.02


def doubt_of(path: Path) -> Path:
    """Return the file that says that something damaged was met in the database at ``path``."""
    return path.with_name(f"{path.name}.doubt")


def is_whole(conn: Connection) -> bool:
    """Look through the whole file, and say whether its structure is sound."""
    return conn.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)


def contradicts_nothing(conn: Connection) -> bool:
    """Look through the whole file, and say whether every index says what its table says.

    A column that an index holds too is read from the index: damage to the table's own copy shows in
    no hash, only here.

    Returns:
        Whether each does.
    """
    return conn.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",)


def is_sound(conn: Connection) -> bool:
    """Look through the whole file, as closely as can be: indexes too, and every value is read.

    Text that is none shows nowhere else: to read it is an error of SQLite's, one of damage.

    Returns:
        Whether nothing is found.
    """
    if not contradicts_nothing(conn):
        return False
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0"
    for (table,) in conn.execute(tables).fetchall():
        for _ in conn.execute(f'SELECT * FROM "{table}"'):
            pass
    return True


def is_check_due(file: SqliteFile, now_ms: int) -> bool:
    """Say whether a large file is to be looked through once more; a small one is at each start.

    Args:
        file: The open file.
        now_ms: Device clock, milliseconds UTC.

    Returns:
        Whether it is.
    """
    if file.path.stat().st_size <= limits.CHECKED_AT_EVERY_START_BYTES_MAX:
        return False
    checked = file.read(lambda conn: setting(conn, _CHECKED_SETTING))
    return checked is None or not 0 <= now_ms - int(checked) < limits.STRUCTURE_CHECKED_MS


def note_checked(file: SqliteFile, now_ms: int) -> None:
    """Note that a large file was found sound."""
    file.write(lambda conn: set_setting(conn, _CHECKED_SETTING, str(now_ms)))


class StructureCheck:
    """One look through a file, to be run in one thread and stopped from any other."""

    def __init__(self, path: Path, key: bytes | None, is_sound: Work[bool]) -> None:
        """Remember what to look through.

        Args:
            path: The database file; somebody else has it open.
            key: What it is sealed under, ``None`` for an open file.
            is_sound: How closely to look.
        """
        self._path = path
        self._key = key
        self._is_sound = is_sound
        self._lock = Lock()
        self._reader: SqliteReader | None = None
        self._is_stopped = False

    def run(self) -> bool | None:
        """Look through the file.

        Returns:
            Whether it is sound; ``None`` where the look was stopped.

        Raises:
            StorageError: The file cannot be read now.
        """
        try:
            reader = SqliteReader(self._path, key=self._key)
        except IntegrityError:
            return False
        try:
            with self._lock:
                if self._is_stopped:
                    return None
                self._reader = reader
            return reader.read(self._is_sound)
        except IntegrityError:
            return False
        except StorageError:
            if self._is_stopped:
                return None
            raise
        finally:
            with self._lock:
                self._reader = None
            reader.close()

    def stop(self) -> None:
        """End it soon; to be called again until it has ended."""
        with self._lock:
            self._is_stopped = True
            if self._reader is not None:
                self._reader.interrupt()


def due_check(file: SqliteFile, key: bytes | None, now_ms: int) -> StructureCheck | None:
    """Return the look at a large file's structure, to be run in any thread, where it is due.

    Args:
        file: The open file.
        key: What it is sealed under, ``None`` for an open file.
        now_ms: Device clock, milliseconds UTC.
    """
    return StructureCheck(file.path, key, is_whole) if is_check_due(file, now_ms) else None


@contextmanager
def beside(check: StructureCheck) -> Generator[Future[bool | None]]:
    """Run a look in a thread of its own; however the block ends, the look ends with it.

    Yields:
        What ``check.run`` will have returned.
    """
    from concurrent.futures import ThreadPoolExecutor, wait  # noqa: PLC0415  (no start needs it)

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(check.run)
        try:
            yield running
        finally:
            # What has not begun yet cannot be interrupted: it is asked again.
            while not running.done():
                check.stop()
                wait({running}, timeout=_STOP_S)
