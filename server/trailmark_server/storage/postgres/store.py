"""Opens the main store and the keys store over PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Final, TypeVar

from trailmark_adapters.migrations import Migration, migrations_from_folder
from trailmark_server.storage.accounts.sql.store import SqlAccountRows
from trailmark_server.storage.postgres.connection import PostgresConnection
from trailmark_server.storage.postgres.database import Connections, PostgresDatabase, open_database
from trailmark_server.storage.postgres.rows import PostgresRows
from trailmark_server.storage.rows import Tables
from trailmark_server.storage.sql.lane_numbers import BY_SPACE
from trailmark_shared.ids import Lane, SpaceId

T = TypeVar("T")

_FOLDER: Final = Path(__file__).parent

MAIN_CONNECTIONS: Final = Connections(readers=8, writers=8)
"""Of one server instance to the main database."""

KEYS_CONNECTIONS: Final = Connections(readers=2, writers=2)
"""Of one server instance to the keys database."""


class PostgresTables:
    """``rows.Database`` over the main database; the account store uses the same one.

    Attributes:
        database: The connections underneath.
    """

    def __init__(self, database: PostgresDatabase) -> None:
        """Run units of work over ``database``."""
        self.database = database

    async def read(self, work: Callable[[Tables], T], *, is_short: bool = False) -> T:  # noqa: ARG002  (each answer is waited for)
        """Return what ``work`` returns from one unchanging state."""
        return await self.database.read(lambda conn: work(_tables(conn)))

    async def write(
        self, work: Callable[[Tables], T], space: SpaceId | None = None, lane: Lane | None = None
    ) -> T:
        """Return what ``work`` returns once its changes are durable."""
        return await self.database.write(lambda conn: work(_tables(conn)), space, lane)

    async def forget(self) -> None:
        """Make sure that what was erased is in no journal any more, as far as that can be."""
        await self.database.forget()

    async def clean(self) -> bool:
        """Give the space of what was deleted free; return whether it is."""
        return await self.database.clean()

    async def close(self) -> None:
        """Finish what is queued and give everything back."""
        await self.database.close()


def _tables(conn: PostgresConnection) -> Tables:
    rows = PostgresRows(conn, BY_SPACE)
    if conn.held is not None:
        rows.know(conn.held)
    return Tables(rows, SqlAccountRows(conn))


def main_migrations() -> list[Migration]:
    """Return all migrations of the database of log and accounts."""
    return migrations_from_folder(_FOLDER / "sql")


def keys_migrations() -> list[Migration]:
    """Return all migrations of the keys database."""
    return migrations_from_folder(_FOLDER / "sql_keys")


def open_main(
    url: str, *, is_moving: bool = False, answer_ms: int | None = None
) -> AbstractAsyncContextManager[PostgresDatabase]:
    """Open the database of log and accounts; arguments and errors as ``open_database``."""
    return open_database(
        url,
        main_migrations(),
        MAIN_CONNECTIONS,
        in_spaces=True,
        is_moving=is_moving,
        answer_ms=answer_ms,
    )


def open_keys(
    url: str, *, is_moving: bool = False, answer_ms: int | None = None
) -> AbstractAsyncContextManager[PostgresDatabase]:
    """Open the keys database; arguments and errors as ``open_database``."""
    return open_database(
        url,
        keys_migrations(),
        KEYS_CONNECTIONS,
        in_spaces=False,
        is_moving=is_moving,
        answer_ms=answer_ms,
    )
