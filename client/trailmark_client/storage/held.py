"""Rewinds: rows that a restored server does not know are held back until they are in its log again.

Nothing is dropped before it is found there with the same hash, actor and times. Until then the rows
stay in the view, and every session offers them with the proof that the server once signed.
"""

from __future__ import annotations

from typing import Any, Final

from trailmark_adapters.sqlite import Connection
from trailmark_client.identity import Identity
from trailmark_client.storage.cursors import (
    Cursor,
    cursor_of,
    keep_signed_head,
    lane_hash_at,
    set_cursor,
)
from trailmark_client.storage.read_models import refold
from trailmark_client.storage.rows import ROW_COLUMNS, row_from_values
from trailmark_client.storage.vault import Vault
from trailmark_shared import chain
from trailmark_shared.ids import Lane
from trailmark_shared.protocol.effects import BeginRewind, PageStored
from trailmark_shared.protocol.messages import Offer, SignedHead
from trailmark_shared.protocol.pages import is_signed_head, runs_from_rows

_NOT_IN_LOG: Final = (
    "NOT EXISTS (SELECT 1 FROM event AS r WHERE r.id = h.id AND r.lane = h.lane AND r.held IS NULL"
    " AND r.seq IS NOT NULL AND r.hash = h.hash AND r.actor = h.actor"
    " AND r.received_at = h.received_at AND r.offset = h.offset)"
)
_NO_LIVE_ROW: Final = (
    "NOT EXISTS (SELECT 1 FROM event AS r WHERE r.id = h.id AND r.lane = h.lane AND r.held IS NULL"
    " AND r.seq IS NOT NULL AND (r.code IS NULL OR r.code = 'aside'))"
)


def begin_rewind(conn: Connection, vault: Vault, effect: BeginRewind) -> PageStored | None:
    """Hold back the rows behind the last one that the server knows, and stand there.

    Args:
        conn: The store, inside a write transaction.
        vault: Cipher and identity.
        effect: The rewind, and where the session believes the lane to stand.

    Returns:
        Where the lane stands now, or ``None`` when nothing was done: the cursor moved meanwhile, or
        the point is not one that the server signed and this device holds.
    """
    lane, point = effect.lane, effect.rewind
    identity = vault.identity_file.current
    if cursor_of(conn, lane) != Cursor(effect.cursor, effect.cursor_hash):
        return None
    hash_ = lane_hash_at(conn, lane, point.seq)
    if hash_ is None or point.seq > effect.cursor:
        return None
    stood = Cursor(point.seq, hash_)
    if point.seq and not _is_point_signed(vault, identity, lane, stood, point.signed_head):
        return None
    touched = _hold_back(conn, lane, point.seq, hash_, point.signed_head)
    set_cursor(conn, lane, stood)
    refold(conn, lane, touched)
    return PageStored(lane=lane, cursor=point.seq, cursor_hash=hash_, held=has_held(conn, lane))


def _is_point_signed(
    vault: Vault, identity: Identity, lane: Lane, at: Cursor, head: SignedHead | None
) -> bool:
    return (
        identity.server is not None
        and head is not None
        and (head.seq, head.hash) == (at.seq, at.hash)
        and is_signed_head(vault.cipher, identity.server.signing_key, identity.space, lane, head)
    )


def _hold_back(
    conn: Connection, lane: Lane, seq: int, hash_: bytes, head: SignedHead | None
) -> list[bytes]:
    (segment,) = conn.execute(
        "SELECT coalesce(max(abs(held)), 0) + 1 FROM event WHERE lane = ? AND held IS NOT NULL",
        (lane,),
    ).fetchone()
    conn.execute(
        "UPDATE event SET held = ? WHERE lane = ? AND seq > ? AND held IS NULL",
        (segment, lane, seq),
    )
    conn.execute(
        "UPDATE signed_head SET held = ? WHERE lane = ? AND held = 0 AND seq > ?",
        (segment, lane, seq),
    )
    # The first offer of the segment begins here, whatever becomes of the rows before it.
    conn.execute(
        "INSERT INTO signed_head (lane, held, seq, hash, time, signature, rows, bytes)"
        " VALUES (?, ?, ?, ?, 0, x'', 0, 0)",
        (lane, segment, seq, hash_),
    )
    if head is not None:
        last = conn.execute(
            "SELECT coalesce(max(seq), 0) FROM signed_head WHERE lane = ? AND held = 0", (lane,)
        ).fetchone()[0]
        count, size = conn.execute(
            "SELECT count(*), coalesce(sum(length(body)), 0) FROM event"
            " WHERE lane = ? AND seq > ? AND seq <= ? AND held IS NULL",
            (lane, last, seq),
        ).fetchone()
        keep_signed_head(conn, lane, head, count, size)
    rows = conn.execute(
        "SELECT DISTINCT subject FROM event WHERE lane = ? AND held = ? AND subject IS NOT NULL",
        (lane, segment),
    )
    return [subject for (subject,) in rows.fetchall()]


def has_held(conn: Connection, lane: str) -> bool:
    """Say whether rows of a lane are held back and still to be offered."""
    found = conn.execute(
        "SELECT 1 FROM event WHERE lane = ? AND held > 0 LIMIT 1", (lane,)
    ).fetchone()
    return found is not None


def offers_of(conn: Connection, lane: Lane) -> list[Offer]:
    """Return what is held back as offers, in old order, each cut at a head that was signed."""
    heads = conn.execute(
        "SELECT held, seq, hash, time, signature FROM signed_head WHERE lane = ? AND held > 0"
        " ORDER BY held, seq",
        (lane,),
    ).fetchall()
    offers: list[Offer] = []
    segment, after, after_hash = 0, 0, chain.GENESIS
    for held, seq, hash_, time, signature in heads:
        if held == segment:
            rows = conn.execute(
                f"SELECT {ROW_COLUMNS} FROM event"
                " WHERE lane = ? AND held = ? AND seq > ? AND seq <= ? ORDER BY seq",
                (lane, held, after, seq),
            ).fetchall()
            offers.append(
                Offer(
                    lane=lane,
                    after=after,
                    after_hash=after_hash,
                    runs=runs_from_rows([row_from_values(row) for row in rows]),
                    signed_head=SignedHead(seq=seq, hash=hash_, time=time, signature=signature),
                )
            )
        segment, after, after_hash = held, seq, hash_
    return offers


def drop_settled(conn: Connection, lane: str) -> list[bytes]:
    """Let go of the segments whose rows are all in the log again.

    Returns:
        The subjects to fold again.
    """
    if not has_held(conn, lane):
        return []
    missing = conn.execute(
        f"SELECT DISTINCT h.held FROM event AS h WHERE h.lane = ? AND h.held > 0 AND {_NOT_IN_LOG}",
        (lane,),
    ).fetchall()
    kept = {held for (held,) in missing}
    segments = conn.execute(
        "SELECT DISTINCT held FROM event WHERE lane = ? AND held > 0", (lane,)
    ).fetchall()
    touched: list[bytes] = []
    for (held,) in segments:
        if held not in kept:
            touched += _subjects(conn, lane, held)
            conn.execute("DELETE FROM event WHERE lane = ? AND held = ?", (lane, held))
            conn.execute("DELETE FROM signed_head WHERE lane = ? AND held = ?", (lane, held))
    if not conn.execute(
        "SELECT 1 FROM event WHERE lane = ? AND held IS NOT NULL LIMIT 1", (lane,)
    ).fetchone():
        conn.execute("UPDATE cursor SET missing = 0 WHERE lane = ?", (lane,))
    return touched


def _subjects(conn: Connection, lane: str, held: int) -> list[bytes]:
    rows: list[Any] = conn.execute(
        "SELECT DISTINCT subject FROM event WHERE lane = ? AND held = ? AND subject IS NOT NULL",
        (lane, held),
    ).fetchall()
    return [subject for (subject,) in rows]


def settle_held(conn: Connection, identity: Identity, lane: Lane, *, refused: bool) -> bool:
    """End a rewind: let go of what is in the log again, and name what is not.

    Args:
        conn: The store, inside a write transaction.
        identity: Whose own events become unsent ones where an offer was refused.
        lane: Which lane.
        refused: The server refused an offer.

    Returns:
        Own events became events without a row: a new epoch must follow.
    """
    touched = drop_settled(conn, lane)
    if not has_held(conn, lane):
        refold(conn, lane, touched)
        return False
    conn.execute("UPDATE cursor SET missing = 1 WHERE lane = ?", (lane,))
    unsent = 0
    if refused:
        for (held,) in conn.execute(
            "SELECT DISTINCT held FROM event WHERE lane = ? AND held > 0", (lane,)
        ).fetchall():
            touched += _subjects(conn, lane, held)
        unsent = conn.execute(
            "UPDATE event AS h SET seq = NULL, held = NULL, received_at = NULL, offset = NULL,"
            " actor = NULL, code = NULL, lane_hash = NULL WHERE h.lane = ? AND h.held > 0"
            f" AND h.device = ? AND h.body IS NOT NULL AND h.code IS NULL AND {_NO_LIVE_ROW}",
            (lane, identity.device),
        ).rowcount
        conn.execute("UPDATE event SET held = -held WHERE lane = ? AND held > 0", (lane,))
        conn.execute("UPDATE signed_head SET held = -held WHERE lane = ? AND held > 0", (lane,))
    refold(conn, lane, touched)
    return unsent > 0


def missing_rows(conn: Connection, lane: str) -> int:
    """Return how many held rows are named missing: a rewind ended and the log lacks them."""
    count: int = conn.execute(
        "SELECT count(*) FROM event AS h JOIN cursor USING (lane)"
        f" WHERE h.lane = ? AND h.held IS NOT NULL AND cursor.missing = 1 AND {_NOT_IN_LOG}",
        (lane,),
    ).fetchone()[0]
    return count
