"""A value that damage to a database file made one of another kind than its column's."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from trailmark_adapters.sqlite import SqlValue

_DRAW = "UPDATE sqlite_schema SET sql = ? WHERE name = ?"
_KEPT_BY = re.compile(r"\s(BLOB|TEXT|INTEGER(?! PRIMARY)|NOT NULL)\b")


def put_past_the_schema(
    path: Path, table: str, column: str, value: SqlValue, where: str = "true"
) -> None:
    """Write a value that the schema keeps out, and leave the schema as it was.

    Args:
        path: The database file; nobody writes to it meanwhile.
        table: Which table.
        column: Which column.
        value: What it holds from now on.
        where: In which rows.
    """
    with closing(sqlite3.connect(path)) as conn:
        triggers = conn.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            conn.execute(f"DROP TRIGGER {name}")
        found = conn.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,))
        (strict,) = found.fetchone()
        loose = _KEPT_BY.sub(" ", strict).replace("STRICT, ", "").removesuffix("STRICT")
        conn.execute("PRAGMA writable_schema = ON")
        conn.execute(_DRAW, (loose, table))
        conn.commit()
    with closing(sqlite3.connect(path)) as conn:
        conn.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (value,))  # noqa: S608
        conn.execute("PRAGMA writable_schema = ON")
        conn.execute(_DRAW, (strict, table))
        conn.commit()
