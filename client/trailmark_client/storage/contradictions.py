"""What no honest log can hold, given what this device holds: found before anything is stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trailmark_adapters.sqlite import Connection
from trailmark_client.identity import Identity
from trailmark_client.storage.importing import IMPORTED_UPTO
from trailmark_client.storage.rows import places
from trailmark_client.storage.settings import setting
from trailmark_shared.events.envelope import CODES_WITH_BODY, Event, Row
from trailmark_shared.ids import PLAIN, Lane

_AUTHOR: Final = "person"


def contradicts(conn: Connection, identity: Identity, lane: Lane, rows: Sequence[Row]) -> bool:
    """Say whether new rows of a lane contradict what this device holds.

    An id stands for one commitment for ever, whether its event is in the log, held back, or still
    to be sent: under another one somebody put other words in its place. What this device wrote,
    the person wrote. Only what was imported here and is not sent yet may be there already, sealed
    anew by another device that imported the same: the words are what is compared then.

    Args:
        conn: The store.
        identity: Who this device is.
        lane: Which lane.
        rows: Rows that were verified and are not stored yet.

    Returns:
        Whether one of them does.
    """
    live = [row for row in rows if row.code in CODES_WITH_BODY]
    named = {row.event.id: row.event.commit for row in live}
    if any(named[row.event.id] != row.event.commit for row in live):
        return True
    if any(row.event.device == identity.device and row.actor != _AUTHOR for row in rows):
        return True
    known = conn.execute(
        "SELECT id, commitment, pos, seq IS NULL FROM event"
        f" WHERE lane = ? AND id IN ({places(len(named))}) AND (code IS NULL OR code = 'aside')",
        (lane, *named),
    )
    other = [(each, *rest) for each, commit, *rest in known.fetchall() if named[each] != commit]
    if not other:
        return False
    upto = int(setting(conn, IMPORTED_UPTO) or 0)
    events = {row.event.id: row.event for row in live}
    return any(
        not is_unsent or pos > upto or _says_another(conn, pos, events[event])
        for event, pos, is_unsent in other
    )


def _says_another(conn: Connection, pos: int, event: Event) -> bool:
    """Say whether an event of the log has other words than the one held; a locked one has none."""
    held, told = conn.execute(
        "SELECT opened(id, key, body), opened(?, ?, ?) FROM event WHERE pos = ?",
        (event.id, event.key, event.body, pos),
    ).fetchone()
    return event.key == PLAIN or (None not in (held, told) and held != told)
