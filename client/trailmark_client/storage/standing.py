"""How the log of each lane stands on this device: counts, cursors, and what was set aside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.storage.rows import EVENT_COLUMNS, EVENT_WIDTH, event_from_values
from trailmark_shared.exports.whole import Placed
from trailmark_shared.ids import EventId, Lane


class LaneCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many events of a lane are where.

    Attributes:
        lane: The lane.
        saved: All that this device holds.
        sent: Own and others' events that are confirmed by a row of the log.
        unsent: Own events without a row.
        held: Rows held back by a rewind until they are in the log again.
        missing: Rows that the server refused to take back.
        seq: The cursor: the last row of the log that this device holds.
        head: The last row that the server told of.
        verified_to: Rows up to here were checked against their hashes.
        has_missing: A rewind ended and rows that were held are not in the log.
        is_archived: It came with an import: neither sent nor asked for.
    """

    lane: Lane
    saved: int
    sent: int
    unsent: int
    held: int
    missing: int
    seq: int
    head: int
    verified_to: int
    has_missing: bool
    is_archived: bool


class StoredEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it is stored, with its plain body where it can be opened.

    Attributes:
        id: Id of the event.
        lane: The lane.
        seq: Place in the lane, or ``None`` while unconfirmed.
        device: The device that wrote it.
        dseq: Its number on that device.
        received_at: Server clock, milliseconds UTC, or ``None``.
        actor: Who wrote it, or ``None`` while unconfirmed.
        code: Why it was refused or set aside, or ``None``.
        sealed: Its body is sealed.
        hash: Its hash.
        plain: The JSON body, or ``None`` for a stub and for what this device cannot open.
        has_body: It is no stub.
    """

    id: EventId
    lane: Lane
    seq: int | None
    device: bytes
    dseq: int
    received_at: int | None
    actor: str | None
    code: str | None
    sealed: bool
    hash: bytes
    plain: bytes | None
    has_body: bool


_EVENT = (
    "SELECT id, lane, iif(held IS NULL, seq, NULL), device, dseq, received_at, actor, code,"
    " key != zeroblob(8), hash, opened(id, key, body), body IS NOT NULL FROM event"
)


def lane_counts(conn: Connection) -> list[LaneCounts]:
    """Return the counts of every lane that this device knows, by name.

    Each state is counted along the index that holds it alone: the rows themselves are not read.
    """
    rows = conn.execute(
        "WITH part (lane, sent, unsent, held, lost) AS ("
        " SELECT lane, count(*), 0, 0, 0 FROM event WHERE held IS NULL AND seq IS NOT NULL"
        " GROUP BY lane"
        " UNION ALL SELECT lane, 0, count(*), 0, 0 FROM event WHERE seq IS NULL GROUP BY lane"
        " UNION ALL SELECT lane, 0, 0, count(*), 0 FROM event WHERE held > 0 GROUP BY lane"
        " UNION ALL SELECT lane, 0, 0, 0, count(*) FROM event WHERE held < 0 GROUP BY lane"
        " UNION ALL SELECT lane, 0, 0, 0, 0 FROM cursor)"
        " SELECT lane, sum(sent + unsent + held + lost), sum(sent), sum(unsent), sum(held),"
        " sum(lost), coalesce(cursor.seq, 0), coalesce(head, 0), coalesce(verified_to, 0),"
        " coalesce(missing, 0), lane IN (SELECT lane FROM archived_lane)"
        " FROM part LEFT JOIN cursor USING (lane) GROUP BY lane ORDER BY lane"
    )
    return [_counts(row) for row in rows.fetchall()]


def _counts(row: tuple[Any, ...]) -> LaneCounts:
    lane, saved, sent, unsent, held, missing, seq, head, verified_to, has_missing, archived = row
    return LaneCounts(
        lane=lane,
        saved=saved,
        sent=sent,
        unsent=unsent,
        held=held,
        missing=missing,
        seq=seq,
        head=head,
        verified_to=verified_to,
        has_missing=bool(has_missing),
        is_archived=bool(archived),
    )


def refused_events(conn: Connection) -> list[StoredEvent]:
    """Return own events that the server did not take, in the order of writing."""
    rows = conn.execute(f"{_EVENT} WHERE pos IN (SELECT pos FROM refused) ORDER BY pos")
    return [_stored(row) for row in rows.fetchall()]


def stored_events(conn: Connection, lane: str | None, limit: int) -> Iterator[StoredEvent]:
    """Yield events as they are stored, the newest last.

    Args:
        conn: The store.
        lane: Only this lane; ``None`` for all.
        limit: At most so many, the newest ones.
    """
    rows = conn.execute(
        f"{_EVENT} WHERE pos IN (SELECT pos FROM event WHERE :lane IS NULL OR lane = :lane"
        " ORDER BY pos DESC LIMIT :limit) ORDER BY pos",
        {"lane": lane, "limit": limit},
    )
    for row in rows:
        yield _stored(row)


_PLACED: Final = (
    f"SELECT {EVENT_COLUMNS}, opened(id, key, body), seq, held, received_at, offset, actor, code,"
    " lane_hash FROM event"
)


def placed_events(conn: Connection) -> Iterator[Placed]:
    """Yield every event with all that is stored of it, lane by lane: the log, then the outbox.

    Args:
        conn: The store, in one transaction until the last one was taken.
    """
    rows = conn.execute(
        f"{_PLACED} ORDER BY lane, seq IS NULL, held IS NOT NULL, abs(held), seq, pos"
    )
    for row in rows:
        yield placed_from_values(row)


def placed_at(conn: Connection, places: Iterable[int]) -> Iterator[Placed]:
    """Yield the events at these places in the store, with all that is stored of them."""
    for pos in places:
        for row in conn.execute(f"{_PLACED} WHERE pos = ?", (pos,)).fetchall():
            yield placed_from_values(row)


def placed_from_values(row: Sequence[Any]) -> Placed:
    """Return the event of selected ``EVENT_COLUMNS``, its opened body, and its place.

    Args:
        row: Behind the body come seq, held, received_at, offset, actor, code and lane_hash.
    """
    plain, seq, held, received_at, offset, actor, code, lane_hash = row[EVENT_WIDTH:]
    return Placed(
        event=event_from_values(row),
        plain=plain,
        seq=seq,
        held=held,
        received_at=received_at,
        offset=offset,
        actor=actor,
        code=code,
        lane_hash=lane_hash,
    )


def _stored(row: tuple[Any, ...]) -> StoredEvent:
    event, lane, seq, device, dseq, received_at, actor, code, sealed, hash_, plain, has_body = row
    return StoredEvent(
        id=event,
        lane=lane,
        seq=seq,
        device=device,
        dseq=dseq,
        received_at=received_at,
        actor=actor,
        code=code,
        sealed=bool(sealed),
        hash=hash_,
        plain=plain,
        has_body=bool(has_body),
    )


def locked_count(conn: Connection) -> int:
    """Return how many events have a body that this device cannot open."""
    count: int = conn.execute(
        "SELECT count(*) FROM event WHERE body IS NOT NULL AND type IS NULL"
        " AND opened(id, key, body) IS NULL"
    ).fetchone()[0]
    return count
