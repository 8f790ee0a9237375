"""Both ways of backups where a server runs on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from trailmark_adapters.migrations import Migration
from trailmark_adapters.randomness import SystemRandomness
from trailmark_adapters.sqlite import SqliteFile
from trailmark_server.backups import shutting
from trailmark_server.backups.place import Told, checked, opened
from trailmark_server.backups.shutting import Disabled
from trailmark_server.settings import Databases
from trailmark_server.storage.ports import Verification
from trailmark_server.storage.postgres import moving
from trailmark_server.storage.postgres.database import PostgresDatabase
from trailmark_server.storage.postgres.driver import connect
from trailmark_server.storage.postgres.faults import FAILURES, translated
from trailmark_server.storage.postgres.peeking import PostgresPeek
from trailmark_server.storage.postgres.saving import save_tables
from trailmark_server.storage.postgres.store import PostgresTables, open_keys, open_main
from trailmark_server.storage.sql.connection import Connection
from trailmark_server.storage.sql.keys import SqlKeyStore
from trailmark_server.storage.sqlite.store import keys_migrations, main_migrations
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.words import gettext

_OTHERS: Final = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND application_name = 'trailmark' AND pid <> pg_backend_pid()"
)
_HAS_KEYS: Final = "SELECT EXISTS (SELECT 1 FROM succession) AND to_regclass('moving') IS NULL"
_HAS_ACCOUNTS: Final = "SELECT to_regclass('therapist') IS NOT NULL"
_HAS_LOG: Final = (
    "SELECT (EXISTS (SELECT 1 FROM lane) OR EXISTS (SELECT 1 FROM therapist)) "
    "AND to_regclass('moving') IS NULL"
)
_DISABLED_BEFORE: Final = (
    "SELECT decode(substr(name, length('disabled:') + 1), 'hex'), is_done FROM moving "
    "WHERE name LIKE 'disabled:%'"
)
_IS_EMPTIED: Final = "SELECT to_regclass('moving') IS NOT NULL"


async def save(source: Databases, log: Path, keys: Path, told: Told) -> None:
    """Write both databases into empty files, each of one moment, the log first."""
    async with open_main(source.main) as main:
        await _save(main, log, main_migrations(), moving.MAIN_TABLES, told)
    await save_keys(source, keys, told)


async def save_keys(source: Databases, keys: Path, told: Told) -> None:
    """Write the database of the keys into an empty file, of one moment."""
    async with open_keys(source.keys) as held:
        await _save(held, keys, keys_migrations(), moving.KEYS_TABLES, told)


async def _save(
    source: PostgresDatabase,
    goal: Path,
    migrations: Sequence[Migration],
    tables: Sequence[str],
    told: Told,
) -> None:
    with closing(SqliteFile(goal, migrations)) as file:
        await save_tables(source, file, tables, told)


async def require_alone(url: str) -> None:
    """Check that no server is connected to a database.

    Raises:
        DomainError: ``invalid_input``: one is.
        StorageError: ``storage_unavailable``.
    """
    conn = await connect(url)
    try:
        [(others,)] = await conn.fetch(_OTHERS)
    finally:
        await conn.close()
    if others:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("servers are connected to the database: stop them first"),
        )


async def empty(url: str) -> None:
    """Forget everything in a database, to which no server is connected; nobody opens it then.

    Noted are, until ``finish``, the accounts that may do nothing and the rights of other roles.

    Raises:
        translated: ``storage_unavailable``, or any other failure as it is.
    """
    conn = await connect(url)
    try:
        await conn.execute(moving.EMPTIED)
    except FAILURES as error:
        raise translated(error) from None
    finally:
        await conn.close()


async def has_keys(url: str) -> bool:
    """Say whether a database holds the keys of a server, all of them."""
    async with open_keys(url, is_moving=True) as keys:
        return await keys.read(lambda conn: bool(conn.execute(_HAS_KEYS).fetchone()[0]))


async def disabled(url: str) -> Disabled:
    """Return the accounts of a database that may do nothing, whatever release made it.

    Also those of the log that was there before a restore that was interrupted.
    """

    def work(conn: Connection) -> Disabled:
        [(is_emptied,)] = conn.execute(_IS_EMPTIED)
        before = dict(conn.execute(_DISABLED_BEFORE).fetchall()) if is_emptied else {}
        [(is_there,)] = conn.execute(_HAS_ACCOUNTS)
        return {**(shutting.disabled(conn) if is_there else {}), **before}

    return await PostgresPeek(url).read(work)


async def has_log(url: str) -> bool:
    """Say whether a database holds a server's log, all of it, whatever release made it."""

    def work(conn: Connection) -> bool:
        [(is_there,)] = conn.execute(_HAS_ACCOUNTS)
        return is_there and bool(conn.execute(_HAS_LOG).fetchone()[0])

    return await PostgresPeek(url).read(work)


async def load(
    named: bytes, log: Path, keys: Path | None, goal: Databases, told: Told
) -> Verification:
    """Copy files into empty databases and verify them there; until ``finish`` no server opens them.

    Args:
        named: What tells this backup from others; only the same one is gone on with.
        log: A copy of a backup of the log, of which nobody else knows.
        keys: The same of the keys; ``None``: those in the database stay.
        goal: Empty databases, or those in which the very same restore was interrupted.
        told: Hears how far it is.

    Returns:
        What does not match.

    Raises:
        DomainError: ``invalid_input``: a database holds something else.
        StorageError: A store cannot be used; do it again.
    """
    async with (
        open_main(goal.main, is_moving=True) as main,
        open_keys(goal.keys, is_moving=True) as held,
    ):
        if keys is not None:
            with closing(SqliteFile(keys, keys_migrations())) as file:
                await moving.copy_tables(file, held, moving.KEYS_TABLES, named, told)
        with closing(SqliteFile(log, main_migrations())) as file:
            await moving.copy_tables(file, main, moving.MAIN_TABLES, named, told)
        store = await opened(PostgresTables(main), SqlKeyStore(held, SystemRandomness()))
        return await checked(store, told, is_folded=True)


async def finish(goal: Databases) -> None:
    """Close the spaces to members and let servers open the databases."""
    async with (
        open_main(goal.main, is_moving=True) as main,
        open_keys(goal.keys, is_moving=True) as held,
    ):
        await shutting.close_spaces(PostgresTables(main), SqlKeyStore(held, SystemRandomness()))
        await moving.finish(held)
        await moving.finish(main)
