"""How far the read models of all lanes are: a few sums for whoever watches the server."""

from __future__ import annotations

from trailmark_server.metrics import Standing
from trailmark_server.storage.sql.connection import Connection
from trailmark_server.storage.sql.lane_numbers import LaneKey
from trailmark_shared.ids import SELF
from trailmark_shared.projections.fold import PROJECTION_VERSION


def standing(conn: Connection, key: LaneKey) -> Standing:
    """Return the sums; reads the table of lanes whole, no log.

    Args:
        conn: Of a transaction.
        key: How a lane's rows are found.
    """
    lanes, behind, entries = conn.execute(
        f"""
        SELECT count(*),
            coalesce(sum(CASE WHEN coalesce(projection.seq, 0) < head THEN 1 ELSE 0 END), 0),
            coalesce(sum(head - coalesce(projection.seq, 0)), 0)
        FROM lane LEFT JOIN projection ON {key.join("projection")} AND projection.version = ?
        WHERE head > 0 AND lane.name <> ?
        """,  # noqa: S608  (own names)
        (PROJECTION_VERSION, SELF),
    ).fetchone()
    [(failed,)] = conn.execute(
        "SELECT count(*) FROM failed_fold WHERE version = ?", (PROJECTION_VERSION,)
    )
    return Standing(
        lanes=lanes, lanes_behind=int(behind), entries_behind=int(entries), failed_folds=failed
    )
