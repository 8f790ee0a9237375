"""A network that misbehaves between real processes: everything arrives once, in one order."""

from __future__ import annotations

from collections.abc import Generator
from random import Random

import msgspec
import pytest

from tests.support.faulty_wire import HEALTHY, Fault, FaultyWire, broken_fault
from tests.support.processes import DeviceFolder
from tests.support.whole import World, events_of, outbox, written
from trailmark_client.identity import HomeServer

ROUNDS = 12


@pytest.fixture
def wire(world: World) -> Generator[FaultyWire]:
    """A wire between both devices and the server."""
    with FaultyWire(world.server.port) as made:
        for device in world.devices:
            lead_through(device, made)
        yield made


def lead_through(device: DeviceFolder, wire: FaultyWire) -> None:
    """Tell a device that its home server is reached through the wire."""
    file = device.identity_file
    home = file.current.server
    assert home is not None
    moved = HomeServer(url=wire.url, id=home.id, name=home.name, signing_key=home.signing_key)
    file.update(lambda current: msgspec.structs.replace(current, server=moved))


def write_some(device: DeviceFolder, number: int) -> set[bytes]:
    """Record a little on a device, offline; return the ids of the events."""
    saved = events_of(device.run("reflect", f"Thought number {number}. " * 40))
    return saved | events_of(device.run("goal", "add", f"Goal number {number}"))


@pytest.mark.parametrize("seed", range(3))
def test_connections_that_break_anywhere_lose_and_double_nothing(
    world: World, wire: FaultyWire, seed: int
) -> None:
    random = Random(seed)
    saved: set[bytes] = set()
    for number in range(ROUNDS):
        device = random.choice(world.devices)
        saved |= write_some(device, number)
        wire.fault = broken_fault(random)
        device.attempt("sync")
    wire.fault = HEALTHY
    world.settle()

    assert wire.ended > 0
    assert set() == saved - written(world.server.database)
    world.check()


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(slice_bytes=1), id="a byte at a time"),
        pytest.param(Fault(delay_s=0.02, slice_bytes=1400), id="slow and in small pieces"),
        pytest.param(Fault(late_close_s=0.3), id="closings arrive late"),
    ],
)
def test_a_slow_wire_is_only_slow(world: World, wire: FaultyWire, fault: Fault) -> None:
    wire.fault = fault
    write_some(world.phone, 1)
    world.settle()

    world.check()


def test_a_wire_that_swallows_everything_ends_with_words_and_the_next_sync_sends_it_all(
    world: World, wire: FaultyWire
) -> None:
    """As behind a hotel's gateway: bytes go out, nothing ever comes back."""
    wire.fault = Fault(ends_after=400, end="swallow")
    write_some(world.phone, 1)
    going = world.phone.begin("sync")
    try:
        wire_waits(wire)
        wire.drop_all()
        _, told = going.communicate(timeout=60)
    finally:
        going.kill()
        going.wait()

    assert '"unreachable"' in told
    assert outbox(world.phone.database) > 0
    wire.fault = HEALTHY
    world.settle()
    world.check()


def wire_waits(wire: FaultyWire) -> None:
    """Wait until a connection has vanished into the wire."""
    assert wire.swallowed.wait(timeout=30)
