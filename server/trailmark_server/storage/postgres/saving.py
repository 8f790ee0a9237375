"""Writes what PostgreSQL holds into a file with the schema of the embedded server.

The way back of ``moving``: rows as they are, all of one moment, read models left out. A backup is
such a file whatever the server runs on, so that it can be verified, moved and restored anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from trailmark_adapters.sqlite import Connection, SqliteFile
from trailmark_server.storage.postgres.connection import PostgresConnection
from trailmark_server.storage.postgres.database import PostgresDatabase
from trailmark_server.storage.postgres.moving import Shape, Told, shape_of

_CHUNK: Final = 500


async def save_tables(
    source: PostgresDatabase, goal: SqliteFile, tables: Sequence[str], told: Told
) -> None:
    """Copy all rows of ``tables`` at one moment; others read and write meanwhile.

    Args:
        source: A database.
        goal: A file with the schema and no rows.
        tables: Names, in order.
        told: Hears how far it is, after each chunk.

    Raises:
        StorageError: ``disk_full`` or ``storage_unavailable``; the file is worth nothing.
    """
    await source.read(partial(_save, goal=goal, tables=tables, told=told))


def _save(conn: PostgresConnection, goal: SqliteFile, tables: Sequence[str], told: Told) -> None:
    for table in tables:
        shape = goal.read(partial(shape_of, table=table))
        [(total,)] = conn.execute(f"SELECT count(*) FROM {table}")  # noqa: S608  (own names)
        columns = ", ".join(f'"{name}"' for name in shape.columns)
        cursor = f'"saved_{table}"'
        conn.execute(f'DECLARE {cursor} NO SCROLL CURSOR FOR SELECT {columns} FROM "{table}"')  # noqa: S608
        copied = 0
        while rows := conn.execute(f"FETCH {_CHUNK} FROM {cursor}").fetchall():
            goal.write(partial(_insert, shape=shape, rows=rows))
            copied += len(rows)
            told(table, copied, total)
        conn.execute(f"CLOSE {cursor}")


def _insert(conn: Connection, shape: Shape, rows: Sequence[Sequence[Any]]) -> None:
    columns = ", ".join(f'"{name}"' for name in shape.columns)
    marks = ", ".join("?" * len(shape.columns))
    conn.executemany(
        f'INSERT INTO "{shape.table}" ({columns}) VALUES ({marks})',  # noqa: S608
        [tuple(row) for row in rows],
    )
