"""What the SQL text needs of a database: statements inside one transaction, nothing else.

The text is written in what SQLite and PostgreSQL share, with ``?`` for parameters. A connection of
``sqlite3`` is one as it is; ``storage.postgres.connection`` makes one of a connection of asyncpg.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

SqlValue = bytes | str | int | None
"""What a column holds."""


class Found(Protocol):
    """The rows that a statement gave, each a tuple of its columns."""

    def fetchone(self) -> Any:  # noqa: ANN401  (a row holds what the statement selects)
        """Return the next row, or ``None``."""
        ...

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""
        ...

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """The connection of one transaction; a unit of work must not keep it."""

    def execute(self, sql: str, parameters: Sequence[SqlValue] = ..., /) -> Found:
        """Run one statement."""
        ...

    def executemany(self, sql: str, parameters: Iterable[Sequence[SqlValue]], /) -> object:
        """Run one statement once per row of parameters."""
        ...


def run_each(conn: Connection, sql: str, rows: Sequence[Sequence[SqlValue]]) -> None:
    """Run one statement once per row of parameters.

    Most events give no grant, take none back and fail nowhere: for no rows, SQLite would still read
    the text, which costs as much as a small statement.
    """
    if rows:
        conn.executemany(sql, rows)
