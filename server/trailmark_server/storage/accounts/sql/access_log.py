"""In SQL: who else looked at whose data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trailmark_server.storage.accounts.access_log import AccessEntry, AccessPlace
from trailmark_server.storage.accounts.sql.table import Table
from trailmark_server.storage.sql.connection import Connection
from trailmark_shared.ids import SpaceId

_ACCESS: Final = Table("access_entry", AccessEntry, "space", "window", "member", "page")
_DROP: Final = (
    'DELETE FROM access_entry WHERE space = ? AND "window" = ? AND member = ? AND page = ?'
)


class SqlAccessLog:
    """Tables behind one connection, inside its transaction; see ``AccessRows``."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def access_entries(
        self, space: SpaceId, limit: int, before: AccessPlace | None = None
    ) -> Sequence[AccessEntry]:
        """Return the newest rows of a person's access log, the newest first."""
        return self._newest("space", "member", space, limit, before)

    def access_entries_of_member(
        self, member: bytes, limit: int, before: AccessPlace | None = None
    ) -> Sequence[AccessEntry]:
        """Return the newest looks of one member, the newest first."""
        return self._newest("member", "space", member, limit, before)

    def _newest(
        self, owner: str, who: str, value: bytes, limit: int, before: AccessPlace | None
    ) -> Sequence[AccessEntry]:
        behind = "" if before is None else f"AND (first_at, {who}, page) < (?, ?, ?)"
        place = () if before is None else (before.first_at, before.who, before.page)
        return _ACCESS.find(
            self._conn,
            f"WHERE {owner} = ? {behind} ORDER BY first_at DESC, {who} DESC, page DESC LIMIT ?",
            (value, *place, limit),
        )

    def last_access(self, space: SpaceId, member: bytes, page: str) -> int | None:
        """Return when a member opened a page last."""
        row = _ACCESS.one(
            self._conn,
            "WHERE space = ? AND member = ? AND page = ? ORDER BY first_at DESC LIMIT 1",
            space,
            member,
            page,
        )
        return None if row is None else row.first_at

    def add_access_entry(self, row: AccessEntry) -> None:
        """Add a row to the access log unless (space, window, member, page) is there."""
        self._conn.execute(_ACCESS.add, _ACCESS.values(row))

    def newest_access(self) -> int | None:
        """Return when somebody looked last, at whatever and whose."""
        newest: int | None = self._conn.execute(
            "SELECT max(first_at) FROM access_entry"
        ).fetchone()[0]
        return newest

    def drop_access_entries(self, before: int, limit: int) -> int:
        """Forget at most ``limit`` rows from before this time."""
        old = _ACCESS.find(
            self._conn, "WHERE first_at < ? ORDER BY first_at LIMIT ?", (before, limit)
        )
        for row in old:
            self._conn.execute(_DROP, (row.space, row.window, row.member, row.page))
        return len(old)

    def erase_space(self, space: SpaceId) -> None:
        """Forget who looked at a person's data."""
        self._conn.execute("DELETE FROM access_entry WHERE space = ?", (space,))
