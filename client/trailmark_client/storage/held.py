"""Rewinds: rows that a restored server does not know are held back until they are in its log again.

Nothing is dropped before it is found there with the same hash, actor and times. Until then the rows
stay in the view, and every session offers them with the proof that the server once signed.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

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

_NO_LIVE_ROW: Final = (
    "NOT EXISTS (SELECT 1 FROM event AS r WHERE r.id = h.id AND r.lane = h.lane AND r.held IS NULL"
    " AND r.seq IS NOT NULL AND (r.code IS NULL OR r.code = 'aside')"
    " AND (r.body IS NOT NULL OR h.body IS NULL))"
)
_PROVEN: Final = (
    "EXISTS (SELECT 1 FROM event AS r WHERE r.id = h.id AND r.lane = h.lane AND r.held IS NULL"
    " AND r.seq IS NOT NULL AND r.hash = h.hash AND r.actor = h.actor"
    " AND r.received_at = h.received_at AND r.offset = h.offset)"
)
# A repeated stub proves actor and times; the words must stand in a row as well, or they would be
# let go of here while nobody else has them.
_NOT_IN_LOG: Final = (
    f"(NOT {_PROVEN}"
    f" OR (h.body IS NOT NULL AND (h.code IS NULL OR h.code = 'aside') AND {_NO_LIVE_ROW}))"
)

_ERASED_IN_LOG: Final = (
    "EXISTS (SELECT 1 FROM event AS r WHERE r.id = h.id AND r.lane = h.lane AND r.held IS NULL"
    " AND r.seq IS NOT NULL AND r.hash = h.hash AND r.code = 'erased')"
)
# The words of a row that was repeated without them were offered, and not taken: they never are. It
# need have no code: another device may have offered it so, by an order that is lost.
_OFFERED_IN_VAIN: Final = f"({_PROVEN} OR {_ERASED_IN_LOG})"


def begin_rewind(
    conn: Connection, vault: Vault, effect: BeginRewind, now_ms: int
) -> PageStored | None:
    """Hold back the rows behind the last one that the server knows, and stand there.

    Args:
        conn: The store, inside a write transaction.
        vault: Cipher and identity.
        effect: The rewind, and where the session believes the lane to stand.
        now_ms: Device clock, milliseconds UTC; the rewind is noted with it.

    Returns:
        Where the lane stands now, or ``None`` when nothing was done: the cursor moved meanwhile, or
        the point is not one before it that the server signed and this device holds.
    """
    lane, point = effect.lane, effect.rewind
    identity = vault.identity_file.current
    if cursor_of(conn, lane) != Cursor(effect.cursor, effect.cursor_hash):
        return None
    hash_ = lane_hash_at(conn, lane, point.seq)
    if hash_ is None or point.seq >= effect.cursor:
        return None
    stood = Cursor(point.seq, hash_)
    if point.seq and not _is_point_signed(vault, identity, lane, stood, point.signed_head):
        return None
    touched = _hold_back(conn, lane, point.seq, hash_, point.signed_head)
    conn.execute(
        "INSERT INTO rewind (lane, at, upto, point) VALUES (?, ?, ?, ?)",
        (lane, now_ms, effect.cursor, point.seq),
    )
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
    """Let go of what is in the log again: whole segments, and single rows that were named missing.

    Returns:
        The subjects to fold again.
    """
    held = conn.execute(
        f"SELECT h.held, max({_NOT_IN_LOG}) FROM event AS h"
        " WHERE h.lane = ? AND h.held IS NOT NULL GROUP BY h.held",
        (lane,),
    ).fetchall()
    if not held:
        return []
    touched: list[bytes] = []
    for segment, is_missing in held:
        if segment < 0 or not is_missing:
            touched += _drop_rows(conn, lane, segment)
        if not is_missing:
            conn.execute("DELETE FROM signed_head WHERE lane = ? AND held = ?", (lane, segment))
    _note_missing(conn, lane, is_over=False)
    return touched


def _drop_rows(conn: Connection, lane: str, held: int) -> list[bytes]:
    """Let go of the rows of a segment that are in the log again; return their subjects."""
    subjects = _subjects(conn, lane, held)
    conn.execute(
        f"DELETE FROM event AS h WHERE h.lane = ? AND h.held = ? AND NOT {_NOT_IN_LOG}",
        (lane, held),
    )
    return subjects


def _note_missing(conn: Connection, lane: str, *, is_over: bool) -> None:
    """Note whether rows are named missing: at the end of a rewind, or until none is held."""
    still = "1" if is_over else "missing"
    conn.execute(
        f"UPDATE cursor SET missing = iif(EXISTS (SELECT 1 FROM event WHERE lane = ?1"
        f" AND held IS NOT NULL), {still}, 0) WHERE lane = ?1",
        (lane,),
    )


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
    is_in_vain = _ERASED_IN_LOG if refused else _OFFERED_IN_VAIN
    touched = drop_settled(conn, lane) + _let_rest(conn, lane, is_in_vain)
    unsent = 0
    if refused and has_held(conn, lane):
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
        conn.execute(
            f"DELETE FROM event AS h WHERE h.lane = ? AND h.held > 0 AND NOT {_NOT_IN_LOG}",
            (lane,),
        )
        conn.execute("UPDATE event SET held = -held WHERE lane = ? AND held > 0", (lane,))
        conn.execute("UPDATE signed_head SET held = -held WHERE lane = ? AND held > 0", (lane,))
    _note_missing(conn, lane, is_over=True)
    refold(conn, lane, touched)
    return unsent > 0


def _let_rest(conn: Connection, lane: str, is_in_vain: str) -> list[bytes]:
    """Offer no more what came back without its words: an order to erase it is lost, not its effect.

    No offer brings these words back, and no server's word alone removes them here: they are named
    missing.

    Args:
        conn: The store, inside a write transaction.
        lane: Which lane.
        is_in_vain: Condition in SQL: it stands there without words, and will stay so.

    Returns:
        The subjects of what else was in their segments.
    """
    touched: list[bytes] = []
    segments = conn.execute(
        f"SELECT h.held FROM event AS h WHERE h.lane = ? AND h.held > 0 GROUP BY h.held"
        f" HAVING max({_NOT_IN_LOG} AND NOT {is_in_vain}) = 0",
        (lane,),
    ).fetchall()
    for (segment,) in segments:
        touched += _drop_rows(conn, lane, segment)
        for table in ("event", "signed_head"):
            conn.execute(
                f"UPDATE {table} SET held = -held WHERE lane = ? AND held = ?",
                (lane, segment),
            )
    return touched


class MissingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that this device once had from the log and that is not in it any more.

    Attributes:
        event: Id of the event.
        seq: Where it stood.
        device: Which device wrote it.
        actor: Who wrote it.
        received_at: When it had reached the server, milliseconds UTC.
        type: What happened, or ``None`` where it cannot be read here.
        day: The local date meant, or ``None``.
    """

    event: bytes
    seq: int
    device: bytes
    actor: str
    received_at: int
    type: str | None
    day: str | None


def missing_rows(conn: Connection, lane: str) -> list[MissingRow]:
    """Return what is named missing: a rewind ended and the log lacks these rows."""
    found = conn.execute(
        "SELECT h.id, h.seq, h.device, h.actor, h.received_at, h.type, h.day"
        " FROM event AS h JOIN cursor USING (lane)"
        f" WHERE h.lane = ? AND h.held IS NOT NULL AND cursor.missing = 1 AND {_NOT_IN_LOG}"
        " ORDER BY h.held < 0, abs(h.held), h.seq",
        (lane,),
    )
    return [
        MissingRow(
            event=event,
            seq=seq,
            device=device,
            actor=actor,
            received_at=received_at,
            type=type_,
            day=day,
        )
        for event, seq, device, actor, received_at, type_, day in found.fetchall()
    ]


class Rewound(msgspec.Struct, frozen=True, kw_only=True):
    """A time at which a server's log went back.

    Attributes:
        at: When this device learned of it, device clock, milliseconds UTC.
        upto: The last row that it had then.
        point: The last row that the server still knew.
    """

    at: int
    upto: int
    point: int


def rewinds_of(conn: Connection, lane: str) -> list[Rewound]:
    """Return every time that a lane's log went back, the earliest first."""
    found = conn.execute(
        "SELECT at, upto, point FROM rewind WHERE lane = ? ORDER BY number", (lane,)
    )
    return [Rewound(at=at, upto=upto, point=point) for at, upto, point in found.fetchall()]
