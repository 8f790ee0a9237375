"""In memory: who else looked at whose data."""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_server.storage.accounts.access_log import AccessEntry, AccessPlace
from trailmark_shared.ids import SpaceId


class MemoryAccessLog:
    """Dictionaries from key to row; see ``AccessRows``."""

    def __init__(self) -> None:
        self._access: dict[tuple[bytes, int, bytes, str], AccessEntry] = {}

    def access_entries(
        self, space: SpaceId, limit: int, before: AccessPlace | None = None
    ) -> Sequence[AccessEntry]:
        """Return the newest rows of a person's access log, the newest first."""
        rows = [
            (AccessPlace(row.first_at, row.member, row.page), row)
            for row in self._access.values()
            if row.space == space
        ]
        return _newest(rows, limit, before)

    def access_entries_of_member(
        self, member: bytes, limit: int, before: AccessPlace | None = None
    ) -> Sequence[AccessEntry]:
        """Return the newest looks of one member, the newest first."""
        rows = [
            (AccessPlace(row.first_at, row.space, row.page), row)
            for row in self._access.values()
            if row.member == member
        ]
        return _newest(rows, limit, before)

    def last_access(self, space: SpaceId, member: bytes, page: str) -> int | None:
        """Return when a member opened a page last."""
        return max(
            (
                row.first_at
                for row in self._access.values()
                if (row.space, row.member, row.page) == (space, member, page)
            ),
            default=None,
        )

    def add_access_entry(self, row: AccessEntry) -> None:
        """Add a row to the access log unless (space, window, member, page) is there."""
        self._access.setdefault((row.space, row.window, row.member, row.page), row)

    def newest_access(self) -> int | None:
        """Return when somebody looked last, at whatever and whose."""
        return max((row.first_at for row in self._access.values()), default=None)

    def drop_access_entries(self, before: int, limit: int) -> int:
        """Forget at most ``limit`` rows from before this time."""
        old = sorted(
            (key for key, row in self._access.items() if row.first_at < before),
            key=lambda key: self._access[key].first_at,
        )[:limit]
        for key in old:
            del self._access[key]
        return len(old)

    def erase_space(self, space: SpaceId) -> None:
        """Forget who looked at a person's data."""
        self._access = {key: row for key, row in self._access.items() if row.space != space}


def _newest(
    rows: list[tuple[AccessPlace, AccessEntry]], limit: int, before: AccessPlace | None
) -> list[AccessEntry]:
    def order(place: AccessPlace) -> tuple[int, bytes, str]:
        return place.first_at, place.who, place.page

    kept = [each for each in rows if before is None or order(each[0]) < order(before)]
    ordered = sorted(kept, key=lambda each: order(each[0]), reverse=True)
    return [row for _, row in ordered[:limit]]
