"""Control events: what they ask of a device, obeyed only where the person's word is in force.

An operator or the thief of a credential can append control events; without a MAC under a vault key
that this device holds they are kept and do nothing. A device that was removed still holds old keys:
what it says with them is proven, but no longer in force, and erases nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from trailmark_adapters.sqlite import Connection, SqlValue
from trailmark_client.identity import Identity
from trailmark_client.storage.erasure import erase_events, erased_among
from trailmark_client.storage.key_ring import key_ring, take_keys
from trailmark_client.storage.read_models import LIVE, body_from_bytes
from trailmark_client.storage.rows import ROW_COLUMNS, row_from_values
from trailmark_client.storage.vault import Vault
from trailmark_shared.events.body import Body
from trailmark_shared.events.control import SpaceErased, SubjectErased
from trailmark_shared.events.envelope import Event, Row
from trailmark_shared.ids import SELF, EventId, id_from_text
from trailmark_shared.key_ring import ControlEvent, KeyRing, is_proven

Order = tuple[Row, Body]
"""A control event in its row, and what it says."""


class Obeyed(msgspec.Struct, kw_only=True):
    """What control events changed.

    Attributes:
        touched: Subjects to fold again, by lane.
        erased: Words were erased: the WAL is to be cut after the commit.
        has_keys: They were about devices or keys: ``key_sharing`` may have to answer.
    """

    touched: dict[str, list[bytes]] = msgspec.field(default_factory=dict[str, list[bytes]])
    erased: bool = False
    has_keys: bool = False

    def note_erased(self, lane: str, subjects: Iterable[bytes]) -> None:
        """Note what an erasure touched."""
        self.erased = True
        self.touched.setdefault(lane, []).extend(subjects)


def control_event(event: Event, body: Body, received_at: int | None = None) -> ControlEvent:
    """Return an event as the key ring reads it; it must have its body."""
    assert event.body is not None, "a control event without a body says nothing"
    return ControlEvent(
        id=event.id, space=event.space, plain=event.body, body=body, received_at=received_at
    )


def proves_erasure(identity: Identity, event: EventId, raw: bytes) -> bool:
    """Say whether another device of the person erased everything.

    Args:
        identity: Who this device is, with its vault keys.
        event: Id of the ``space_erased``.
        raw: Its body, as the server relayed it.

    Returns:
        Whether a MAC says so under the newest key that this device trusts: older ones may be known
        to a device that was removed.
    """
    body = body_from_bytes(raw)
    if body is None or not isinstance(body.data, SpaceErased) or body.subject != identity.space:
        return False
    said = ControlEvent(id=event, space=identity.space, plain=raw, body=body)
    is_newest = body.mac is not None and body.mac.key == identity.trusted_key
    return is_newest and is_proven(identity.vault_key(identity.trusted_key), said)


def is_in_force(ring: KeyRing, row: Row, body: Body) -> bool:
    """Say whether a control event is the word of somebody who held the newest key.

    Args:
        ring: As this device sees it.
        row: The event's row.
        body: What it says.

    Returns:
        In ``self``, whether its key was the newest at its place; elsewhere, whether it was by the
        server's clock.
    """
    if row.event.lane == SELF:
        return row.event.id in ring.in_force
    if body.mac is None or row.event.body is None:
        return False
    event = control_event(row.event, body)
    return is_proven(ring.keys.get(body.mac.key), event) and ring.may_order(
        body.mac.key, row.received_at
    )


def obey(conn: Connection, vault: Vault, lane: str, orders: Collection[Order]) -> Obeyed:
    """Do what control events ask that are in force, in lane order.

    Args:
        conn: The store, inside a write transaction that already holds the rows.
        vault: The keys; new ones are in the identity file, fsynced, before this returns.
        lane: The lane of the events.
        orders: Control events that came now.

    Returns:
        What they changed; what new keys unlocked is folded already.
    """
    obeyed = Obeyed()
    if not orders:
        return obeyed
    ring = key_ring(conn, vault)
    if lane == SELF:
        obeyed.has_keys = True
        take_keys(conn, vault, ring)
        _erase(conn, ring, _waiting(conn), obeyed)
    _erase(conn, ring, orders, obeyed)
    return obeyed


def _erase(conn: Connection, ring: KeyRing, orders: Iterable[Order], obeyed: Obeyed) -> None:
    for row, body in orders:
        lane = row.event.lane
        match body.data:
            case SubjectErased(events=named) if is_in_force(ring, row, body):
                ids = [id_from_text(each) for each in named]
                obeyed.note_erased(lane, erase_events(conn, lane, ids))
            case _:
                pass


def _waiting(conn: Connection) -> list[Order]:
    """Erasures that were not carried out: they came before the key that proves them."""
    orders = _erasures(conn, "held IS NULL", ())
    return [order for _, order in orders if not _is_carried_out(conn, order)]


def _erasures(
    conn: Connection, where: str, parameters: tuple[SqlValue, ...]
) -> list[tuple[int, Order]]:
    rows = conn.execute(
        f"SELECT pos, {ROW_COLUMNS} FROM event WHERE type = 'subject_erased' AND {LIVE}"
        f" AND seq IS NOT NULL AND {where} ORDER BY pos",
        parameters,
    )
    found = [(pos, row_from_values(values)) for pos, *values in rows.fetchall()]
    return [
        (pos, (row, body))
        for pos, row in found
        if (body := body_from_bytes(row.event.body)) is not None
    ]


def _is_carried_out(conn: Connection, order: Order) -> bool:
    _, body = order
    if not isinstance(body.data, SubjectErased):
        return True
    named = {id_from_text(each) for each in body.data.events}
    return named <= erased_among(conn, named)


def own_erasures(conn: Connection, device: bytes, after: int) -> list[tuple[int, Order]]:
    """Return the erasures that rows say this device ordered, by the position behind ``after``.

    Only those whose words it erased itself: a row in its name may be somebody else's.
    """
    orders = _erasures(conn, "held IS NULL AND pos > ? AND device = ?", (after, device))
    return [(pos, order) for pos, order in orders if _is_carried_out(conn, order)]
