"""Own events: appending them, reading what is to be pushed, and what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.identity import Identity
from trailmark_client.storage.read_models import body_from_bytes
from trailmark_client.storage.rows import EVENT_COLUMNS, event_from_values, values_from_event
from trailmark_client.storage.settings import setting
from trailmark_shared import chain, limits
from trailmark_shared.errors import DomainError, ErrorCode, IntegrityError
from trailmark_shared.events.envelope import Event, write_event
from trailmark_shared.events.registry import CONTROL_TYPES
from trailmark_shared.ids import PLAIN, SELF, EventId, KeyId, Lane
from trailmark_shared.protocol.pages import cut_batch
from trailmark_shared.words import gettext

KEYS_UNSAID: Final = "keys_to_be_said"
"""Setting: keys that seal entries of this device are not known to the others yet."""

INSERT_OUTBOX: Final = (
    f"INSERT INTO event ({EVENT_COLUMNS}, type, subject, day)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What an event says, ready to be written: it stays the same however often it is numbered.

    Attributes:
        id: Id of the event.
        key: The vault key that sealed ``body``, or ``ids.PLAIN``.
        salt: 16 random bytes.
        body: Final bytes of the body.
        type: Type of the event, for local queries.
        subject: Its subject.
        day: The local date meant.
    """

    id: EventId
    key: KeyId
    salt: bytes
    body: bytes
    type: str | None
    subject: bytes | None
    day: str | None


def append_own(conn: Connection, identity: Identity, lane: Lane, words: Words) -> Event:
    """Append an own event to the outbox of a lane, as the next one of this device's chain.

    Args:
        conn: The store, inside a write transaction.
        identity: Who writes.
        lane: Where it belongs.
        words: What it says.

    Returns:
        The event.
    """
    return append_after(conn, identity, lane, words, chain_end(conn, identity, lane))


def append_after(
    conn: Connection, identity: Identity, lane: Lane, words: Words, end: tuple[int, bytes]
) -> Event:
    """Do what ``append_own`` does, where ``end`` is what ``chain_end`` says of the lane."""
    dseq, prev = end
    event = write_event(
        event_id=words.id,
        space=identity.space,
        lane=lane,
        device=identity.device,
        epoch=identity.epoch,
        dseq=dseq + 1,
        key=words.key,
        prev=prev,
        salt=words.salt,
        body=words.body,
    )
    conn.execute(INSERT_OUTBOX, (*values_from_event(event), words.type, words.subject, words.day))
    set_chain_end(conn, event)
    return event


def chain_end(conn: Connection, identity: Identity, lane: Lane) -> tuple[int, bytes]:
    """Return (dseq, hash) of the last own event of the present epoch; (0, genesis) for none."""
    found = conn.execute(
        "SELECT dseq, hash FROM chain_head WHERE lane = ? AND device = ? AND epoch = ?",
        (lane, identity.device, identity.epoch),
    ).fetchone()
    return (0, chain.GENESIS) if found is None else (found[0], found[1])


def set_chain_end(conn: Connection, event: Event) -> None:
    """Note that ``event`` is the last one of its device's chain."""
    conn.execute(
        "INSERT INTO chain_head (lane, device, epoch, dseq, hash) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET dseq = excluded.dseq, hash = excluded.hash",
        (event.lane, event.device, event.epoch, event.dseq, event.hash),
    )


class OutboxBatch(msgspec.Struct, frozen=True):
    """What goes into one push.

    Attributes:
        events: The events; none where nothing is to be sent.
        is_all: Nothing that is to be sent stands behind them.
    """

    events: Sequence[Event] = ()
    is_all: bool = True


def outbox_batch(conn: Connection, identity: Identity, lane: Lane, after: int) -> OutboxBatch:
    """Return the next own events to push: one batch of the present epoch, behind ``after``.

    Without a private copy nothing of ``self`` leaves the device.

    Args:
        conn: The store.
        identity: Whose events.
        lane: Which lane.
        after: dseq up to which the server has them.

    Raises:
        IntegrityError: ``plain_in_self``: a defect left a private entry readable.
    """
    if lane == SELF and not _sends_private(conn, identity):
        return OutboxBatch()
    rows = conn.execute(
        f"SELECT {EVENT_COLUMNS}, type FROM event WHERE lane = ? AND seq IS NULL AND epoch = ?"
        " AND dseq > ? AND device = ? AND space = ? ORDER BY dseq LIMIT ?",
        (lane, identity.epoch, after, identity.device, identity.space, limits.PAGE_EVENTS_MAX),
    ).fetchall()
    for row in rows:
        if (
            lane == SELF
            and row[6] == PLAIN
            and row[11] is not None
            and row[-1] not in CONTROL_TYPES
        ):
            raise IntegrityError(
                ErrorCode.PLAIN_IN_SELF,
                gettext("a private entry is not sealed; it does not leave this device"),
            )
    if not rows:
        return OutboxBatch()
    events = [event_from_values(row) for row in rows]
    count = cut_batch(events)
    return OutboxBatch(events[:count], count == len(events) < limits.PAGE_EVENTS_MAX)


def _sends_private(conn: Connection, identity: Identity) -> bool:
    """Say whether ``self`` goes out: keys go first, so that a loss of this device locks nothing."""
    return identity.private_copy and setting(conn, KEYS_UNSAID) is None


def unsent_count(conn: Connection, identity: Identity) -> int:
    """Return how many own events wait for a row of the server, as far as they are to be sent."""
    lane = "" if _sends_private(conn, identity) else SELF
    count: int = conn.execute(
        "SELECT count(*) FROM event WHERE seq IS NULL AND lane != ?"
        " AND lane NOT IN (SELECT lane FROM archived_lane)",
        (lane,),
    ).fetchone()[0]
    return count


def outbox_lanes(conn: Connection) -> list[Lane]:
    """Return the lanes that have own events without a row."""
    rows = conn.execute("SELECT DISTINCT lane FROM event WHERE seq IS NULL ORDER BY lane")
    return [Lane(lane) for (lane,) in rows.fetchall()]


def lanes_to_send(conn: Connection) -> list[Lane]:
    """Return those of them that are sent: an archive is not."""
    archived = {lane for (lane,) in conn.execute("SELECT lane FROM archived_lane").fetchall()}
    return [lane for lane in outbox_lanes(conn) if lane not in archived]


def retry_refused(conn: Connection, identity: Identity, event_id: bytes) -> Event:
    """Write a refused event again, with the same id, salt and body.

    Args:
        conn: The store, inside a write transaction.
        identity: Who writes.
        event_id: The refused event.

    Returns:
        The event as it waits for being sent now.

    Raises:
        DomainError: ``not_found``: no event of this id was refused.
    """
    found = conn.execute(
        "SELECT lane, key, salt, body, opened(id, key, body) FROM event"
        " WHERE pos = (SELECT pos FROM refused WHERE id = ? LIMIT 1)",
        (event_id,),
    ).fetchone()
    if found is None:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("no event of this id was refused"))
    lane, key, salt, stored, plain = found
    body = body_from_bytes(plain)
    words = Words(
        id=EventId(event_id),
        key=KeyId(key),
        salt=salt,
        body=stored,
        type=None if body is None else body.type,
        subject=None if body is None else body.subject,
        day=None if body is None else body.day,
    )
    return append_own(conn, identity, Lane(lane), words)
