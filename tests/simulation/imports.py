"""A former space: some devices begin with an import of it, and at the end all of them show it."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from tests.simulation.ledger import check
from tests.support.imported import import_a_lane
from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.stopping import stop_sharing
from trailmark_client.imported_lanes import is_unsettled, settle_imported
from trailmark_client.queries.lanes import live_grants

if TYPE_CHECKING:
    from tests.simulation.device import SimDevice
    from tests.simulation.world import World

_DEVICES = (1, 1, 2)
"""On how many devices the person imports the same."""

_ROWS = (
    "SELECT lane, seq, id FROM event WHERE lane IN (SELECT lane FROM archived_lane)"
    " AND held IS NULL AND seq IS NOT NULL ORDER BY lane, seq"
)


class Imports:
    """What was imported in a run: in those of one hundred seeds in eight.

    All others are what they were when they found something.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        has_some = world.seed // 100 % 8 == 3
        self._left = Random(f"import {world.seed}").choice(_DEVICES) if has_some else 0

    def begin(self, device: SimDevice) -> None:
        """Let a device that was never used import, if it is one of those that do."""
        if self._left:
            self._left -= 1
            self._world.ledger.counts["imports"] += 1
            import_a_lane(device.app)
            device.app.write(lambda conn: _stop_all(conn, device))

    def is_imported(self, device: SimDevice, lane: str) -> bool:
        """Say whether what is written into a lane goes to no server."""
        known = device.app.read(
            lambda conn: conn.execute("SELECT lane FROM archived_lane").fetchall()
        )
        return (lane,) in known

    def turn(self, device: SimDevice) -> None:
        """Do what follows from an import, here or elsewhere, once everything was exchanged."""
        if device.is_joined and device.status.phase == "live":
            settle_imported(device.app)

    def open_ends(self, device: SimDevice) -> list[str]:
        """Return what of an import is not where it should be, in words."""
        private_copy = device.app.identity.private_copy
        is_open = device.app.read(lambda conn: is_unsettled(conn, private_copy=private_copy))
        return [f"{device.name} has not settled its imports"] if is_open else []

    def judge(self) -> None:
        """Check that every device holds the same of the lanes that were imported.

        Raises:
            BrokenPromiseError: One does not.
        """
        held = {
            tuple(each.app.read(lambda conn: conn.execute(_ROWS).fetchall()))
            for each in self._world.present
        }
        is_same = len(held) <= 1 or not self._world.has_private_copy
        check("I12", is_same, f"devices hold other imported rows: {[len(each) for each in held]}")


def _stop_all(conn: Connection, device: SimDevice) -> None:
    recorder = device.app.recorder
    for each in live_grants(conn, recorder.today()):
        stop_sharing(conn, recorder, each.subject, recorder.now())
