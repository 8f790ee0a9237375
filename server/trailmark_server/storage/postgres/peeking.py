"""Looks into a PostgreSQL database without opening it as a server would: nothing is migrated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from trailmark_server.storage.postgres.bridge import run_over
from trailmark_server.storage.postgres.connection import PostgresConnection
from trailmark_server.storage.postgres.driver import connect
from trailmark_server.storage.postgres.faults import FAILURES, translated
from trailmark_server.storage.postgres.store import keys_migrations, main_migrations

T = TypeVar("T")

_BEGIN: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a database says of itself.

    Attributes:
        version: Of PostgreSQL, for people.
        number: The same, as 150004.
        applied: Migrations that were applied; 0 in an empty one.
        clock_ms: Its clock, milliseconds UTC.
        is_standby: It follows another one, and can only be read.
        is_durable: What it confirms is on the disk.
    """

    version: str
    number: int
    applied: int
    clock_ms: int
    is_standby: bool
    is_durable: bool


class PostgresPeek:
    """Reads, each over a connection of its own that can do nothing else."""

    def __init__(self, url: str) -> None:
        """Look into the database at ``url``."""
        self._url = url

    async def read(self, work: Callable[[PostgresConnection], T], /) -> T:
        """Return what ``work`` returns from one unchanging state.

        Raises:
            StorageError: ``storage_unavailable``.
            translated: Any other failure as it is.
        """
        conn = await connect(self._url)
        try:
            await conn.execute(_BEGIN)
            return await run_over(lambda: work(PostgresConnection(conn)))
        except FAILURES as error:
            raise translated(error) from None
        finally:
            await conn.close()

    async def facts(self) -> Facts:
        """Return what the database says of itself."""
        return await self.read(_facts)

    async def holds_server(self, name: str) -> bool:
        """Say whether the log, or the keys of a server, are in there, whole or not."""
        return await self.read(_has_keys if name == "keys" else _has_log)


def _has_log(conn: PostgresConnection) -> bool:
    [(is_made,)] = conn.execute("SELECT to_regclass('lane') IS NOT NULL")
    return is_made


def _has_keys(conn: PostgresConnection) -> bool:
    found = "SELECT to_regclass('moving') IS NOT NULL, to_regclass('succession') IS NOT NULL"
    [(is_moving, is_made)] = conn.execute(found)
    return is_moving or (is_made and bool(conn.execute("SELECT 1 FROM succession").fetchall()))


def _facts(conn: PostgresConnection) -> Facts:
    version, number, clock_ms, is_made, is_standby, is_durable = conn.execute("""
        SELECT current_setting('server_version'), current_setting('server_version_num')::int,
            floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint,
            to_regclass('migration') IS NOT NULL, pg_is_in_recovery(),
            current_setting('fsync')::bool AND current_setting('synchronous_commit') <> 'off'
    """).fetchone()
    applied = 0
    if is_made:
        [(applied,)] = conn.execute("SELECT coalesce(max(number), 0) FROM migration")
    return Facts(
        version=version,
        number=number,
        applied=applied,
        clock_ms=clock_ms,
        is_standby=is_standby,
        is_durable=is_durable,
    )


def known_migrations(name: str) -> int:
    """Return how many migrations there are of ``log`` or ``keys``."""
    return len(main_migrations() if name == "log" else keys_migrations())
