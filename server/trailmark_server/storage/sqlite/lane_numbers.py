"""What all parts of the log's tables share: the connection and the numbers of lanes."""

from __future__ import annotations

from typing import Final

from trailmark_adapters.sqlite import Connection
from trailmark_shared.ids import Lane, SpaceId

NO_LANE: Final = -1
"""The number of no lane: statements with it find nothing."""


class LaneNumbers:
    """The connection of one transaction; lives as long as it."""

    def __init__(self, conn: Connection) -> None:
        """Work over ``conn``."""
        self._conn = conn
        self._numbers: dict[tuple[SpaceId, Lane], int] = {}

    def _number(self, space: SpaceId, lane: Lane) -> int:
        known = self._numbers.get((space, lane))
        if known is not None:
            return known
        found = self._conn.execute(
            "SELECT number FROM lane WHERE space = ? AND name = ?", (space, lane)
        ).fetchone()
        if found is None:
            return NO_LANE
        number: int = found[0]
        self._numbers[space, lane] = number
        return number
