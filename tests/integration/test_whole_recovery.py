"""All devices are lost: what a code on paper brings back, and what it does not."""

import json
import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import httpx
import pytest

from tests.integration.test_whole_full_disks import small_disk
from tests.support.cluster import home_server
from tests.support.processes import DeviceFolder, ServerProcess, add_device, connect, settled
from tests.support.whole import events_of, written
from trailmark_client.cli.failures import STORAGE
from trailmark_shared import limits
from trailmark_shared.codes import recovery_code_from_text
from trailmark_shared.recovery import recovery_secrets


@pytest.fixture
def server(tmp_path: Path) -> Generator[ServerProcess]:
    with home_server(tmp_path / "server") as running:
        yield running


@pytest.fixture
def phone(tmp_path: Path, server: ServerProcess) -> DeviceFolder:
    device = DeviceFolder(tmp_path / "phone")
    connect(server, device)
    return device


def code_of(device: DeviceFolder) -> str:
    return device.run("recovery", "new", "--yes", "--confirm")["code"]


def test_a_code_brings_everything_back_and_the_lost_device_is_shut_out(
    server: ServerProcess, phone: DeviceFolder, tmp_path: Path
) -> None:
    phone.run("private-copy", "on")
    before = events_of(phone.run("reflect", "before the code was made"))
    code = code_of(phone)
    phone.run("device", "rotate-keys")
    later = events_of(phone.run("reflect", "with a key that came later"))
    phone.run("sync")

    found = DeviceFolder(tmp_path / "found")
    recovered = found.run("recover", server.url, typed=code)
    (lost,) = (each["id"] for each in found.run("device", "list")["devices"] if not each["current"])
    removed = found.run("device", "remove", lost)

    assert (True, True) == (recovered["private_copy"], recovered["synced"])
    assert before | later <= written(found.database)
    assert "with a key that came later" in str(found.run("timeline"))
    assert removed["keys_changed"]
    assert phone.refused("sync") in {"signed_out", "not_signed_in"}
    assert found.run("verify")["ok"]


def test_who_found_the_code_shuts_no_device_out_and_is_told_of(
    server: ServerProcess, phone: DeviceFolder, tmp_path: Path
) -> None:
    """A restored server, or a finder, may name the id of a device that is signed in."""
    code = code_of(phone)
    secrets = recovery_secrets(recovery_code_from_text(code))
    (device,) = phone.run("device", "list")["devices"]
    asked = {
        "lookup": secrets.lookup.hex(),
        "authenticator": secrets.authenticator.hex(),
        "device": device["id"],
        "device_name": "phone",
    }
    taken = httpx.post(server.url + "/api/recover", json=asked)
    own = phone.run("recover", server.url, typed=code)
    found = DeviceFolder(tmp_path / "found")
    found.run("recover", server.url, typed=code)
    told = [phone.attempt("sync").stderr for _ in range(2)]

    assert (401, "signed_out") == (taken.status_code, taken.json()["code"])
    assert device["id"] == own["device"]
    assert ["let a device in" in each for each in told] == [True, False]


def test_a_copy_that_renewed_the_credential_first_is_shut_out_by_the_code(
    server: ServerProcess, phone: DeviceFolder, tmp_path: Path
) -> None:
    code = code_of(phone)
    (before,) = phone.run("device", "list")["devices"]
    shutil.copytree(phone.home, tmp_path / "copy")
    copy = DeviceFolder(tmp_path / "copy")
    server.stop()
    server.shift_s = 2 * limits.CREDENTIAL_RENEW_MS // 1000
    server.start()
    for _ in range(2):
        copy.run("sync")
    assert "not_signed_in" == phone.refused("sync")

    recovered = phone.run("recover", server.url, typed=code)

    assert before["id"] != recovered["device"]
    assert "signed_out" == copy.refused("sync")
    phone.run("device", "remove", before["id"])
    assert [recovered["device"]] == [each["id"] for each in phone.run("device", "list")["devices"]]
    assert phone.run("verify")["ok"]


def test_a_device_that_came_back_is_not_called_keyless_by_one_that_has_not_heard(
    server: ServerProcess, phone: DeviceFolder, tmp_path: Path
) -> None:
    add_device(phone, DeviceFolder(tmp_path / "laptop"))
    code = code_of(phone)
    found = DeviceFolder(tmp_path / "found")
    found.run("recover", server.url, typed=code)

    listed = phone.run("device", "list")["devices"]

    assert [True] * 3 == [each["has_key"] for each in listed]


def test_without_a_private_copy_only_what_was_shared_comes_back(
    server: ServerProcess, phone: DeviceFolder, tmp_path: Path
) -> None:
    goal = phone.run("goal", "add", "Sleep better", "--share")["id"]
    secret = events_of(phone.run("reflect", "only on this device"))
    code = code_of(phone)
    shutil.rmtree(phone.home)

    found = DeviceFolder(tmp_path / "found")
    recovered = found.run("recover", server.url, typed=code)

    assert not recovered["private_copy"]
    assert [goal] == [each["id"] for each in found.run("goal", "list")["goals"]]
    assert not secret & written(found.database)


@pytest.mark.parametrize("form", [(), ("--json",)])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_code_that_could_not_be_shown_takes_no_place(
    phone: DeviceFolder,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    form: tuple[str, ...],
) -> None:
    monkeypatch.setenv("TRAILMARK_HOME", str(phone.home))
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    words = ("recovery", "new", "--yes", "--confirm", *form)
    command = [sys.executable, "-m", "trailmark_client", *words]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, check=False)

    assert STORAGE == done.returncode
    assert "no room left" in capfd.readouterr().err
    assert not phone.run("recovery", "status")["exists"]


def test_a_code_whose_page_cannot_be_written_is_told_all_the_same(
    server: ServerProcess, phone: DeviceFolder, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", kilobytes=16) as disk:
        disk.fill(leave=0)
        page = tmp_path / "disk" / "page.txt"
        made = phone.attempt("recovery", "new", "--yes", "--confirm", "--page", str(page))
        assert not page.exists()

    assert "could not be written" in made.stderr
    told = json.loads(made.stdout)
    found = DeviceFolder(tmp_path / "found")
    assert (None, 0) == (told["page"], made.returncode)
    assert found.run("recover", server.url, typed=told["code"])["synced"]


def test_a_replaced_code_opens_nothing(
    server: ServerProcess, phone: DeviceFolder, tmp_path: Path
) -> None:
    old, new = code_of(phone), code_of(phone)
    found = DeviceFolder(tmp_path / "found")

    assert "wrong_code" == found.refused("recover", server.url, typed=old)
    assert found.run("recover", server.url, typed=new)["synced"]


def test_a_restored_server_knows_the_code_that_was_made_last(
    server: ServerProcess, phone: DeviceFolder, tmp_path: Path
) -> None:
    """The keys store is of today, the log of yesterday."""
    old = code_of(phone)
    server.stop()
    yesterday = tmp_path / "yesterday"
    shutil.copytree(server.data, yesterday)
    server.start()
    new = code_of(phone)
    server.stop()
    for name in ("trailmark.db", "trailmark.db-wal", "trailmark.db-shm"):
        (server.data / name).unlink(missing_ok=True)
        if (yesterday / name).exists():
            shutil.copy(yesterday / name, server.data / name)
    server.start()
    found = DeviceFolder(tmp_path / "found")

    assert "wrong_code" == found.refused("recover", server.url, typed=old)
    assert found.run("recover", server.url, typed=new)["synced"]


def test_a_device_that_the_server_forgot_comes_back_with_the_code(
    server: ServerProcess, phone: DeviceFolder, tmp_path: Path
) -> None:
    """Its only device is signed out; nothing that was not sent is lost."""
    phone.run("private-copy", "on")
    code = code_of(phone)
    tablet = DeviceFolder(tmp_path / "tablet")
    add_device(phone, tablet)
    (mine,) = (each["id"] for each in phone.run("device", "list")["devices"] if each["current"])
    tablet.run("device", "remove", mine)
    unsent = events_of(phone.run("win", "written while signed out"))

    phone.run("recover", server.url, typed=code)
    settled(tablet, phone)

    assert unsent <= written(tablet.database)
