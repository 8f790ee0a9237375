"""The log's tables, over the connection of one transaction."""

from __future__ import annotations

from trailmark_server.lane_draft import ChainFacts
from trailmark_server.storage.rows import ChainKey, StoredRow
from trailmark_server.storage.sql import statements
from trailmark_server.storage.sql.event_rows import SqlEventRows, row_from_columns
from trailmark_server.storage.sql.lanes import SqlLanes
from trailmark_server.storage.sql.lists import SqlLists
from trailmark_shared.ids import DeviceId, Epoch, EventId, Lane, SpaceId

_LANE_TABLES = ("chain", "document", "event", "failed_fold", "lane_grant", "projection")


class SqlRows(SqlLanes, SqlEventRows, SqlLists):
    """``LogRows`` over a connection; lives as long as its transaction."""

    def stored_rows(self, space: SpaceId, lane: Lane, after: int, limit: int) -> list[StoredRow]:
        """Return rows as they are stored, bodies sealed."""
        found = self._conn.execute(
            statements.statements_by(self._key).select_stored,
            (*self._place(space, lane), after, limit),
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
            f"SELECT device, epoch, high, hash FROM chain WHERE {self._key.match}",  # noqa: S608
            self._place(space, lane),
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
        """Return where the database contradicts itself; a backend that can tell overrides this."""
        return []


class _AsStored:
    """Leaves bodies sealed."""

    def open(self, event: EventId, stored: bytes) -> bytes:  # noqa: ARG002
        """Return ``stored``."""
        return stored
