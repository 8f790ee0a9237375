"""Three servers on one PostgreSQL behind a proxy: one is killed, comes back, nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.support.instances import Instances, running_instances
from tests.support.postgres import PostgresServer
from tests.support.processes import EVERYTHING, DeviceFolder, add_device, invitation, settled
from trailmark_server.settings import Databases
from trailmark_shared.ids import SELF

REASON = ("--reason", "new-insight")


@pytest.fixture
def databases(postgres: PostgresServer) -> Generator[Databases]:
    async def made() -> Databases:
        return Databases(main=await postgres.create("main"), keys=await postgres.create("keys"))

    async def dropped(held: Databases) -> None:
        await postgres.drop(held.main)
        await postgres.drop(held.keys)

    held = asyncio.run(made())
    yield held
    asyncio.run(dropped(held))


@pytest.fixture
def instances(tmp_path: Path, databases: Databases) -> Generator[Instances]:
    with running_instances(tmp_path, databases) as running:
        yield running


@pytest.fixture
def devices(instances: Instances, tmp_path: Path) -> tuple[DeviceFolder, DeviceFolder]:
    """Two devices of one person who lets a therapist in, all of it through the proxy."""
    phone, laptop = DeviceFolder(tmp_path / "phone"), DeviceFolder(tmp_path / "laptop")
    phone.run("connect", instances.url, invitation(instances.admin), *EVERYTHING)
    add_device(phone, laptop)
    return phone, laptop


def test_one_is_killed_and_comes_back_while_two_devices_write(
    instances: Instances, devices: tuple[DeviceFolder, DeviceFolder]
) -> None:
    phone, laptop = devices
    goal = phone.run("goal", "add", "Sleep better", "--share")["id"]
    settled(phone, laptop)

    killed = instances.each[1]
    killed.kill()
    for number in range(3):
        phone.run("check-in", goal, str(number + 3))
        laptop.run("reflect", f"evening {number}")
        phone.run("sync")
    killed.start()
    instances.proxy.ports[1] = killed.port
    instances.each[2].stop()
    laptop.run("goal", "reword", goal, "Wake up rested", *REASON)
    hashes = settled(phone, laptop)

    assert {SELF} < set(hashes)
    for device in devices:
        device.run("verify")
    found = instances.admin.admin("verify")
    assert ([], True) == (found["findings"], found["ok"])


def test_a_device_that_is_signed_out_at_one_is_out_at_all(
    instances: Instances, devices: tuple[DeviceFolder, DeviceFolder]
) -> None:
    phone, laptop = devices
    listed = phone.run("device", "list")["devices"]
    other = next(each for each in listed if not each["current"])
    phone.run("device", "remove", other["id"])

    for _ in instances.each:  # the proxy takes another one each time
        assert laptop.refused("sync") in {"signed_out", "not_signed_in"}
