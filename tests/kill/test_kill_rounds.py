"""Killed at random moments, again and again: what was said to be saved and sent is so.

``make kill-rounds`` runs a hundred rounds each; a few of them run with every test.
"""

from collections.abc import Generator
from pathlib import Path
from random import Random
from time import sleep

import pytest

from tests.kill.ledger import Ledger, RecordingDevice, bodies, outbox
from tests.support.processes import DeviceFolder, ServerProcess, add_device, connect

LIFE_S = (0.05, 0.6)
ROUNDS = [pytest.param(4, id="a-few"), pytest.param(100, id="hundred", marks=pytest.mark.slow)]


class World:
    """A server, a phone, a laptop, and the ledger of what they said."""

    def __init__(self, root: Path) -> None:
        self.server = ServerProcess(root / "server")
        self.phone = DeviceFolder(root / "phone")
        self.laptop = DeviceFolder(root / "laptop")
        self.ledger = Ledger()

    def begin(self) -> None:
        self.server.start()
        connect(self.server, self.phone)
        add_device(self.server, self.phone, self.laptop)

    @property
    def log(self) -> Path:
        return self.server.data / "trailmark.db"

    def device(self, folder: DeviceFolder) -> RecordingDevice:
        return RecordingDevice(folder.home, self.ledger)

    def settle(self) -> None:
        """Let everything be exchanged, without faults."""
        for device in (self.phone, self.laptop, self.phone, self.laptop):
            device.run("sync")

    def check(self) -> None:
        """Nothing missing, nothing double, nothing waiting, every chain whole."""
        assert self.ledger.saved
        assert self.ledger.sent <= self.ledger.saved
        for database in (
            self.log,
            self.phone.home / "trailmark.db",
            self.laptop.home / "trailmark.db",
        ):
            held = bodies(database)

            assert not self.ledger.saved - held.keys()
            assert not [event for event, count in held.items() if count > 1]
        for device in (self.phone, self.laptop):
            assert outbox(device.home / "trailmark.db") == 0
            device.run("verify")
        assert self.phone.state_hashes() == self.laptop.state_hashes()
        self.server.admin("verify")


@pytest.fixture
def world(tmp_path: Path) -> Generator[World]:
    made = World(tmp_path)
    try:
        made.begin()
        yield made
    finally:
        made.server.kill()


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.timeout(1800)
def test_a_killed_client_keeps_all_it_called_saved(world: World, rounds: int) -> None:
    chance = Random(rounds)
    for number in range(rounds):
        folder = (world.phone, world.laptop)[number % 2]
        device = world.device(folder)
        sleep(chance.uniform(*LIFE_S))
        device.kill()

        assert not world.ledger.saved - _everything(world)

    world.settle()
    world.check()


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.timeout(1800)
def test_a_killed_server_keeps_all_it_called_durable(world: World, rounds: int) -> None:
    chance = Random(rounds)
    devices = [world.device(world.phone), world.device(world.laptop)]
    try:
        for _ in range(rounds):
            sleep(chance.uniform(*LIFE_S))
            world.server.kill()

            assert not world.ledger.sent - bodies(world.log).keys()

            world.server.start()
    finally:
        for device in devices:
            device.kill()

    world.settle()
    world.check()


def _everything(world: World) -> set[bytes]:
    phone, laptop = (bodies(each.home / "trailmark.db") for each in (world.phone, world.laptop))
    return phone.keys() | laptop.keys()
