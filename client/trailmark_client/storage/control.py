"""Orders to erase, as signed statements name them: carried out, and said again where they fell.

The ``subject_erased`` in the lane of the words is what the server and members see. This device
obeys the statement alone, so that neither an operator nor a device that was removed erases words.
"""

from __future__ import annotations

import base64
from collections.abc import Collection
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.storage.erasure import erase_events, erased_among, staying_among
from trailmark_client.storage.held import drop_settled
from trailmark_client.storage.read_models import body_from_bytes, refold
from trailmark_client.storage.rows import places
from trailmark_client.storage.settings import set_setting, setting
from trailmark_shared.device_graph.statements import Erased
from trailmark_shared.errors import ErrorCode
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.ids import SELF, id_from_text

_SAID: Final = "orders_said"


def carry_out(conn: Connection, order: Erased) -> bool:
    """Erase what an order names and is still here; its subjects are folded anew.

    Args:
        conn: The store, inside a write transaction.
        order: One that is to be obeyed.

    Returns:
        Whether something was left to erase: pay the cleaning that is owed after the commit.
    """
    named = frozenset(order.events)
    left = named - erased_among(conn, named)
    left -= staying_among(conn, order.lane, left)
    if left:
        touched = erase_events(conn, order.lane, sorted(left))
        # A row that was held back for its words alone waits for nothing any more.
        refold(conn, order.lane, touched + drop_settled(conn, order.lane))
    return bool(left)


def unnamed_among(conn: Connection, order: Erased) -> list[bytes]:
    """Return the events of an order that stand here without words and that no event names."""
    marks = places(len(order.events))
    rows = conn.execute(
        "SELECT DISTINCT id FROM event AS e WHERE lane = ? AND body IS NULL"
        " AND (code IS NULL OR code = ?) AND seq IS NOT NULL AND held IS NULL"
        f" AND id IN ({marks}) AND NOT EXISTS (SELECT 1 FROM event AS r"
        " WHERE r.id = e.id AND r.body IS NOT NULL)",
        (order.lane, ErrorCode.ERASED, *order.events),
    ).fetchall()
    stubs = {event for (event,) in rows}
    if not stubs:
        return []
    said = conn.execute(
        "SELECT body FROM event WHERE lane = ? AND type = 'subject_erased'", (order.lane,)
    ).fetchall()
    for (plain,) in said:
        body = body_from_bytes(plain)
        if body is not None and isinstance(body.data, SubjectErased):
            stubs -= {id_from_text(each) for each in body.data.events}
    return sorted(stubs)


def orders_said(conn: Connection) -> list[Erased]:
    """Return the orders that this device gave, under whatever id."""
    kept = setting(conn, _SAID)
    return [] if kept is None else msgspec.msgpack.decode(base64.b64decode(kept), type=list[Erased])


def orders_to_tell(conn: Connection, *, has_copy: bool) -> list[Erased]:
    """Return the orders of this device, without those about what stays on it unseen.

    Args:
        conn: The store.
        has_copy: A private copy goes to the server, so that it and the others see what was erased.
    """
    said = orders_said(conn)
    return [each for each in said if has_copy or was_ever_sent(conn, each.lane, each.events)]


def keep_order_said(conn: Connection, order: Erased) -> None:
    """Remember an order, for it may have to be said again."""
    said = msgspec.msgpack.encode([*orders_said(conn), order])
    set_setting(conn, _SAID, base64.b64encode(said).decode())


def was_ever_sent(conn: Connection, lane: str, events: Collection[bytes]) -> bool:
    """Say whether another device may have words: what never left this one is nobody's business."""
    if lane != SELF:
        return True
    rows = conn.execute("SELECT id FROM event WHERE lane = ? AND seq IS NOT NULL", (lane,))
    return not {event for (event,) in rows}.isdisjoint(events)
