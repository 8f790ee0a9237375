"""Old copies that come back: of the server's folder, of a device's; nothing is lost or doubled."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.processes import DeviceFolder
from tests.support.whole import World, events_of, written
from trailmark_server.stores import KEYS_FILE


def put_back(kept: Path, place: Path) -> None:
    """Replace a folder by the copy that was kept of it."""
    shutil.rmtree(place)
    shutil.copytree(kept, place)


def kept_copy(world: World) -> Path:
    """Return a copy of the server's folder, taken while the server stood still."""
    copy = world.root / "yesterday"
    world.server.stop()
    shutil.copytree(world.server.data, copy)
    world.server.start()
    return copy


def record(device: DeviceFolder, words: str) -> set[bytes]:
    """Record something shared and something private."""
    win, thought = device.run("win", words), device.run("reflect", words)
    return events_of(win) | events_of(thought)


@pytest.mark.parametrize("keys", ["old-keys", "present-keys"])
@pytest.mark.parametrize("ahead", ["one-ahead", "both-ahead", "unsent-too"])
def test_a_server_of_yesterday_is_healed_by_its_clients(
    world: World, ahead: str, keys: str
) -> None:
    saved = record(world.phone, "before")
    world.settle()
    yesterday = kept_copy(world)
    saved |= record(world.phone, "of the phone, today")
    world.phone.run("sync")
    if ahead != "one-ahead":
        saved |= record(world.laptop, "of the laptop, today")
        world.laptop.run("sync")  # it holds the phone's rows now; the phone lacks its own
    if ahead == "unsent-too":
        saved |= record(world.phone, "not sent before the restore")

    world.server.stop()
    if keys == "present-keys":
        for each in world.server.data.glob(f"{KEYS_FILE}*"):
            shutil.copy2(each, yesterday / each.name)
    put_back(yesterday, world.server.data)
    world.server.start()
    saved |= record(world.laptop, "after the restore")
    world.settle(world.laptop, world.phone)

    assert set() == saved - written(world.server.database)
    world.check()


def test_a_server_restored_twice_is_healed_twice(world: World) -> None:
    yesterday = kept_copy(world)
    saved: set[bytes] = set()
    for day in ("first", "second"):
        saved |= record(world.phone, f"{day} day")
        world.phone.run("sync")
        saved |= record(world.laptop, f"{day} day")
        world.laptop.run("sync")
        world.server.stop()
        put_back(yesterday, world.server.data)
        world.server.start()

    world.settle()

    assert set() == saved - written(world.server.database)
    world.check()


def test_a_copied_folder_becomes_a_replica_of_its_own(world: World) -> None:
    saved = record(world.phone, "not sent when the folder was copied")
    twin = DeviceFolder(world.root / "twin")
    shutil.copytree(world.phone.home, twin.home)
    saved |= record(world.phone, "by the phone")
    saved |= record(twin, "by its twin")

    for device in (world.phone, twin, world.phone, twin, world.laptop):
        device.run("sync")
    saved |= record(twin, "by the twin again") | record(world.phone, "by the phone again")
    world.settle(twin, world.phone, world.laptop)

    assert set() == saved - written(world.server.database)
    assert world.phone.state_hashes() == twin.state_hashes()
    world.check()
    twin.run("verify")


@pytest.mark.parametrize("identity", ["with-identity", "without-identity"])
def test_an_older_copy_of_a_device_catches_up(world: World, identity: str) -> None:
    """What it had sent comes back; what it writes now does not collide with what it wrote then."""
    saved = record(world.phone, "before the backup")
    older = world.root / "older"
    shutil.copytree(world.phone.home, older)
    saved |= record(world.phone, "sent after the backup")
    world.phone.run("sync")
    if identity == "without-identity":
        shutil.copy2(world.phone.identity_file.path, older)
    put_back(older, world.phone.home)

    saved |= record(world.phone, "written by the restored folder")
    world.settle()

    assert set() == saved - written(world.server.database)
    world.check()


def test_a_folder_that_lost_its_identity_is_not_somebody_else(world: World) -> None:
    """A new identity would lock every private entry and call the person's goals a stranger's."""
    before = world.phone.database.read_bytes()
    world.phone.identity_file.path.unlink()

    assert "corrupt_identity" == world.phone.refused("reflect", "hello")
    assert before == world.phone.database.read_bytes()
    assert not world.phone.identity_file.exists()
