"""Erasing: salt and body become NULL wherever they are held; the stubs keep every chain whole."""

from __future__ import annotations

from collections.abc import Collection

from trailmark_adapters.sqlite import Connection
from trailmark_client.storage.cleaning import owe_cleaning
from trailmark_client.storage.drafts import drop_drafts_about
from trailmark_client.storage.rows import places
from trailmark_shared.events.registry import is_kept

_EMPTY = "salt = NULL, body = NULL, type = NULL, subject = NULL, day = NULL"


def erase_events(conn: Connection, lane: str, ids: Collection[bytes]) -> list[bytes]:
    """Erase the words of events, whether confirmed, held back or unsent.

    Owes a cleaning: after the commit the caller must pay it (``cleaning.clean``), or the words stay
    in the files until the next start.

    Args:
        conn: The store, inside a write transaction.
        lane: The lane of the events.
        ids: The events; unknown ones are remembered, so that they are erased when they come. What
            says who may read, or what was erased, stays whatever is asked.

    Returns:
        The subjects to fold again.
    """
    staying = staying_among(conn, lane, ids)
    chosen = [each for each in ids if each not in staying]
    conn.executemany("INSERT OR IGNORE INTO erased (id) VALUES (?)", [(each,) for each in chosen])
    where = f"lane = ? AND id IN ({places(len(chosen))}) AND body IS NOT NULL"
    touched = conn.execute(
        f"SELECT DISTINCT subject, type FROM event WHERE {where} AND subject IS NOT NULL",
        (lane, *chosen),
    ).fetchall()
    drop_drafts_about(conn, touched)
    if conn.execute(f"UPDATE event SET {_EMPTY} WHERE {where}", (lane, *chosen)).rowcount:
        owe_cleaning(conn)
    return list(dict.fromkeys(subject for subject, _ in touched))


def staying_among(conn: Connection, lane: str, ids: Collection[bytes]) -> frozenset[bytes]:
    """Return those of ``ids`` whose words stay whatever is asked."""
    rows = conn.execute(
        "SELECT id, key, type FROM event"
        f" WHERE lane = ? AND id IN ({places(len(ids))}) AND body IS NOT NULL",
        (lane, *ids),
    )
    return frozenset(event for event, key, type_ in rows.fetchall() if is_kept(lane, key, type_))


def erased_among(conn: Connection, ids: Collection[bytes]) -> frozenset[bytes]:
    """Return those of ``ids`` whose words are gone for ever."""
    if conn.execute("SELECT 1 FROM erased LIMIT 1").fetchone() is None:
        return frozenset()
    rows = conn.execute(f"SELECT id FROM erased WHERE id IN ({places(len(ids))})", tuple(ids))
    return frozenset(event_id for (event_id,) in rows.fetchall())
