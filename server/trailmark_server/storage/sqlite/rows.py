"""The log's tables in SQLite: the common text, and what only a file can tell of itself."""

from __future__ import annotations

from typing import Final

from trailmark_server.storage.sql.lane_numbers import HeldLane
from trailmark_server.storage.sql.rows import SqlRows
from trailmark_shared.ids import Lane, SpaceId

_HOLD: Final = """
    SELECT gate.number, lane.number, lane.head, lane.hash, lane.received_at
    FROM lane LEFT JOIN space_erasure AS gate ON gate.space = lane.space
    WHERE lane.space = ? AND lane.name = ?
"""


class SqliteRows(SqlRows):
    """``LogRows`` over a connection; lives as long as its transaction."""

    def hold(self, space: SpaceId, lane: Lane) -> None:
        """Read where a lane stands, for a transaction that writes: nobody else does meanwhile."""
        found = self._conn.execute(_HOLD, (space, lane)).fetchone()
        if found is not None:
            erasures, *row = found
            self.know(HeldLane(space=space, lane=lane, erasures=erasures or 0, row=(*row,)))

    def file_faults(self) -> list[str]:
        """Return where the file contradicts itself.

        A column that an index holds too is read from the index: damage to the table's own copy
        shows in no hash, only here.
        """
        told = self._conn.execute("PRAGMA integrity_check").fetchall()
        return [fault for (fault,) in told if fault != "ok"]
