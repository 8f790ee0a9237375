"""The server's log of a lane as this device holds it: its rows, and who was let in by them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.storage.read_models import body_from_bytes
from trailmark_client.storage.rows import ROW_COLUMNS, row_from_values
from trailmark_shared.events.access import AccessGranted
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import Lane

_IN_LOG: Final = "lane = ? AND held IS NULL AND seq IS NOT NULL"
_SAYS: Final = f"{_IN_LOG} AND (code IS NULL OR code = 'aside') AND body IS NOT NULL AND type = ?"


class LoggedGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A grant of a lane.

    Attributes:
        grant: Its id.
        granted: What was granted.
        seq: The first row that gives it.
        revoked_seq: The first row that takes it back, or ``None``.
    """

    grant: bytes
    granted: AccessGranted
    seq: int
    revoked_seq: int | None


def fetched_lanes(conn: Connection) -> list[Lane]:
    """Return the lanes of which this device holds rows of the log, by name."""
    rows = conn.execute(
        "SELECT lane FROM cursor WHERE seq > 0"
        " AND lane NOT IN (SELECT lane FROM archived_lane) ORDER BY lane"
    )
    return [Lane(lane) for (lane,) in rows.fetchall()]


def log_rows(conn: Connection, lane: Lane) -> Iterator[Row]:
    """Yield the rows of a lane in seq order; those that are held back are not in the log."""
    sql = f"SELECT {ROW_COLUMNS} FROM event WHERE {_IN_LOG} ORDER BY seq"
    for values in conn.execute(sql, (lane,)):
        yield row_from_values(values)


def log_grants(conn: Connection, lane: Lane) -> list[LoggedGrant]:
    """Return the grants that the log of a lane gives, by the row that gives them."""
    revoked: dict[bytes, int] = dict(
        conn.execute(
            f"SELECT subject, min(seq) FROM event WHERE {_SAYS} GROUP BY subject",
            (lane, "access_revoked"),
        ).fetchall()
    )
    granted = conn.execute(
        f"SELECT subject, min(seq), body FROM event WHERE {_SAYS} GROUP BY subject ORDER BY 2",
        (lane, "access_granted"),
    )
    found: list[LoggedGrant] = []
    for grant, seq, plain in granted.fetchall():
        body = body_from_bytes(plain)
        if body is not None and isinstance(body.data, AccessGranted):
            found.append(
                LoggedGrant(grant=grant, granted=body.data, seq=seq, revoked_seq=revoked.get(grant))
            )
    return found
