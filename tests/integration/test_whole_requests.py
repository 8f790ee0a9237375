"""A network that lets no WebSocket through: devices go over to requests, and nothing is lost."""

from __future__ import annotations

import os
from collections.abc import Generator
from random import Random

import msgspec
import pytest

from tests.integration.test_whole_faulty_wire import lead_through, write_some
from tests.integration.test_whole_restores import kept_copy, put_back, record
from tests.support.devices import add_reflection
from tests.support.faulty_wire import Fault, FaultyWire, broken_fault
from tests.support.whole import World, written
from trailmark_client.app import open_app

NO_UPGRADE = Fault(upgrades=False)


@pytest.fixture
def wire(world: World) -> Generator[FaultyWire]:
    """A wire without WebSockets between both devices and the server."""
    with FaultyWire(world.server.port) as made:
        made.fault = NO_UPGRADE
        for device in world.devices:
            lead_through(device, made)
        yield made
        assert not any(b" 101 " in carried[:20] for carried in made.carried)


def test_two_devices_exchange_everything(world: World, wire: FaultyWire) -> None:
    saved = write_some(world.phone, 1) | write_some(world.laptop, 2)

    assert world.phone.run("sync")["done"]
    world.settle()

    assert set() == saved - written(world.server.database)
    assert requests(wire)
    world.check()


def test_a_long_time_offline_takes_several_requests(world: World, wire: FaultyWire) -> None:
    with open_app(world.phone.home) as app:
        for number in range(1300):
            add_reflection(app, f"Thought {number}")

    world.settle()

    assert requests(wire) > 4
    world.check()


@pytest.mark.parametrize("seed", range(3))
def test_requests_that_break_anywhere_lose_and_double_nothing(
    world: World, wire: FaultyWire, seed: int
) -> None:
    random = Random(seed)
    saved: set[bytes] = set()
    for number in range(10):
        device = random.choice(world.devices)
        saved |= write_some(device, number)
        wire.fault = msgspec.structs.replace(broken_fault(random), slice_bytes=0, upgrades=False)
        device.attempt("sync")
    wire.fault = NO_UPGRADE
    world.settle()

    assert wire.ended > 0
    assert set() == saved - written(world.server.database)
    world.check()


@pytest.mark.parametrize("asked", [1, 2, 3])
def test_a_device_that_is_killed_between_requests_goes_on(
    world: World, wire: FaultyWire, asked: int
) -> None:
    with open_app(world.phone.home) as app:
        for number in range(1300):
            add_reflection(app, f"Thought {number}")
    syncing = world.phone.begin("sync")
    while syncing.poll() is None and requests(wire) < asked:
        os.sched_yield()
    syncing.kill()
    syncing.communicate()

    saved = write_some(world.phone, 1)
    world.settle()

    assert set() == saved - written(world.server.database)
    world.check()


def requests(wire: FaultyWire) -> int:
    """Return how many requests have passed."""
    return sum(carried.count(b"POST /sync") for carried in list(wire.carried))


@pytest.mark.usefixtures("wire")
def test_a_server_of_yesterday_is_healed_by_requests(world: World) -> None:
    saved = record(world.phone, "before")
    world.settle()
    yesterday = kept_copy(world)
    saved |= record(world.phone, "of the phone, today")
    world.phone.run("sync")
    world.laptop.run("sync")
    world.server.stop()
    put_back(yesterday, world.server.data)
    world.server.start()
    saved |= record(world.laptop, "after the restore")

    world.settle(world.laptop, world.phone)

    assert set() == saved - written(world.server.database)
    world.check()
