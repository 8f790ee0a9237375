"""A server's stores that append for several devices at once: the process whose power is cut.

Run as ``python server.py FOLDER COUNT``; prints ``durable <id>`` for every event whose append
returned, which is when a session answers ``pushed``.
"""

import asyncio
import os
import sys
from pathlib import Path

from tests.support.lane_devices import CARE, LaneDevice, push
from trailmark_adapters.clock import SystemClock
from trailmark_adapters.randomness import SystemRandomness
from trailmark_server.storage.ports import EventStore
from trailmark_server.stores import open_stores
from trailmark_shared.ids import SELF

DEVICES = 3


async def device(store: EventStore, number: int, count: int) -> None:
    """Push one event after the other, and say so after each answer."""
    writer = LaneDevice(SELF if number else CARE, number)
    for turn in range(count):
        if writer.lane == SELF:
            event = writer.seals(300 + 700 * (turn % 5))
        else:
            event = writer.shares(f"Goal {turn}") if turn else writer.grants()
        await push(store, [event])
        os.write(1, b"durable %s\n" % event.id.hex().encode())


async def main() -> None:
    """Append through the real stores with their group commit."""
    async with open_stores(Path(sys.argv[1]), SystemClock(), SystemRandomness()) as stores:
        count = int(sys.argv[2])
        await asyncio.gather(*(device(stores.events, each, count) for each in range(DEVICES)))
        os._exit(0)  # no orderly end: nothing may depend on it


if __name__ == "__main__":
    asyncio.run(main())
