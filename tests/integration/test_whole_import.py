"""An import reaches every device of the person: what was shared then, too, and nobody else."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.support.cluster import home_server
from tests.support.processes import DeviceFolder, ServerProcess, add_device, connect, let_in

pytestmark = pytest.mark.timeout(300)
"""Each lets dozens of processes run, one after the other."""

WHY = ("--reason", "new-insight")


@pytest.fixture
def server(tmp_path: Path) -> Generator[ServerProcess]:
    with home_server(tmp_path / "server") as running:
        yield running


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """An export of somebody who shared with a therapist elsewhere."""
    old = DeviceFolder(tmp_path / "old")
    with home_server(tmp_path / "elsewhere") as server:
        connect(server, old)
        goal = old.run("goal", "add", "Two walks a week", "--share")["id"]
        old.run("check-in", goal, "4", "--note", "Round the lake")
        old.run("win", "I called her back")
        old.run("reflect", "For me alone")
        old.run("sync")
        old.run("goal", "reword", goal, "Three walks a week", *WHY)
    return Path(old.run("export", str(tmp_path / "everything.json"))["file"])


@pytest.fixture
def phone(tmp_path: Path, server: ServerProcess, export: Path) -> DeviceFolder:
    """A phone with the import, at home on a server of another therapist."""
    device = DeviceFolder(tmp_path / "phone")
    device.run("import", str(export))
    connect(server, device)
    return device


def shown(device: DeviceFolder) -> list[tuple[str, ...]]:
    """All that a device shows, each thing with its lane; what is written here is left out."""
    names = ("event", "lane", "sentence", "by")
    lines: list[dict[str, Any]] = device.run("timeline", "--whole")["events"]
    return sorted(tuple(str(each[name]) for name in names) for each in lines)


def settle(*devices: DeviceFolder) -> None:
    for device in devices * 2:
        device.run("sync")


def lanes(device: DeviceFolder) -> dict[str, dict[str, Any]]:
    return {each["lane"]: each for each in device.run("status")["lanes"]}


def test_a_second_device_and_a_recovery_bring_what_was_shared_before(
    server: ServerProcess, phone: DeviceFolder, tmp_path: Path
) -> None:
    laptop, found = DeviceFolder(tmp_path / "laptop"), DeviceFolder(tmp_path / "found")
    add_device(phone, laptop)
    settle(phone, laptop)
    code = phone.run("recovery", "new", "--yes", "--confirm")["code"]
    recovered = found.run("recover", server.url, typed=code)

    assert recovered["synced"]
    settle(found)
    assert shown(phone) == shown(laptop) == shown(found)
    assert "I called her back" in str(found.run("timeline"))
    for device in (phone, laptop, found):
        old = [each for each in lanes(device).values() if each["archived"]]
        assert [(True, False)] == [(each["carried"], each["sends"]) for each in old]
        assert device.run("verify")["ok"]
    assert phone.state_hashes() == laptop.state_hashes()
    # Whoever was let in here sees nothing of it.
    assert len([each for each in lanes(phone) if each.startswith("care/")]) == 2
    assert b"I called her back" not in server.database.read_bytes()


def test_two_devices_that_imported_the_same_become_one_persons(
    phone: DeviceFolder, export: Path, tmp_path: Path
) -> None:
    laptop = DeviceFolder(tmp_path / "laptop")
    laptop.run("import", str(export))
    laptop.run("reflect", "Written beside it")
    phone.run("private-copy", "on")
    phone.run("sync")
    assert let_in(phone.run("device", "invite"), phone, laptop)["joined"]
    settle(phone, laptop)

    assert shown(phone) == shown(laptop)
    assert "Written beside it" in str(phone.run("timeline"))
    assert phone.state_hashes() == laptop.state_hashes()
    for device in (phone, laptop):
        assert device.run("verify")["ok"]
        assert device.run("status")["warnings"] == []


def test_what_is_erased_on_one_device_is_gone_from_all(phone: DeviceFolder, tmp_path: Path) -> None:
    laptop, late = DeviceFolder(tmp_path / "laptop"), DeviceFolder(tmp_path / "late")
    add_device(phone, laptop)
    settle(phone, laptop)
    goal = laptop.run("goal", "list")["goals"][0]["id"]
    laptop.run("erase", goal, "--yes")
    settle(laptop, phone)
    assert let_in(phone.run("device", "invite"), phone, late)["joined"]
    settle(late, phone, laptop)

    assert shown(phone) == shown(laptop) == shown(late)
    for device in (phone, laptop, late):
        told = str(device.run("log", "--limit", "1000"))
        assert "walks a week" not in told
        assert "I called her back" in str(device.run("timeline"))
        assert device.run("verify")["ok"]
