"""Brings the schema of a PostgreSQL database up to date: numbered plain SQL with checksums.

All that is missing is applied in one transaction under one lock, so that several instances may
start at once, and a schema is never half of a version.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from trailmark_adapters.migrations import Migration
from trailmark_server.storage.postgres.driver import AsyncConnection
from trailmark_server.storage.postgres.faults import NAME_TAKEN, OTHER_COLUMNS
from trailmark_shared.errors import ErrorCode, StorageError
from trailmark_shared.words import gettext

_LOCK: Final = 0x7472_6169_6C6D_6B31
"""Of whoever migrates; the number means nothing."""

_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS migration "
    '(number bigint PRIMARY KEY, name text COLLATE "C" NOT NULL, sha256 bytea NOT NULL)'
)
_IS_THERE: Final = "SELECT to_regclass('migration') IS NOT NULL"


async def migrate(conn: AsyncConnection, migrations: Sequence[Migration]) -> None:
    """Apply what was not applied yet.

    Args:
        conn: A connection outside of transactions.
        migrations: All migrations of this database, in order.

    Raises:
        StorageError: ``newer_schema``: a newer build has been here; ``changed_migration``: a file
            differs from what was applied once; ``storage_unavailable``: an empty database cannot
            hold every text, or somebody else's tables stand in the way. Nothing was touched.
        _name_taken: The last of these.
    """
    known = await _applied(conn)
    if _is_current(known, migrations):
        return
    if not known:
        await _require_unicode(conn)
    await conn.execute("BEGIN")
    try:
        await conn.fetch("SELECT pg_advisory_xact_lock($1)", _LOCK)
        await conn.execute(_TABLE)
        applied = await _applied(conn)
        for migration in migrations:
            if migration.number not in applied:
                await conn.execute(migration.sql)
                await conn.fetch(
                    "INSERT INTO migration (number, name, sha256) VALUES ($1, $2, $3)",
                    migration.number,
                    migration.name,
                    migration.checksum,
                )
    except BaseException as error:
        await conn.execute("ROLLBACK")
        if not known and isinstance(error, NAME_TAKEN):
            raise _name_taken() from None
        raise
    await conn.execute("COMMIT")


def _name_taken() -> StorageError:
    return StorageError(
        ErrorCode.STORAGE_UNAVAILABLE,
        gettext(
            "the database holds tables of somebody else that are called like those of Trailmark: "
            "name another one"
        ),
    )


async def _require_unicode(conn: AsyncConnection) -> None:
    [(encoding,)] = await conn.fetch("SELECT current_setting('server_encoding')")
    if encoding != "UTF8":
        raise StorageError(
            ErrorCode.STORAGE_UNAVAILABLE,
            gettext(
                "the database keeps text as {encoding}, and names would not fit into it: make it "
                "anew with createdb --encoding UTF8 --template template0"
            ).format(encoding=encoding),
        )


async def _applied(conn: AsyncConnection) -> dict[int, bytes]:
    [(is_there,)] = await conn.fetch(_IS_THERE)
    if not is_there:
        return {}
    try:
        rows: list[Any] = await conn.fetch("SELECT number, sha256 FROM migration")
    except OTHER_COLUMNS:
        raise _name_taken() from None
    return {row[0]: row[1] for row in rows}


def _is_current(applied: dict[int, bytes], migrations: Sequence[Migration]) -> bool:
    if max(applied, default=0) > len(migrations):
        raise StorageError(
            ErrorCode.NEWER_SCHEMA,
            gettext(
                "a newer Trailmark has changed this database; upgrade this one, nothing was touched"
            ),
        )
    for migration in migrations:
        known = applied.get(migration.number)
        if known is None:
            return False
        if known != migration.checksum:
            raise StorageError(
                ErrorCode.CHANGED_MIGRATION,
                gettext("{name} differs from what was applied").format(name=migration.name),
            )
    return True
