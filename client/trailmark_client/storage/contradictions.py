"""What no honest log can hold, given what this device holds: found before anything is stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trailmark_adapters.sqlite import Connection
from trailmark_client.identity import Identity
from trailmark_client.storage.rows import places
from trailmark_shared.errors import ErrorCode
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import Lane

_LIVE: Final = (None, str(ErrorCode.ASIDE))
_AUTHOR: Final = "person"


def contradicts(conn: Connection, identity: Identity, lane: Lane, rows: Sequence[Row]) -> bool:
    """Say whether new rows of a lane contradict what this device holds.

    An id stands for one commitment for ever, whether its event is in the log, held back, or still
    to be sent: under another one somebody put other words in its place. What this device wrote,
    the person wrote.

    Args:
        conn: The store.
        identity: Who this device is.
        lane: Which lane.
        rows: Rows that were verified and are not stored yet.

    Returns:
        Whether one of them does.
    """
    live = [row for row in rows if row.code in _LIVE]
    named = {row.event.id: row.event.commit for row in live}
    if any(named[row.event.id] != row.event.commit for row in live):
        return True
    if any(row.event.device == identity.device and row.actor != _AUTHOR for row in rows):
        return True
    known = conn.execute(
        f"SELECT id, commitment FROM event WHERE lane = ? AND id IN ({places(len(named))})"
        " AND (code IS NULL OR code = 'aside')",
        (lane, *named),
    )
    return any(named[event] != commit for event, commit in known.fetchall())
