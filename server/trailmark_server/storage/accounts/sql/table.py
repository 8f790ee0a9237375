"""One table of rows: columns are named as the fields of the row struct, written once for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

import msgspec

from trailmark_server.storage.sql.connection import Connection, SqlValue

_Row = TypeVar("_Row", bound=msgspec.Struct)


class Table(Generic[_Row]):
    """Statements of one table whose columns are the fields of ``row``."""

    def __init__(self, name: str, row: type[_Row], *key: str) -> None:
        """Prepare the statements of table ``name`` with primary key ``key``."""
        fields = row.__struct_fields__
        marks = ", ".join("?" * len(fields))
        columns = ", ".join(f'"{field}"' for field in fields)
        self._row = row
        msgspec.json.Decoder(row)  # so it knows the struct before there are threads
        self._fields = fields
        changes = ", ".join(f'"{field}" = excluded."{field}"' for field in fields)
        quoted_key = ", ".join(f'"{field}"' for field in key)
        on_conflict = f"ON CONFLICT ({quoted_key}) DO"
        insert = f'INSERT INTO "{name}" ({columns}) VALUES ({marks})'  # noqa: S608 (own names)
        self._select = f'SELECT {columns} FROM "{name}"'  # noqa: S608
        self.save = f"{insert} {on_conflict} UPDATE SET {changes}"
        self.add = f"{insert} {on_conflict} NOTHING"

    def values(self, row: _Row) -> Sequence[SqlValue]:
        """Return the columns of a row."""
        return [getattr(row, field) for field in self._fields]

    def find(self, conn: Connection, rest: str, parameters: Sequence[SqlValue]) -> list[_Row]:
        """Return the rows of a query that ends with ``rest``."""
        found = conn.execute(f"{self._select} {rest}", parameters).fetchall()
        rows = [dict(zip(self._fields, values, strict=True)) for values in found]
        return [msgspec.convert(row, self._row, strict=False) for row in rows]

    def one(self, conn: Connection, rest: str, *parameters: SqlValue) -> _Row | None:
        """Return the one row of a query, or ``None``."""
        rows = self.find(conn, rest, parameters)
        return rows[0] if rows else None
