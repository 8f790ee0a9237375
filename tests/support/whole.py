"""One person with a phone and a laptop, and a therapist's server: all as real processes.

What belongs together is made once for a test run and copied for each test, since letting two
devices in takes longer than most tests.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Self

import msgspec

from tests.support.cluster import home_server
from tests.support.processes import DeviceFolder, ServerProcess, add_device, connect
from trailmark_adapters.clock import SystemClock
from trailmark_adapters.randomness import SystemRandomness
from trailmark_client.app import open_app
from trailmark_client.storage.event_log import Words, append_own
from trailmark_client.storage.read_models import body_from_bytes
from trailmark_server.stores import open_stores
from trailmark_shared import limits
from trailmark_shared.ids import PLAIN, EventId, Lane, id_from_text, is_shared


class World:
    """A server, a phone and a laptop.

    Attributes:
        root: Folder of everything.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.server = home_server(root / "server")
        self.phone = DeviceFolder(root / "phone")
        self.laptop = DeviceFolder(root / "laptop")

    @property
    def devices(self) -> tuple[DeviceFolder, DeviceFolder]:
        return self.phone, self.laptop

    @property
    def care(self) -> Lane:
        """The lane that the therapist reads."""
        lanes = self.phone.run("status")["lanes"]
        return next(Lane(each["lane"]) for each in lanes if each["lane"].startswith("care/"))

    def copied(self, root: Path) -> World:
        """Return a copy; the server stands still here and there."""
        shutil.copytree(self.root, root)
        return World(root)

    def begin(self) -> Self:
        """Start the server, wherever there is a free port, and tell the devices where."""
        self.server.start()
        for device in self.devices:
            move_home(device, self.server)
        return self

    def settle(self, *order: DeviceFolder) -> None:
        """Let everything be exchanged, without faults."""
        for device in (order or self.devices) * 2:
            device.run("sync")

    def check(self) -> None:
        """Assert that all three hold the same, each thing once, and that all of it verifies."""
        assert self.phone.state_hashes() == self.laptop.state_hashes()
        for lane, shown in self.phone.state_hashes().items():
            assert not is_shared(lane) or shown == server_state_hash(self.server, self.phone, lane)
        for device in self.devices:
            assert 0 == outbox(device.database)
            assert 0 == held_back(device.database)
            assert {} == doubles(device.database)
            assert set() == written(self.server.database) ^ written(device.database)
            device.run("verify")
        assert {} == doubles(self.server.database)
        self.server.admin("verify")


def make_world(root: Path) -> World:
    """Make a world: two devices let in, the therapist too, and the server stopped again."""
    world = World(root)
    world.server.start()
    try:
        connect(world.server, world.phone)
        add_device(world.phone, world.laptop)
    finally:
        world.server.stop()
    return world


def move_home(device: DeviceFolder, server: ServerProcess) -> None:
    """Tell a device that its home server is reached elsewhere now."""
    file = device.identity_file
    if file.exists() and file.current.server is not None:
        home = msgspec.structs.replace(file.current.server, url=server.url)
        file.update(lambda current: msgspec.structs.replace(current, server=home))


def record_bytes(device: DeviceFolder, lane: Lane, body: bytes) -> EventId:
    """Record a body as it is, as a later version or a defect of the program would."""
    known = body_from_bytes(body)
    columns = (None,) * 3 if known is None else (known.type, known.subject, known.day)
    with open_app(device.home) as app:
        words = Words(
            id=EventId(app.randomness.token(limits.ID_BYTES)),
            key=PLAIN,
            salt=app.randomness.token(limits.SALT_BYTES),
            body=body,
            type=columns[0],
            subject=columns[1],
            day=columns[2],
        )
        app.write(lambda conn: append_own(conn, app.identity, lane, words))
    return words.id


def server_state_hash(server: ServerProcess, device: DeviceFolder, lane: str) -> str:
    """Return the state hash of the documents that the server holds of a shared lane."""
    space = device.identity_file.current.space

    async def ask() -> bytes:
        place = server.data, SystemClock(), SystemRandomness(), server.databases
        async with open_stores(*place) as stores:
            return await stores.events.state_hash(space, Lane(lane))

    return asyncio.run(ask()).hex()


def bodies(database: Path) -> Counter[bytes]:
    """Return how many rows with a body each event id has."""
    with closing(sqlite3.connect(database)) as conn:
        rows = conn.execute("SELECT id FROM event WHERE body IS NOT NULL")
        return Counter(event for (event,) in rows)


def written(database: Path) -> set[bytes]:
    """Return the ids of all events whose words are here."""
    return set(bodies(database))


def doubles(database: Path) -> dict[bytes, int]:
    """Return the ids that stand here with a body more than once."""
    return {event: count for event, count in bodies(database).items() if count > 1}


def outbox(database: Path) -> int:
    """Return how many events of a device have no row yet."""
    return _count(database, "seq IS NULL")


def held_back(database: Path) -> int:
    """Return how many rows a device keeps that the server does not know."""
    return _count(database, "held IS NOT NULL")


def _count(database: Path, where: str) -> int:
    with closing(sqlite3.connect(database)) as conn:
        return conn.execute(f"SELECT count(*) FROM event WHERE {where}").fetchone()[0]  # noqa: S608


def events_of(answer: dict[str, list[str]]) -> set[bytes]:
    """Return the ids of the events that a command said it saved."""
    return {id_from_text(each) for each in answer["events"]}
