"""Whatever goes wrong around a device gets a name, and what was said to be saved stays saved."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.cluster import home_server
from tests.support.processes import (
    EVERYTHING,
    DeviceFolder,
    invitation,
    let_in,
)
from tests.support.whole import World, doubles, events_of, written
from trailmark_client.app import HOME_VARIABLE
from trailmark_shared import limits

DECADE_S = 10 * 365 * 24 * 3600
UNREACHABLE_EXIT = 5
WRITERS = 4
EACH = 3


# --- the server is away, or another one ---


def test_with_an_unreachable_server_everything_is_saved_here(world: World) -> None:
    world.server.kill()

    answer = world.phone.run("win", "nobody listens")
    done = world.phone.attempt("sync")

    assert (True, 1) == (answer["saved"], answer["unsent"])
    assert UNREACHABLE_EXIT == done.returncode
    error = json.loads(done.stderr)["error"]
    assert "unreachable" == error["code"]
    assert "saved on this device, not sent yet: 1" in error["message"]
    world.server.start()
    world.settle()
    assert events_of(answer) <= written(world.server.database)


def test_a_second_home_server_is_refused_by_name(world: World) -> None:
    before = world.phone.identity_file.path.read_bytes()
    with home_server(world.root / "other") as other:
        code = invitation(other)

        assert "other_home_server" == world.phone.refused("connect", other.url, code, *EVERYTHING)

        assert before == world.phone.identity_file.path.read_bytes()
        # The refusal used nothing up: another person can still be let in with the same code.
        guest = DeviceFolder(world.root / "guest")
        assert guest.run("connect", other.url, code, *EVERYTHING)["let_in"]
    world.phone.run("sync")


def test_another_server_at_the_same_address_is_not_spoken_with(world: World) -> None:
    """Its signing key is not the one that was pinned, and it does not know the device."""
    world.phone.run("win", "before")
    world.server.stop()
    shutil.move(world.server.data, world.root / "kept")
    world.server.start()

    assert "not_signed_in" == world.phone.refused("sync")

    world.server.stop()
    shutil.rmtree(world.server.data)
    shutil.move(world.root / "kept", world.server.data)
    world.server.start()
    world.settle()
    world.check()


# --- codes ---


def test_wrong_used_and_expired_codes_are_one_error(tmp_path: Path) -> None:
    first, second = DeviceFolder(tmp_path / "first"), DeviceFolder(tmp_path / "second")
    with home_server(tmp_path / "server") as server:
        used, old = invitation(server), invitation(server)
        first.run("connect", server.url, used, *EVERYTHING)
        wrong = "BBBBB-BBBBB" if used[0] != "B" else "CCCCC-CCCCC"
        said = [second.attempt("connect", server.url, code, *EVERYTHING) for code in (wrong, used)]
        server.stop()
        server.shift_s = limits.INVITATION_TTL_MS // 1000 + 1
        server.start()
        said.append(second.attempt("connect", server.url, old, *EVERYTHING))

        assert {4} == {each.returncode for each in said}
        assert 1 == len({each.stderr for each in said})
        assert "wrong_code" == json.loads(said[0].stderr)["error"]["code"]
        # Nothing is left of the attempts.
        assert second.run("connect", server.url, invitation(server), *EVERYTHING)["let_in"]


def test_a_device_code_works_once(world: World) -> None:
    invited = world.phone.run("device", "invite")
    code = invited["code"]
    tablet, thief = DeviceFolder(world.root / "tablet"), DeviceFolder(world.root / "thief")
    let_in(invited, world.phone, tablet)

    assert "wrong_code" == thief.refused("device", "join", world.server.url, code)
    assert "wrong_code" == thief.refused("device", "join", world.server.url, "0000-0000")
    world.phone.run("sync")
    assert tablet.state_hashes() == world.phone.state_hashes()


# --- clocks ---


@pytest.mark.parametrize("shift_s", [DECADE_S, -DECADE_S], ids=["ahead", "behind"])
def test_a_clock_ten_years_off_is_no_reason_to_refuse(world: World, shift_s: int) -> None:
    goal = world.phone.run("goal", "add", "Sleep better", "--share")["id"]
    world.settle()
    world.phone.shift_s = shift_s
    world.phone.run("goal", "reword", goal, "Sleep well", "--reason", "new-insight")
    world.phone.run("win", "slept")
    world.settle()
    world.laptop.run("goal", "reword", goal, "Sleep long", "--reason", "new-insight")
    world.settle()

    # The order is the server's: the laptop had seen the phone's words and changed them.
    for device in world.devices:
        shown = device.run("goal", "show", goal)
        assert ("Sleep long", []) == (shown["goal"]["title"], shown["conflicts"])
    world.check()


# --- several writers ---


def test_several_processes_write_in_one_folder_beside_a_watching_one(world: World) -> None:
    watching = world.phone.begin("sync", "--watch")
    try:
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", _WRITER, str(number)],
                env=_home(world.phone),
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(WRITERS)
        ]
        answers = [writer.communicate(timeout=50)[0] for writer in writers]
    finally:
        watching.terminate()
        watching.communicate(timeout=20)

    assert [0] * WRITERS == [writer.returncode for writer in writers]
    lines = [json.loads(line) for answer in answers for line in answer.splitlines()]
    saved = set[bytes]().union(*(events_of(line) for line in lines))
    assert WRITERS * EACH == len(saved)
    world.settle()
    assert set() == saved - written(world.server.database)
    assert {} == doubles(world.phone.database)
    assert 1 == own_epochs(world.phone)
    world.check()


_WRITER = f"""
import sys
from trailmark_client.cli.program import main
sys.exit(max(main(["win", f"{{sys.argv[1]}} {{each}}", "--json"]) for each in range({EACH})))
"""


def _home(device: DeviceFolder) -> dict[str, str]:
    return {**os.environ, HOME_VARIABLE: str(device.home)}


def own_epochs(device: DeviceFolder) -> int:
    """Return under how many numberings a device has written."""
    with closing(sqlite3.connect(device.database)) as conn:
        sql = "SELECT count(DISTINCT epoch) FROM event WHERE device = ?"
        return conn.execute(sql, (device.identity_file.current.device,)).fetchone()[0]


# --- files ---


def newer_schema(database: Path) -> None:
    with closing(sqlite3.connect(database)) as conn:
        conn.execute("PRAGMA user_version = 1000")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if not path.name.endswith((".lock", "-shm", ".json"))
    }


def test_a_newer_schema_is_refused_untouched_on_a_device(world: World) -> None:
    newer_schema(world.phone.database)
    before = contents(world.phone.home)

    for words in (("status",), ("win", "not now"), ("sync",), ("verify",)):
        assert "newer_schema" == world.phone.refused(*words)

    assert before == contents(world.phone.home)


@pytest.mark.parametrize("name", ["trailmark.db", "keys.db"])
def test_a_newer_schema_is_refused_untouched_on_a_server(world: World, name: str) -> None:
    world.server.stop()
    newer_schema(world.server.data / name)
    before = contents(world.server.data)

    for words in (("serve", "--port", "0"), ("verify",)):
        done = world.server.attempt(*words)
        assert 4 == done.returncode
        assert "newer_schema" in done.stderr

    assert before == contents(world.server.data)


def test_a_damaged_database_is_moved_aside_and_made_good(world: World) -> None:
    saved = events_of(world.phone.run("win", "sent before"))
    world.settle()
    saved |= events_of(world.phone.run("win", "not sent"))
    saved |= events_of(world.phone.run("reflect", "not sent either"))
    damage(world.phone.database)

    done = world.phone.attempt("status")
    world.settle()

    assert 0 == done.returncode, done.stderr
    assert "damaged" in done.stderr
    assert 1 == len(aside(world.phone)), aside(world.phone)
    assert set() == saved - written(world.phone.database)
    world.check()


def aside(device: DeviceFolder) -> list[str]:
    names = (each.name for each in device.home.iterdir() if ".damaged-" in each.name)
    return sorted(name for name in names if not name.endswith(("-wal", "-shm", ".lock")))


def damage(database: Path) -> None:
    """Overwrite the pages of an index, which holds nothing that is not elsewhere too."""
    with closing(sqlite3.connect(database)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = conn.execute("PRAGMA page_size").fetchone()
        (root,) = conn.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'event_subject'"
        ).fetchone()
    with database.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(bytes(range(256)) * (size // 256))
