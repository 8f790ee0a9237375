"""In memory: who else looked at whose data."""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_server.storage.accounts.access_log import AccessEntry
from trailmark_shared.ids import SpaceId


class MemoryAccessLog:
    """Dictionaries from key to row; see ``AccessRows``."""

    def __init__(self) -> None:
        self._access: dict[tuple[bytes, int, bytes, str], AccessEntry] = {}

    def access_entries(self, space: SpaceId) -> Sequence[AccessEntry]:
        """Return the access log of a space by time."""
        rows = [row for row in self._access.values() if row.space == space]
        return sorted(rows, key=lambda row: (row.first_at, row.member, row.page))

    def add_access_entry(self, row: AccessEntry) -> None:
        """Add a row to the access log unless (space, window, member, page) is there."""
        self._access.setdefault((row.space, row.window, row.member, row.page), row)
