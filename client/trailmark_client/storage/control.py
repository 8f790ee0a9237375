"""Control events: what they ask of a device, obeyed only where the person's word is in force.

An operator or the thief of a credential can append control events; without a MAC under a vault key
that this device holds they are kept and do nothing. A device that was removed still holds old keys:
what it says with them is proven, but no longer in force, and erases nothing.
"""

from __future__ import annotations

from trailmark_adapters.sqlite import Connection
from trailmark_client.identity import Identity
from trailmark_client.storage.cursors import Cursor, cursor_of, lane_hash_at
from trailmark_client.storage.erasure import erase_events, erased_among, staying_among
from trailmark_client.storage.key_ring import told_key
from trailmark_client.storage.read_models import LIVE, body_from_bytes, refold
from trailmark_client.storage.rows import ROW_COLUMNS, row_from_values
from trailmark_client.storage.vault import Vault
from trailmark_shared import limits
from trailmark_shared.chain import GENESIS
from trailmark_shared.events.body import Body
from trailmark_shared.events.control import LaneEnd, SpaceErased, SubjectErased
from trailmark_shared.events.envelope import Event, Row
from trailmark_shared.ids import EventId, id_from_text
from trailmark_shared.key_ring import ControlEvent, KeyRing, is_proven

Order = tuple[Row, Body]
"""A control event in its row, and what it says."""


def control_event(event: Event, body: Body) -> ControlEvent:
    """Return an event as the key ring reads it; it must have its body."""
    assert event.body is not None, "a control event without a body says nothing"
    return ControlEvent(id=event.id, space=event.space, plain=event.body, body=body)


def is_sure(identity: Identity, ring: KeyRing) -> bool:
    """Say whether this device knows who holds the newest key, and trusts it itself."""
    return ring.newest == identity.trusted_key and not ring.is_in_doubt


def proves_erasure(identity: Identity, ring: KeyRing, event: EventId, raw: bytes) -> bool:
    """Say whether another device of the person erased everything.

    Args:
        identity: Who this device is, with its vault keys.
        ring: As this device sees it, its keys taken.
        event: Id of the ``space_erased``.
        raw: Its body, as the server relayed it.

    Returns:
        Whether a MAC says so under the newest key that this device trusts: older ones may be known
        to a device that was removed. While it is open who holds the newest, nothing proves it.
    """
    body = body_from_bytes(raw)
    if body is None or not isinstance(body.data, SpaceErased) or body.subject != identity.space:
        return False
    said = ControlEvent(id=event, space=identity.space, plain=raw, body=body)
    is_newest = body.mac is not None and body.mac.key == identity.trusted_key
    if not is_newest or not is_sure(identity, ring):
        return False
    return is_proven(identity.vault_key(identity.trusted_key), said)


class Obedience:
    """Which orders to erase this device obeys, as things stand.

    An order counts where it is proven with the key that this device tells others of; with one that
    was passed, as far as the author of that key had read its lane: nobody can add to that.
    While it is in doubt who holds the keys, none counts: its author says it again afterwards.
    """

    def __init__(self, conn: Connection, vault: Vault, ring: KeyRing) -> None:
        """Take the store, the keys, and the ring as this device sees it."""
        self._conn = conn
        self._ring = ring
        self._told = told_key(conn, vault)

    def is_due(self, row: Row, body: Body) -> bool:
        """Say whether an order counts.

        Args:
            row: The event's row.
            body: What it says.

        Returns:
            Whether this device is to obey it now.
        """
        mac, ring = body.mac, self._ring
        if mac is None or row.event.body is None or ring.is_in_doubt:
            return False
        if not is_proven(ring.keys.get(mac.key), control_event(row.event, body)):
            return False
        return mac.key == self._told or any(
            end.lane == row.event.lane
            and row.seq <= end.seq
            and lane_hash_at(self._conn, end.lane, end.seq) == bytes.fromhex(end.hash)
            for end in ring.ends_behind(mac.key, self._told)
        )


def obey(conn: Connection, vault: Vault, ring: KeyRing) -> bool:
    """Erase what orders ask that count and were not carried out; its subjects are folded anew.

    Done once all lanes were read as far as they go, so that a removal is known before what the
    removed device says in another lane.

    Args:
        conn: The store, inside a write transaction.
        vault: The keys.
        ring: As this device sees it, its keys taken.

    Returns:
        Whether something was erased: pay the cleaning that is owed after the commit.
    """
    waiting = [order for order in _orders(conn) if not _is_carried_out(conn, order)]
    obedience = Obedience(conn, vault, ring) if waiting else None
    has_erased = False
    for row, body in waiting:
        if obedience is not None and obedience.is_due(row, body):
            lane = row.event.lane
            touched = erase_events(conn, lane, [id_from_text(each) for each in _named(body)])
            refold(conn, lane, touched)
            has_erased = True
    return has_erased


def _orders(conn: Connection) -> list[Order]:
    rows = conn.execute(
        f"SELECT {ROW_COLUMNS} FROM event WHERE type = 'subject_erased' AND {LIVE}"
        " AND seq IS NOT NULL AND held IS NULL ORDER BY lane, seq"
    )
    found = [row_from_values(values) for values in rows.fetchall()]
    return [(row, body) for row in found if (body := body_from_bytes(row.event.body)) is not None]


def _named(body: Body) -> tuple[str, ...]:
    return body.data.events if isinstance(body.data, SubjectErased) else ()


def _unsent(conn: Connection) -> frozenset[str]:
    """What orders name that this device has not sent yet: they are proven with its newest key."""
    found = conn.execute("SELECT body FROM event WHERE type = 'subject_erased' AND seq IS NULL")
    bodies = [body_from_bytes(plain) for (plain,) in found.fetchall()]
    return frozenset(each for body in bodies if body is not None for each in _named(body))


def _is_carried_out(conn: Connection, order: Order) -> bool:
    row, body = order
    named = {id_from_text(each) for each in _named(body)}
    left = named - erased_among(conn, named)
    return not left or left <= staying_among(conn, row.event.lane, left)


def orders_to_repeat(conn: Connection, vault: Vault, ring: KeyRing) -> list[Order]:
    """Return orders of this device that do not count where others read them now.

    Only those whose words it erased itself: a row in its name may be somebody else's. What another
    order that counts names too, or one before it here, is left alone.
    """
    obedience = Obedience(conn, vault, ring)
    orders = _orders(conn)
    named = {row.event.id: frozenset(_named(body)) for row, body in orders}
    due = {row.event.id for row, body in orders if obedience.is_due(row, body)}
    said = frozenset[str]().union(*(named[event] for event in due)) | _unsent(conn)
    device = vault.identity_file.current.device
    repeated: list[Order] = []
    for row, body in orders:
        is_said = row.event.device != device or named[row.event.id] <= said
        if not is_said and _is_carried_out(conn, (row, body)):
            repeated.append((row, body))
            said |= named[row.event.id]
    return repeated


def ends_of_lanes(conn: Connection) -> tuple[LaneEnd, ...]:
    """Return how far this device read the lanes in which something was erased.

    Not beyond an order that it did not obey: else that would count once its key is passed.
    """
    ends: dict[str, Cursor] = {}
    stopped: set[str] = set()
    for row, body in _orders(conn):
        lane = row.event.lane
        if lane in stopped:
            continue
        ends[lane] = cursor_of(conn, lane)
        if not _is_carried_out(conn, (row, body)):
            before = lane_hash_at(conn, lane, row.seq - 1)
            ends[lane] = Cursor(row.seq - 1, before or GENESIS)
            stopped.add(lane)
    return tuple(
        LaneEnd(lane=lane, seq=end.seq, hash=end.hash.hex())
        for lane, end in sorted(ends.items())
        if end.seq > 0
    )[: limits.LANES_PER_SPACE_MAX]
