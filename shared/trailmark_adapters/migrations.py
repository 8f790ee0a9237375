"""Numbered plain SQL files, each applied once and never changed afterwards."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from trailmark_shared.errors import ErrorCode, IntegrityError, StorageError
from trailmark_shared.words import gettext

_FILE_NAME: Final = re.compile(r"([0-9]{4})_[a-z0-9_]+\.sql")
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS migration "
    "(number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 BLOB NOT NULL) STRICT"
)


class Migration(msgspec.Struct, frozen=True):
    """One step of a schema.

    Attributes:
        number: Place in the order, from 1 without a gap; becomes ``user_version``.
        name: File name.
        sql: Its statements.
    """

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> bytes:
        """SHA-256 of the statements."""
        return sha256(self.sql.encode()).digest()


def migrations_from_folder(folder: Path) -> list[Migration]:
    """Return the migrations of a folder of ``NNNN_name.sql`` files, in order.

    Raises:
        ValueError: A file has another name, or a number is missing.
    """
    found: list[Migration] = []
    for path in sorted(folder.glob("*.sql")):
        named = _FILE_NAME.fullmatch(path.name)
        if named is None or int(named[1]) != len(found) + 1:
            raise ValueError(f"{path.name} is not the migration {len(found) + 1:04d}_*.sql")
        found.append(Migration(len(found) + 1, path.name, path.read_text(encoding="utf-8")))
    return found


def refuse_newer_schema(conn: sqlite3.Connection, migrations: Sequence[Migration]) -> None:
    """Check, by reading only, that this build knows the schema of the file.

    Without migrations there is nothing to know: the file is used as it stands.

    Raises:
        StorageError: ``newer_schema``: a newer build has written it; nothing was touched.
    """
    if migrations and _version(conn) > len(migrations):
        raise StorageError(
            ErrorCode.NEWER_SCHEMA,
            gettext(
                "a newer Trailmark has written this file; upgrade this one, nothing was touched"
            ),
        )


def apply_migrations(conn: sqlite3.Connection, migrations: Sequence[Migration]) -> None:
    """Bring the file up to date, each migration in a transaction of its own.

    The caller holds the file's lock and no transaction.

    Raises:
        StorageError: ``changed_migration``: a file differs from what was applied once.
        IntegrityError: ``corrupt_log``: the file says of one that it was applied, and not which.
    """
    if not migrations:
        return
    version = _version(conn)
    if version == 0:
        conn.execute(_TABLE)
    applied = dict(conn.execute("SELECT number, sha256 FROM migration"))
    for migration in migrations:
        known = applied.get(migration.number)
        if known is None and migration.number <= version:
            raise IntegrityError(ErrorCode.CORRUPT_LOG, gettext("the database file is damaged"))
        if known is None:
            _apply(conn, migration)
        elif known != migration.checksum:
            raise StorageError(
                ErrorCode.CHANGED_MIGRATION,
                gettext("{name} differs from what was applied").format(name=migration.name),
            )


def _apply(conn: sqlite3.Connection, migration: Migration) -> None:
    conn.execute("BEGIN IMMEDIATE")
    try:
        for statement in statements(migration.sql):
            conn.execute(statement)
        conn.execute(
            "INSERT INTO migration (number, name, sha256) VALUES (?, ?, ?)",
            (migration.number, migration.name, migration.checksum),
        )
        conn.execute(f"PRAGMA user_version={migration.number:d}")
        conn.execute("COMMIT")
    except BaseException:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        raise


def statements(sql: str) -> Iterator[str]:
    """Yield the statements of a script one by one; a trigger with its body is one of them.

    Args:
        sql: Statements, each with its semicolon.
    """
    pending = ""
    for piece in sql.rstrip().removesuffix(";").split(";"):
        pending += f"{piece};"
        if sqlite3.complete_statement(pending):
            yield pending.strip()
            pending = ""


def _version(conn: sqlite3.Connection) -> int:
    version: int = conn.execute("PRAGMA user_version").fetchone()[0]
    return version
