"""Opens the main store: the log and the account tables over one SQLite file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from trailmark_adapters.migrations import Migration, migrations_from_folder
from trailmark_adapters.sqlite import Connection
from trailmark_server.storage.accounts.sql.store import SqlAccountRows
from trailmark_server.storage.rows import Tables
from trailmark_server.storage.sqlite.database import Database
from trailmark_server.storage.sqlite.rows import SqliteRows
from trailmark_shared.ids import Lane, SpaceId

T = TypeVar("T")

_FOLDER: Final = Path(__file__).parent


class SqliteTables:
    """``rows.Database`` over the main file; its ``file`` serves the account store too.

    Attributes:
        file: The connections underneath.
    """

    def __init__(self, file: Database) -> None:
        """Run units of work over ``file``."""
        self.file = file

    async def read(self, work: Callable[[Tables], T], *, is_short: bool = False) -> T:
        """Return what ``work`` returns from one unchanging state."""
        return await self.file.read(
            lambda conn: work(Tables(SqliteRows(conn), SqlAccountRows(conn))), is_short=is_short
        )

    async def write(
        self,
        work: Callable[[Tables], T],
        space: SpaceId | None = None,
        lane: Lane | None = None,
    ) -> T:
        """Return what ``work`` returns once its changes are durable."""

        def run(conn: Connection) -> T:
            rows = SqliteRows(conn)
            if space is not None and lane is not None:
                rows.hold(space, lane)
            return work(Tables(rows, SqlAccountRows(conn)))

        return await self.file.write(run)

    async def forget(self) -> None:
        """Make sure that what was erased is in no file any more."""
        await self.file.forget()

    async def clean(self) -> bool:
        """Write the file anew, without what was deleted; return whether all of it is gone."""
        return await self.file.clean()

    async def close(self) -> None:
        """Finish what is queued and give everything back."""
        await self.file.close()


def main_migrations() -> list[Migration]:
    """Return all migrations of the file of log and accounts."""
    return migrations_from_folder(_FOLDER / "sql")


def keys_migrations() -> list[Migration]:
    """Return all migrations of the file of the keys store."""
    return migrations_from_folder(_FOLDER / "sql_keys")


def open_main_file(path: Path) -> Database:
    """Open the file of log and accounts, made and migrated where needed.

    Args:
        path: The file.

    Returns:
        Its connections; ``close`` them.

    Raises:
        StorageError: ``newer_schema``, ``changed_migration``, ``disk_full``,
            ``storage_unavailable``.
        IntegrityError: ``corrupt_log``: the file is damaged.
    """
    return Database(path, main_migrations())


def open_keys_file(path: Path) -> Database:
    """Open the file of the keys store, made and migrated where needed.

    Returns:
        Its connections; ``close`` them.

    Raises:
        StorageError: As ``open_main_file``.
        IntegrityError: ``corrupt_log``: the file is damaged.
    """
    return Database(path, keys_migrations(), readers=1)
