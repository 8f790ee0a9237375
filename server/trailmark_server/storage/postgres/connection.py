"""A connection of asyncpg as the SQL text wants it: ``?`` for parameters, plain calls."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import count
from typing import Any

from trailmark_server.storage.postgres.bridge import awaited
from trailmark_server.storage.postgres.driver import AsyncConnection
from trailmark_server.storage.sql.connection import SqlValue
from trailmark_server.storage.sql.lane_numbers import HeldLane

_TEXTS_KEPT = 1024


@lru_cache(maxsize=_TEXTS_KEPT)
def numbered(sql: str) -> str:
    """Return a statement with ``$1``, ``$2``, … in place of each ``?``."""
    number = count(1)
    return re.sub(r"\?", lambda _: f"${next(number)}", sql)


class Rows:
    """The rows that a statement gave."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rest = iter(rows)

    def fetchone(self) -> Any:  # noqa: ANN401  (a row holds what the statement selects)
        """Return the next row, or ``None``."""
        return next(self, None)

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""
        return list(self)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:  # noqa: ANN401
        return tuple(next(self._rest))


class PostgresConnection:
    """``sql.connection.Connection`` over one of asyncpg, inside ``bridge.run_over``.

    Attributes:
        held: The lane whose locks the transaction took first, as it stands.
    """

    def __init__(self, conn: AsyncConnection) -> None:
        """Run statements over ``conn``, which is in a transaction."""
        self._conn = conn
        self.held: HeldLane | None = None

    def execute(self, sql: str, parameters: Sequence[SqlValue] = (), /) -> Rows:
        """Run one statement."""
        return Rows(awaited(self._conn.fetch(numbered(sql), *parameters)))

    def executemany(self, sql: str, parameters: Iterable[Sequence[SqlValue]], /) -> None:
        """Run one statement once per row of parameters."""
        rows = list(parameters)
        if len(rows) == 1:
            awaited(self._conn.fetch(numbered(sql), *rows[0]))
        elif rows:
            awaited(self._conn.executemany(numbered(sql), rows))
