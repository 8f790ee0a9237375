"""The server's signing key is replaced: devices follow it, and refuse a server that lost it."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.support.processes import DeviceFolder, add_device, invitation
from tests.support.whole import World, events_of, written
from trailmark_server.stores import KEYS_FILE, MAIN_FILE

FINDINGS_EXIT = 1
LOOKS = 100


def keep(world: World, *names: str) -> Path:
    """Return a folder with copies of the server's files, taken while it stood still."""
    folder = world.root / "kept"
    folder.mkdir()
    world.server.stop()
    for name in names:
        for each in world.server.data.glob(f"{name}*"):
            shutil.copy2(each, folder / each.name)
    world.server.start()
    return folder


def put_back(world: World, folder: Path, name: str) -> None:
    """Put one file of the server back; what is there now is kept in ``folder`` with ``.new``."""
    world.server.stop()
    shutil.copy2(world.server.data / name, folder / f"{name}.new")
    for each in world.server.data.glob(f"{name}*"):
        each.unlink()
    shutil.copy2(folder / name, world.server.data / name)
    world.server.start()


def pinned(device: DeviceFolder) -> str:
    server = device.identity_file.current.server
    assert server is not None
    return server.signing_key.hex()


def follow(device: DeviceFolder, key: str) -> None:
    """Sync until the running server has noticed what the command beside it did.

    A session in which it notices ends early.
    """
    for _ in range(LOOKS):
        device.attempt("sync")
        if pinned(device) == key:
            return
    raise AssertionError("the server goes on with its former key")


def test_devices_follow_a_new_key_by_themselves(world: World) -> None:
    saved = events_of(world.phone.run("win", "under the first key"))
    world.settle()
    keys = [world.server.admin("rotate-signing-key")["key"] for _ in range(2)]
    saved |= events_of(world.phone.run("win", "under the third"))

    for device in world.devices:
        follow(device, keys[1])
    world.settle()

    assert [keys[1]] * 2 == [pinned(device) for device in world.devices]
    assert set() == saved - written(world.server.database)
    world.check()


def test_a_log_of_before_the_rotation_is_healed_with_heads_of_the_former_key(world: World) -> None:
    folder = keep(world, MAIN_FILE)
    saved = events_of(world.phone.run("win", "signed by the former key"))
    world.phone.run("sync")
    world.server.admin("rotate-signing-key")

    put_back(world, folder, MAIN_FILE)
    world.settle()

    assert set() == saved - written(world.server.database)
    world.check()


def test_a_server_with_older_keys_is_refused_until_it_has_the_right_ones(world: World) -> None:
    folder = keep(world, KEYS_FILE)
    key = world.server.admin("rotate-signing-key")["key"]
    follow(world.phone, key)
    put_back(world, folder, KEYS_FILE)
    saved = events_of(world.phone.run("win", "not for a server like that"))

    assert "unknown_signing_key" == world.phone.refused("sync")
    assert saved.isdisjoint(written(world.server.database))
    verified = world.server.attempt("verify")
    assert FINDINGS_EXIT == verified.returncode
    assert "succession.key" in verified.stdout

    world.server.stop()
    shutil.copy2(folder / f"{KEYS_FILE}.new", world.server.data / KEYS_FILE)
    world.server.start()
    world.settle()
    assert [key] * 2 == [pinned(device) for device in world.devices]
    assert set() == saved - written(world.server.database)
    world.check()


def test_a_listed_key_that_nobody_has_is_taken_off_the_list_as_the_page_says(world: World) -> None:
    """An early version listed keys that it had made beside a log of others'."""
    page = Path("docs/operating.md").read_text(encoding="utf-8")
    (statement,) = re.findall(r"sqlite3 DIR/trailmark\.db \"(.+)\"", page)
    key = bytes(range(32))
    on_log(world, "INSERT INTO known_signing_key (key) VALUES (?)", key)
    refused = world.server.attempt("verify")
    (finding,) = json.loads(refused.stdout)["findings"]
    named = re.findall(r"[0-9a-f]{64}", finding["detail"])
    assert ("succession.key", [key.hex()]) == (finding["column"], named)
    assert ["heads"] == bad(world)

    on_log(world, statement.replace("KEY", key.hex()))

    assert world.server.admin("verify")["ok"]
    assert [] == bad(world)
    world.server.start()
    world.settle()
    world.check()


def bad(world: World) -> list[str]:
    checks = json.loads(world.server.attempt("doctor").stdout)["checks"]
    return [each["name"] for each in checks if each["state"] == "bad" and each["name"] == "heads"]


def on_log(world: World, statement: str, *values: bytes) -> None:
    """Let an operator do something to a stopped server's log."""
    world.server.stop()
    with closing(sqlite3.connect(world.server.data / MAIN_FILE)) as conn, conn:
        conn.execute(statement, values)


def test_whoever_joins_later_pins_the_newest_key(world: World) -> None:
    """Also from a device that has not spoken with the server since."""
    key = world.server.admin("rotate-signing-key")["key"]
    follow(world.laptop, key)
    tablet, stranger = (DeviceFolder(world.root / name) for name in ("tablet", "stranger"))
    add_device(world.phone, tablet)
    stranger.run("connect", world.server.url, invitation(world.server), "--yes")
    world.phone.run("connect", world.server.url, invitation(world.server), "--yes")

    assert [key] * 3 == [pinned(device) for device in (world.phone, tablet, stranger)]
    tablet.run("verify")
