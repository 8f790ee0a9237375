"""Storing a page: verified, then rows, read models and cursor in one transaction.

Invariants:

1. Nothing is believed that was not hashed here: the page continues the cursor, contradicts nothing
   that is held, and ends at a head that the pinned key signed.
2. An own event is confirmed by its hash and by nothing else.
3. A body that was erased once does not come back.
4. What devices say of each other is looked at behind it, in the same transaction:
   ``key_sharing.look``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NoReturn

import msgspec

from trailmark_adapters.sqlite import Connection, SqlValue
from trailmark_client.identity import Identity
from trailmark_client.storage.contradictions import contradicts
from trailmark_client.storage.cursors import (
    Cursor,
    cursor_of,
    keep_signed_head,
    lane_hash_at,
    set_cursor,
)
from trailmark_client.storage.erasure import erased_among
from trailmark_client.storage.held import drop_settled, has_held
from trailmark_client.storage.read_models import body_from_bytes, refold
from trailmark_client.storage.rows import (
    EVENT_COLUMNS,
    ROW_COLUMNS,
    event_from_values,
    places,
    values_from_row,
)
from trailmark_client.storage.vault import Vault
from trailmark_shared.errors import ErrorCode, ProtocolError
from trailmark_shared.events.body import Body
from trailmark_shared.events.envelope import Event, Row, without_body
from trailmark_shared.events.registry import is_kept
from trailmark_shared.ids import DEVICES, PLAIN, EventId, Lane
from trailmark_shared.projections.entries import Entry
from trailmark_shared.protocol.effects import PageStored
from trailmark_shared.protocol.messages import Events
from trailmark_shared.protocol.pages import is_signed_head, rows_from_runs

_INSERT: Final = (
    f"INSERT INTO event ({ROW_COLUMNS}, type, subject, day)"
    f" VALUES ({places(ROW_COLUMNS.count(',') + 4)})"
)
_CONFIRM: Final = (
    "UPDATE event SET seq = ?, received_at = ?, offset = ?, actor = ?, code = ?, lane_hash = ?"
    " WHERE pos = ?"
)


class StoredPage(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a page.

    Attributes:
        stood: Where the lane stands now, for the session.
        fresh: How many rows were new.
        confirmed: How many of them were own events that waited for their row.
        refused: How many of these the server did not take, and stand nowhere else.
        has_keys: Devices said something: ``key_sharing`` is to look.
    """

    stood: PageStored
    fresh: int
    confirmed: int
    refused: int = 0
    has_keys: bool = False


def store_page(conn: Connection, vault: Vault, page: Events) -> StoredPage:
    """Verify a page and store what is new of it.

    Args:
        conn: The store, inside a write transaction.
        vault: The keys of this device; the identity names the pinned signing key.
        page: As it came.

    Returns:
        Where the lane stands now.

    Raises:
        ProtocolError: ``broken_page`` (or ``too_large``): the page does not continue the cursor or
            does not meet its signed head; ``altered_history``: it is signed, and differs from a row
            already held or says something else about what is held.
    """
    identity = vault.identity_file.current
    lane = Lane(page.lane)
    cursor = cursor_of(conn, lane)
    rows = _verified_rows(conn, vault, identity, page, cursor)
    fresh = rows[max(0, cursor.seq - page.after) :]
    if not fresh:
        stood = PageStored(
            lane=lane, cursor=cursor.seq, cursor_hash=cursor.hash, held=has_held(conn, lane)
        )
        return StoredPage(stood=stood, fresh=0, confirmed=0)
    if contradicts(conn, identity, lane, fresh):
        _altered("a page contradicts what is held")
    fresh = _without_erased(conn, fresh)
    bodies = _bodies(vault, fresh)
    touched, confirmed, refused = _keep_rows(conn, lane, fresh, bodies)
    last = fresh[-1]
    set_cursor(conn, lane, Cursor(last.seq, last.lane_hash))
    size = sum(len(row.event.body or b"") for row in fresh)
    keep_signed_head(conn, lane, page.signed_head, len(fresh), size)
    touched += drop_settled(conn, lane)
    refold(conn, lane, touched, _entries(fresh, bodies))
    stood = PageStored(
        lane=lane, cursor=last.seq, cursor_hash=last.lane_hash, held=has_held(conn, lane)
    )
    return StoredPage(
        stood=stood,
        fresh=len(fresh),
        confirmed=confirmed,
        refused=refused,
        has_keys=lane == DEVICES,
    )


def _entries(rows: Sequence[Row], bodies: Mapping[int, Body]) -> list[Entry]:
    return [
        Entry(
            id=row.event.id,
            lane=row.event.lane,
            device=row.event.device,
            epoch=row.event.epoch,
            dseq=row.event.dseq,
            seq=row.seq,
            received_at=row.received_at,
            offset=row.offset,
            actor=row.actor,
            body=body,
        )
        for row in rows
        if (body := bodies.get(row.seq)) is not None
    ]


def _verified_rows(
    conn: Connection, vault: Vault, identity: Identity, page: Events, cursor: Cursor
) -> list[Row]:
    lane = Lane(page.lane)
    if page.after > cursor.seq:
        _broken("a page leaves rows out")
    after_hash = cursor.hash
    if page.after < cursor.seq:
        after_hash = lane_hash_at(conn, lane, page.after) or _broken("a page begins nowhere")
    own = _own_events(conn, lane, page)
    rows = rows_from_runs(identity.space, lane, page.after, after_hash, page.runs, own.get)
    last, head = rows[-1], page.signed_head
    if (head.seq, head.hash) != (last.seq, last.lane_hash):
        _broken("a page does not meet its signed head")
    server = identity.server
    if server is None or not is_signed_head(
        vault.cipher, server.signing_key, identity.space, lane, head
    ):
        _broken("a page was not signed by the home server")
    if page.after < cursor.seq:
        known = min(cursor.seq, last.seq)
        if lane_hash_at(conn, lane, known) != rows[known - page.after - 1].lane_hash:
            _altered("a page differs from a row that is held")
    return rows


def _broken(why: str) -> NoReturn:
    raise ProtocolError(ErrorCode.BROKEN_PAGE, why)


def _altered(why: str) -> NoReturn:
    raise ProtocolError(ErrorCode.ALTERED_HISTORY, why)


def _own_events(conn: Connection, lane: Lane, page: Events) -> Mapping[EventId, Event]:
    """The own events that a page leaves out because this device pushed them."""
    ids = [wire[0] for run in page.runs for wire in run.events if wire[3] is None]
    if not ids:
        return {}
    # Of several rows with one id, the one with its words comes last and stays.
    found = conn.execute(
        f"SELECT {EVENT_COLUMNS} FROM event WHERE lane = ? AND id IN ({places(len(ids))})"
        " ORDER BY body IS NOT NULL",
        (lane, *ids),
    )
    return {event.id: event for event in map(event_from_values, found.fetchall())}


def _without_erased(conn: Connection, rows: Sequence[Row]) -> list[Row]:
    erased = erased_among(conn, [row.event.id for row in rows])
    if not erased:
        return list(rows)
    return [
        msgspec.structs.replace(row, event=without_body(row.event))
        if row.event.id in erased and not _is_kept(row.event)
        else row
        for row in rows
    ]


def _is_kept(event: Event) -> bool:
    body = body_from_bytes(event.body) if event.key == PLAIN else None
    return is_kept(event.lane, event.key, None if body is None else body.type)


def _bodies(vault: Vault, rows: Sequence[Row]) -> dict[int, Body]:
    """The bodies that fold, by the place of their rows: an event may come twice, once refused."""
    bodies: dict[int, Body] = {}
    opened = vault.opener()
    for row in rows:
        event = row.event
        if event.body is None or row.code not in (None, "aside"):
            continue
        body = body_from_bytes(opened(event.id, event.key, event.body))
        if body is not None:
            bodies[row.seq] = body
    return bodies


def _keep_rows(
    conn: Connection, lane: Lane, rows: Sequence[Row], bodies: Mapping[int, Body]
) -> tuple[list[bytes], int, int]:
    """Insert rows, or confirm the own events that they are.

    Returns:
        The subjects that they touch, how many own events were confirmed, and how many of these the
        server did not take.
    """
    ids = [row.event.id for row in rows]
    unsent = conn.execute(
        "SELECT hash, pos, subject FROM event"
        f" WHERE lane = ? AND seq IS NULL AND id IN ({places(len(ids))})",
        (lane, *ids),
    ).fetchall()
    own = {hash_: pos for hash_, pos, _ in unsent}
    touched = [subject for _, _, subject in unsent if subject is not None]
    inserts: list[tuple[SqlValue, ...]] = []
    confirms: list[tuple[SqlValue, ...]] = []
    coded: list[int] = []
    for row in rows:
        # After a restore an event may have two rows: the first confirms, the second is its own.
        pos = own.pop(row.event.hash, None)
        if pos is not None:
            server = (row.seq, row.received_at, row.offset, row.actor, row.code, row.lane_hash)
            confirms.append((*server, pos))
            coded += [pos] if row.code is not None else []
            continue
        body = bodies.get(row.seq)
        if body is None:
            inserts.append((*values_from_row(row), None, None, None))
        else:
            touched.append(body.subject)
            inserts.append((*values_from_row(row), body.type, body.subject, body.day))
    conn.executemany(_INSERT, inserts)
    conn.executemany(_CONFIRM, confirms)
    repeated = [row.event.id for row in rows if row.code == ErrorCode.DUPLICATE]
    touched += _note_repeated(conn, lane, repeated)
    return touched, len(confirms), _refused_among(conn, coded)


def _refused_among(conn: Connection, coded: Sequence[int]) -> int:
    if not coded:
        return 0
    ((count,),) = conn.execute(
        f"SELECT count(*) FROM refused WHERE pos IN ({places(len(coded))})", coded
    )
    return count


def _note_repeated(conn: Connection, lane: Lane, ids: Sequence[bytes]) -> list[bytes]:
    """Let rows that only repeat an id fold to nothing; return the subjects of what they repeat."""
    if not ids:
        return []
    conn.execute(
        "UPDATE event SET type = NULL, subject = NULL, day = NULL"
        f" WHERE lane = ? AND code = 'duplicate' AND id IN ({places(len(ids))})",
        (lane, *ids),
    )
    rows = conn.execute(
        "SELECT DISTINCT subject FROM event"
        f" WHERE lane = ? AND subject IS NOT NULL AND id IN ({places(len(ids))})",
        (lane, *ids),
    )
    return [subject for (subject,) in rows.fetchall()]
