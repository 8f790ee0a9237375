"""Rows of the account tables: who else looked at whose data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from trailmark_shared.ids import SpaceId


class AccessEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody else looked at a person's data, or was refused.

    Attributes:
        space: Whose data.
        window: Start of the time for which this row stands.
        member: Who looked.
        page: Which page, export or refused attempt.
        first_at: The first time within the window.
    """

    space: SpaceId
    window: int
    member: bytes
    page: str
    first_at: int


class AccessPlace(msgspec.Struct, frozen=True):
    """A place in a log that is read backwards: the row that was read last.

    Attributes:
        first_at: Its time.
        who: Its member in a person's log, its space in a member's own.
        page: Its page.
    """

    first_at: int
    who: bytes
    page: str


class AccessRows(Protocol):
    """Tables of who else looked at whose data; part of ``AccountRows``."""

    def access_entries(
        self, space: SpaceId, limit: int, before: AccessPlace | None = None
    ) -> Sequence[AccessEntry]:
        """Return the newest rows of a person's access log, the newest first.

        Args:
            space: Whose.
            limit: At most so many.
            before: Only rows before this place.
        """
        ...

    def access_entries_of_member(
        self, member: bytes, limit: int, before: AccessPlace | None = None
    ) -> Sequence[AccessEntry]:
        """Return the newest looks of one member, the newest first; arguments as above."""
        ...

    def last_access(self, space: SpaceId, member: bytes, page: str) -> int | None:
        """Return when a member opened a page last, as the log has it, or ``None``."""
        ...

    def add_access_entry(self, row: AccessEntry) -> None:
        """Add a row to the access log unless (space, window, member, page) is there."""
        ...

    def newest_access(self) -> int | None:
        """Return when somebody looked last, at whatever and whose; ``None`` for never."""
        ...

    def drop_access_entries(self, before: int, limit: int) -> int:
        """Forget at most ``limit`` rows from before this time; return how many went."""
        ...
