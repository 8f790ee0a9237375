"""In SQLite: who else looked at whose data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trailmark_adapters.sqlite import Connection
from trailmark_server.storage.accounts.access_log import AccessEntry
from trailmark_server.storage.accounts.sqlite.table import Table
from trailmark_shared.ids import SpaceId

_ACCESS: Final = Table("access_entry", AccessEntry, "space", "window", "member", "page")


class SqliteAccessLog:
    """Tables behind one connection, inside its transaction; see ``AccessRows``."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def access_entries(self, space: SpaceId) -> Sequence[AccessEntry]:
        """Return the access log of a space by time."""
        return _ACCESS.find(self._conn, "WHERE space = ? ORDER BY first_at, member, page", (space,))

    def add_access_entry(self, row: AccessEntry) -> None:
        """Add a row to the access log unless (space, window, member, page) is there."""
        self._conn.execute(_ACCESS.add, _ACCESS.values(row))
