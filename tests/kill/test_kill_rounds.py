"""Killed at random moments, again and again: what was said to be saved and sent is so.

``make kill-rounds`` runs a hundred rounds each; a few of them run with every test.
"""

from collections.abc import Generator
from pathlib import Path
from random import Random
from time import sleep

import pytest

from tests.kill.ledger import Ledger, RecordingDevice
from tests.support.whole import World, make_world, written

LIFE_S = (0.05, 0.6)
ROUNDS = [pytest.param(4, id="a-few"), pytest.param(100, id="hundred", marks=pytest.mark.slow)]


@pytest.fixture
def world(tmp_path: Path) -> Generator[World]:
    made = make_world(tmp_path)
    try:
        yield made.begin()
    finally:
        made.server.kill()


def check(world: World, ledger: Ledger) -> None:
    """Assert that nothing is missing, double or waiting, and that every chain is whole."""
    assert ledger.saved
    assert ledger.sent
    for database in (world.server.database, world.phone.database, world.laptop.database):
        assert set() == (ledger.saved | ledger.sent) - written(database)
    world.check()


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.timeout(1800)
def test_a_killed_client_keeps_all_it_called_saved(world: World, rounds: int) -> None:
    chance, ledger = Random(rounds), Ledger()
    for number in range(rounds):
        folder = world.devices[number % 2]
        device = RecordingDevice(folder.home, ledger)
        sleep(chance.uniform(*LIFE_S))
        device.kill()

        held = written(world.phone.database) | written(world.laptop.database)
        assert set() == ledger.saved - held

    world.settle()
    check(world, ledger)


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.timeout(1800)
def test_a_killed_server_keeps_all_it_called_durable(world: World, rounds: int) -> None:
    chance, ledger = Random(rounds), Ledger()
    devices = [RecordingDevice(each.home, ledger) for each in world.devices]
    try:
        for _ in range(rounds):
            sleep(chance.uniform(*LIFE_S))
            world.server.kill()
            sent = set(ledger.sent)

            assert set() == sent - written(world.server.database)

            world.server.start()
    finally:
        for device in devices:
            device.kill()

    world.settle()
    check(world, ledger)
