"""Which orders to erase still exist at the end of a run: no device obeys a server alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trailmark_client.storage.control import orders_said
from trailmark_shared.device_graph.statements import Erased
from trailmark_shared.events.codec import decode_body
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.ids import id_from_text

if TYPE_CHECKING:
    from tests.simulation.world import World
    from trailmark_server.storage.ports import Finding

_LOSSES: Final = ("restore_device", "restore_both", "destroy", "remove")
"""Faults that take away what a device knew."""


def ordered_by_device(world: World) -> set[bytes]:
    """Return the events that are named by orders which were not lost, void ones too.

    An order is what a device signed; one that is alone signs none, and keeps it to be signed once
    others come. Where its store was put back to before that, or is gone, nobody has it but the
    server, and words that a backup brought back stay. Where no store was, none may be lost.
    """
    ordered = _named_in_lanes(world)
    return ordered & _signed_or_kept(world) if _may_be_lost(world) else ordered


def named_by_lost_orders(world: World) -> set[bytes]:
    """Return the events whose words the server let go by orders that nobody has any more.

    It knows them by its own list where its log, put back as well, has no ``subject_erased`` either.
    Where that was never sent, an offer may have brought rows that the device had emptied before it
    was put back, and then the person alone knows of the order. Neither excuses anything in a run
    in which no order may be lost.
    """
    if not _may_be_lost(world):
        return set()
    listed = world.server.main.file.read(
        lambda conn: conn.execute("SELECT id FROM erased_event").fetchall()
    )
    ordered = set[bytes]().union(*(each.ordered for each in world.devices))
    return ({event for (event,) in listed} | ordered) - ordered_by_device(world)


def emptied_row(world: World, finding: Finding) -> bytes | None:
    """Return the event of a row of the server that stands without its words, else ``None``."""
    if finding.column != "event.body":
        return None
    found = world.server.main.file.read(
        lambda conn: conn.execute(
            "SELECT event.id FROM event JOIN lane ON lane.number = event.lane"
            " WHERE lane.name = ? AND event.seq = ? AND event.body IS NULL",
            (finding.lane, finding.seq),
        ).fetchone()
    )
    return None if found is None else found[0]


def _may_be_lost(world: World) -> bool:
    return any(world.ledger.counts[f"fault {each}"] for each in _LOSSES)


def _named_in_lanes(world: World) -> set[bytes]:
    named: set[bytes] = set()
    erasures = "SELECT body FROM event WHERE type = 'subject_erased' AND body IS NOT NULL"
    for device in world.present:
        for (body,) in device.app.read(lambda conn: conn.execute(erasures).fetchall()):
            data = decode_body(body).data
            assert isinstance(data, SubjectErased)
            named |= {id_from_text(each) for each in data.events}
    return named


def _signed_or_kept(world: World) -> set[bytes]:
    named: set[bytes] = set()
    for device in world.present:
        view = device.app.read(device.app.key_sharing.known).view
        signed = [each.says for each in view.graph.statements]
        for order in (*signed, *device.app.read(orders_said)):
            if isinstance(order, Erased):
                named.update(order.events)
    return named
