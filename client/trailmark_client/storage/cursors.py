"""Where this device stands in each lane, and what it tells a server about that."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.identity import Identity
from trailmark_shared import chain, limits
from trailmark_shared.domain.succession import Link, ended_by_a_stop
from trailmark_shared.ids import Lane, id_from_text, text_from_id
from trailmark_shared.projections.fold import Document, decode_document
from trailmark_shared.projections.grant import GrantDocument, link_of
from trailmark_shared.protocol.effects import Start
from trailmark_shared.protocol.messages import LaneHello, LaneWelcome, SignedHead


class Cursor(msgspec.Struct, frozen=True):
    """A place in a lane.

    Attributes:
        seq: The last row held, 0 for none.
        hash: Lane hash there.
    """

    seq: int
    hash: bytes


def cursor_of(conn: Connection, lane: str) -> Cursor:
    """Return this device's place in a lane."""
    found = conn.execute("SELECT seq, hash FROM cursor WHERE lane = ?", (lane,)).fetchone()
    return Cursor(0, chain.GENESIS) if found is None else Cursor(found[0], found[1])


def set_cursor(conn: Connection, lane: str, cursor: Cursor) -> None:
    """Move to a place in a lane; what was verified behind it counts no more."""
    conn.execute(
        "INSERT INTO cursor (lane, seq, hash, head) VALUES (?1, ?2, ?3, ?2)"
        " ON CONFLICT (lane) DO UPDATE SET seq = excluded.seq, hash = excluded.hash,"
        " head = max(head, excluded.seq), verified_to = min(verified_to, excluded.seq)",
        (lane, cursor.seq, cursor.hash),
    )


def unnoted_heads(conn: Connection, lanes: Iterable[LaneWelcome]) -> list[tuple[str, int]]:
    """Return the lanes whose head, as the server tells it, is not the one that was noted."""
    noted: dict[str, int] = dict(conn.execute("SELECT lane, head FROM cursor").fetchall())
    return [(told.lane, told.head) for told in lanes if told.head != noted.get(told.lane, 0)]


def note_heads(conn: Connection, heads: Iterable[tuple[str, int]]) -> None:
    """Note how far the server's lanes go, so that people see what is still to come.

    Lanes of which nothing ever came, and nothing will, are forgotten: a server had made them up.
    """
    conn.executemany(
        "INSERT INTO cursor (lane, hash, head) VALUES (?, ?, ?)"
        " ON CONFLICT (lane) DO UPDATE SET head = excluded.head",
        [(lane, chain.GENESIS, head) for lane, head in heads],
    )
    conn.execute(
        "DELETE FROM cursor WHERE seq = 0 AND head = 0"
        " AND NOT EXISTS (SELECT 1 FROM event WHERE event.lane = cursor.lane)"
    )


def lane_hash_at(conn: Connection, lane: str, seq: int) -> bytes | None:
    """Return the lane hash after a confirmed row, ``None`` where no such row is held."""
    if seq == 0:
        return chain.GENESIS
    found = conn.execute(
        "SELECT lane_hash FROM event WHERE lane = ? AND seq = ? AND held IS NULL", (lane, seq)
    ).fetchone()
    return None if found is None else found[0]


def keep_signed_head(
    conn: Connection, lane: str, head: SignedHead, rows: int, body_bytes: int
) -> None:
    """Keep a signature for the last row held, as few as offers will need.

    Rows between two kept heads go back to a server in one offer, so heads are merged as long as
    their rows fit into one.

    Args:
        conn: The store, inside a write transaction.
        lane: Which lane.
        head: What the server signed.
        rows: How many rows came since the last kept head.
        body_bytes: Size of their bodies.
    """
    last = conn.execute(
        "SELECT seq, rows, bytes FROM signed_head WHERE lane = ? AND held = 0"
        " ORDER BY seq DESC LIMIT 1",
        (lane,),
    ).fetchone()
    if last is not None:
        seq, last_rows, last_bytes = last
        fits = (
            last_rows + rows <= limits.PAGE_EVENTS_MAX
            and last_bytes + body_bytes <= limits.PAGE_BYTES_MAX
        )
        if fits or seq == head.seq:
            conn.execute(
                "DELETE FROM signed_head WHERE lane = ? AND held = 0 AND seq = ?", (lane, seq)
            )
            rows, body_bytes = rows + last_rows, body_bytes + last_bytes
    conn.execute(
        "INSERT INTO signed_head (lane, held, seq, hash, time, signature, rows, bytes)"
        " VALUES (?, 0, ?, ?, ?, ?, ?, ?)",
        (lane, head.seq, head.hash, head.time, head.signature, rows, body_bytes),
    )


def highest_head(conn: Connection, lane: str) -> SignedHead | None:
    """Return the last head of a lane that the server signed and this device hashed itself."""
    found = conn.execute(
        "SELECT seq, hash, time, signature FROM signed_head WHERE lane = ? AND held = 0"
        " ORDER BY seq DESC LIMIT 1",
        (lane,),
    ).fetchone()
    if found is None:
        return None
    seq, hash_, time, signature = found
    return SignedHead(seq=seq, hash=hash_, time=time, signature=signature)


def session_start(conn: Connection, identity: Identity, now_ms: int) -> Start:
    """Return what a client session begins with.

    Args:
        conn: The store.
        identity: Who says hello.
        now_ms: Device clock, milliseconds UTC.
    """
    held = conn.execute("SELECT DISTINCT lane FROM event WHERE held > 0 ORDER BY lane").fetchall()
    return Start(
        space=identity.space,
        device=identity.device,
        epoch=identity.epoch,
        now=now_ms,
        lanes=[_lane_hello(conn, lane) for lane in known_lanes(conn)],
        revoked=revoked_grants(conn),
        needs_epoch=has_foreign_outbox(conn, identity),
        held=[Lane(lane) for (lane,) in held],
    )


def known_lanes(conn: Connection) -> list[Lane]:
    """Return the lanes of this device, as many as a session takes.

    Those with own news come first, then those that were read: what is not named is read anew.
    """
    rows = conn.execute(
        "SELECT lane, max(news) FROM (SELECT lane, seq > 0 AS news FROM cursor"
        " UNION ALL SELECT DISTINCT lane, 2 FROM event WHERE seq IS NULL)"
        " WHERE lane NOT IN (SELECT lane FROM archived_lane)"
        " GROUP BY lane ORDER BY 2 DESC, lane LIMIT ?",
        (limits.LANES_PER_SESSION_MAX,),
    )
    return [Lane(lane) for lane, _ in rows.fetchall()]


def _lane_hello(conn: Connection, lane: Lane) -> LaneHello:
    cursor = cursor_of(conn, lane)
    back: list[tuple[int, bytes]] = []
    distance = 1
    while distance < cursor.seq:
        seq = cursor.seq - distance
        hash_ = lane_hash_at(conn, lane, seq)
        if hash_ is not None:
            back.append((seq, hash_))
        distance *= 2
    return LaneHello(lane=lane, cursor=cursor.seq, cursor_hash=cursor.hash, back=back)


def revoked_grants(conn: Connection) -> list[bytes]:
    """Return every grant that this device knows to be revoked, the latest first.

    Behind them come those that took the place of one which was stopped: the server ends them, too,
    before a device has written so.
    """
    rows = conn.execute(
        "SELECT subject FROM event WHERE type = 'access_revoked' AND subject IS NOT NULL"
        " AND lane NOT IN (SELECT lane FROM archived_lane) GROUP BY subject ORDER BY max(pos) DESC"
    )
    revoked = [grant for (grant,) in rows.fetchall()]
    return list(dict.fromkeys((*revoked, *_ended_by_a_stop(conn))))


def _ended_by_a_stop(conn: Connection) -> list[bytes]:
    links: dict[str, Link] = {}
    rows = conn.execute("SELECT lane, subject, json FROM document WHERE kind = 'grant'")
    for lane, subject, json in rows.fetchall():
        held = Document(lane=lane, kind="grant", subject=subject, parent=None, json=json)
        grant = decode_document(held)
        assert isinstance(grant, GrantDocument), "the kind of a document decides its struct"
        links[text_from_id(subject)] = link_of(grant)
    return sorted(map(id_from_text, ended_by_a_stop(links)))


def has_foreign_outbox(conn: Connection, identity: Identity) -> bool:
    """Say whether events without a row stand under another space, device or epoch than the present.

    They come from a join, a restored identity, or a crash between the two steps of a new epoch.

    Args:
        conn: The store.
        identity: Who this device is now.

    Returns:
        Whether a new epoch is needed.
    """
    found = conn.execute(
        "SELECT 1 FROM event WHERE seq IS NULL"
        " AND (space != ? OR device != ? OR epoch != ?)"
        " AND lane NOT IN (SELECT lane FROM archived_lane) LIMIT 1",
        (identity.space, identity.device, identity.epoch),
    ).fetchone()
    return found is not None


def is_forked(conn: Connection, identity: Identity, lanes: Iterable[LaneWelcome]) -> bool:
    """Say whether the server's end of this device's chain is not in this device's store.

    Args:
        conn: The store.
        identity: Whose chain.
        lanes: What the server holds of (device, epoch), from ``welcome``.

    Returns:
        Whether somebody else wrote under this numbering: a clone, or a restored backup.
    """
    return any(
        not _is_own(conn, identity, told.lane, told.device_high, told.device_hash)
        for told in lanes
        if told.device_high
    )


def _is_own(conn: Connection, identity: Identity, lane: str, dseq: int, hash_: bytes) -> bool:
    who = (lane, identity.device, identity.epoch)
    end = conn.execute(
        "SELECT dseq, hash FROM chain_head WHERE lane = ? AND device = ? AND epoch = ?", who
    ).fetchone()
    if end is None or dseq > end[0]:
        return False
    if dseq == end[0]:
        return end[1] == hash_
    # What follows it in the outbox names its hash, and is found by index; the rest is a scan.
    found = conn.execute(
        "SELECT 1 FROM event WHERE lane = ?1 AND seq IS NULL AND device = ?2 AND epoch = ?3"
        " AND dseq = ?4 + 1 AND prev = ?5"
        " UNION ALL SELECT 1 FROM event WHERE lane = ?1 AND device = ?2 AND epoch = ?3"
        " AND dseq = ?4 AND hash = ?5 LIMIT 1",
        (*who, dseq, hash_),
    ).fetchone()
    return found is not None
