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
        window: Start of the quarter of an hour.
        member: Who looked.
        page: Which page, export or refused attempt.
        first_at: The first time within the window.
    """

    space: SpaceId
    window: int
    member: bytes
    page: str
    first_at: int


class AccessRows(Protocol):
    """Tables of who else looked at whose data; part of ``AccountRows``."""

    def access_entries(self, space: SpaceId) -> Sequence[AccessEntry]:
        """Return the access log of a space by time."""
        ...

    def add_access_entry(self, row: AccessEntry) -> None:
        """Add a row to the access log unless (space, window, member, page) is there."""
        ...
