"""A server that holds something of each kind, and what others can see of it."""

from pathlib import Path

from tests.support.fakes import FakeClock, SeededRandomness
from tests.support.lane_devices import CARE, NOW, SPACE, LaneDevice, push, read_lane
from trailmark_server.settings import Databases
from trailmark_server.stores import open_stores
from trailmark_server.therapists import accounts
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import SELF


def silent(_what: str, _done: int, _total: int) -> None:
    """Show no progress."""


async def filled(
    data: Path, databases: Databases | None = None, seed: int = 1
) -> dict[str, object]:
    """Let a server hold something of each kind; return what others can see of it."""
    async with open_stores(data, FakeClock(NOW), SeededRandomness(seed), databases) as stores:
        care, own = LaneDevice(CARE), LaneDevice(SELF)
        await push(stores.events, [care.grants(), *(care.shares() for _ in range(30))])
        await push(stores.events, [own.seals() for _ in range(30)])
        await stores.keys.revoke_credential(b"r" * 32)
        await stores.accounts.write(
            lambda rows: accounts.add_therapist(rows, b"m" * 16, "Dr Demo", "a@example.org", 1)
        )
    return await seen(data, databases)


async def seen(data: Path, databases: Databases | None = None) -> dict[str, object]:
    """Return what others can see of a server."""
    async with open_stores(data, FakeClock(NOW), SeededRandomness(1), databases) as stores:
        lanes: dict[str, list[Row]] = {
            lane: await read_lane(stores.events, lane) for lane in (SELF, CARE)
        }
        return {
            "lanes": lanes,
            "state": await stores.events.state_hash(SPACE, CARE),
            "keys": await stores.keys.signing_keys(),
            "revoked": await stores.keys.revoked_credentials(),
            "therapists": await stores.accounts.read(lambda rows: list(rows.therapists())),
            "verified": await stores.events.verify(),
        }
