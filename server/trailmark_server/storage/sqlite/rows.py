"""The log's tables in SQLite, over the connection of one transaction."""

from __future__ import annotations

from trailmark_server.lane_draft import ChainFacts
from trailmark_server.storage.rows import ChainKey, StoredRow
from trailmark_server.storage.sqlite import statements
from trailmark_server.storage.sqlite.event_rows import SqliteEventRows, row_from_columns
from trailmark_server.storage.sqlite.lanes import SqliteLanes
from trailmark_server.storage.sqlite.lists import SqliteLists
from trailmark_shared.ids import DeviceId, Epoch, EventId, Lane, SpaceId

_LANE_TABLES = ("chain", "document", "event", "failed_fold", "lane_grant", "projection")


class SqliteRows(SqliteLanes, SqliteEventRows, SqliteLists):
    """``LogRows`` over a connection; lives as long as its transaction."""

    def stored_rows(self, space: SpaceId, lane: Lane, after: int, limit: int) -> list[StoredRow]:
        """Return rows as they are stored, bodies sealed."""
        found = self._conn.execute(
            statements.SELECT_STORED, (self._number(space, lane), after, limit)
        )
        return [
            StoredRow(
                row=row_from_columns(space, lane, values, _AsStored()),
                type=values[-3],
                subject=values[-2],
                day=values[-1],
            )
            for values in found
        ]

    def all_chains(self, space: SpaceId, lane: Lane) -> dict[ChainKey, ChainFacts]:
        """Return every chain of a lane."""
        found = self._conn.execute(
            "SELECT device, epoch, high, hash FROM chain WHERE lane = ?",
            (self._number(space, lane),),
        )
        return {
            (DeviceId(device), Epoch(epoch)): ChainFacts(high, hash_)
            for device, epoch, high, hash_ in found
        }

    def strays(self) -> list[str]:
        """Return ``table.column`` of every table with rows that name no lane."""
        return [
            f"{table}.lane"
            for table in _LANE_TABLES
            if self._conn.execute(
                f"SELECT 1 FROM {table} WHERE lane NOT IN (SELECT number FROM lane) LIMIT 1"  # noqa: S608
            ).fetchone()
        ]

    def file_faults(self) -> list[str]:
        """Return where the file contradicts itself.

        A column that an index holds too is read from the index: damage to the table's own copy
        shows in no hash, only here.
        """
        told = self._conn.execute("PRAGMA integrity_check").fetchall()
        return [fault for (fault,) in told if fault != "ok"]


class _AsStored:
    """Leaves bodies sealed."""

    def open(self, event: EventId, stored: bytes) -> bytes:  # noqa: ARG002
        """Return ``stored``."""
        return stored
