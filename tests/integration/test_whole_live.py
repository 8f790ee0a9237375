"""Letting in, watching and shutting out, with a live connection between real processes."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.support.cluster import home_server
from tests.support.processes import (
    EVERYTHING,
    DeviceFolder,
    invitation,
    let_in,
)
from tests.support.whole import World, events_of, written
from trailmark_shared.domain.consent import CONSENT_CLASSES

PATIENCE_S = 30
LIVE_S = 5
"""What a busy machine may take for what takes a few milliseconds."""
SIGNED_OUT_EXIT = 4


def wait_until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    """Return as soon as something holds."""
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, what
        time.sleep(0.01)


class Watching:
    """``sync --watch`` in a device's folder."""

    def __init__(self, device: DeviceFolder) -> None:
        self._process = device.begin("sync", "--watch")
        self.phases: list[dict[str, Any]] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.phases.append(json.loads(line))

    def is_in(self, phase: str) -> bool:
        return bool(self.phases) and self.phases[-1].get("phase") == phase

    def wait_live(self) -> None:
        wait_until(lambda: self.is_in("live"), PATIENCE_S, "never in step")

    def wait_end(self) -> int:
        """Wait until it ends by itself, and return its exit code."""
        code = self._process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        return code

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self.wait_end()
        except subprocess.TimeoutExpired:
            self._process.kill()
            self.wait_end()
        for stream in (self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()


@contextmanager
def watching(device: DeviceFolder) -> Generator[Watching]:
    made = Watching(device)
    try:
        yield made
    finally:
        made.close()


# --- letting in ---


def test_wishes_are_carried_out_once_somebody_is_let_in(tmp_path: Path) -> None:
    phone = DeviceFolder(tmp_path / "phone")
    wished = phone.run("goal", "add", "Go out twice a week", "--share")
    step = phone.run("step", "add", wished["id"], "call a friend")
    kept = phone.run("goal", "add", "Sleep better")
    assert {"self"} == {wished["lane"], step["lane"], kept["lane"]}
    with home_server(tmp_path / "server") as server:
        code = invitation(server)
        answer = phone.run("connect", server.url, code, *EVERYTHING)

        assert (True, True, 0) == (answer["let_in"], answer["synced"], answer["unsent"])
        assert [wished["id"]] == answer["shared"]
        assert list(CONSENT_CLASSES) == answer["classes"]
        shown = {each["id"]: each["seen_by"] for each in phone.run("goal", "list")["goals"]}
        assert {wished["id"]: ["Dr Okafor"], kept["id"]: []} == shown
        assert ["Dr Okafor"] == phone.run("win", "went out")["seen_by"]
        assert [] == phone.run("reflect", "still mine")["seen_by"]
        assert "wrong_code" == DeviceFolder(tmp_path / "other").refused(
            "connect", server.url, code, *EVERYTHING
        )


def test_a_device_used_before_it_joins_brings_its_entries(world: World) -> None:
    tablet = DeviceFolder(world.root / "tablet")
    saved = events_of(tablet.run("reflect", "written before joining"))
    saved |= events_of(tablet.run("goal", "add", "A goal of the tablet"))
    invited = world.phone.run("device", "invite")
    let_in(invited, world.phone, tablet)

    world.settle(tablet, world.phone, world.laptop)

    assert set() == saved - written(world.laptop.database)
    assert "written before joining" in str(world.laptop.run("timeline"))
    assert tablet.state_hashes() == world.laptop.state_hashes()
    assert 3 == len(world.phone.run("device", "list")["devices"])
    again = ("device", "join", world.server.url, invited["code"])
    assert tablet.run(*again)["joined"], "it is let in, whoever asks again"


def test_a_wish_of_a_device_that_joins_is_carried_out(world: World) -> None:
    tablet = DeviceFolder(world.root / "tablet")
    goal = tablet.run("goal", "add", "Share this", "--share")["id"]
    let_in(world.phone.run("device", "invite"), world.phone, tablet)

    world.settle(tablet, world.phone, world.laptop)

    for device in (tablet, *world.devices):
        (line,) = (each for each in device.run("goal", "list")["goals"] if each["id"] == goal)
        assert ["Dr Okafor"] == line["seen_by"]


# --- watching ---


def test_a_change_reaches_a_watching_device_at_once(world: World) -> None:
    with watching(world.phone) as sending, watching(world.laptop) as receiving:
        sending.wait_live()
        receiving.wait_live()
        saved = events_of(world.phone.run("win", "live")) | events_of(
            world.phone.run("reflect", "live, and private")
        )

        wait_until(
            lambda: saved <= written(world.laptop.database), LIVE_S, "the laptop was not told"
        )
    world.settle()
    world.check()


def test_a_watching_device_comes_back_after_the_server_was_away(world: World) -> None:
    with watching(world.phone) as phone:
        phone.wait_live()
        world.server.kill()
        wait_until(lambda: phone.is_in("waiting"), PATIENCE_S, "did not notice")
        saved = events_of(world.phone.run("win", "while the server was away"))
        world.server.start()
        wait_until(lambda: saved <= written(world.server.database), PATIENCE_S, "did not come back")


def test_ctrl_c_ends_watching_in_good_order(world: World) -> None:
    with watching(world.phone) as phone:
        phone.wait_live()
        phone.close()
        assert "stopped" == phone.phases[-1]["phase"]


# --- shutting out ---


def test_a_removed_device_is_out_at_once_and_keeps_recording(world: World) -> None:
    (laptop,) = (
        each["id"] for each in world.phone.run("device", "list")["devices"] if not each["current"]
    )
    with watching(world.laptop) as watched:
        watched.wait_live()
        world.phone.run("device", "remove", laptop)

        assert SIGNED_OUT_EXIT == watched.wait_end()
    secret = events_of(world.phone.run("win", "after the removal"))
    world.phone.run("sync")

    assert "signed_out" == world.laptop.refused("sync")
    assert not secret & written(world.laptop.database)
    assert world.laptop.run("win", "still mine")["saved"]
    assert 1 == len(world.phone.run("device", "list")["devices"])


# --- what is never written down ---


def test_no_credential_and_no_code_is_in_a_log_or_an_address(world: World) -> None:
    tablet = DeviceFolder(world.root / "tablet")
    invited = world.phone.run("device", "invite")
    code = invited["code"]
    let_in(invited, world.phone, tablet)
    guest = DeviceFolder(world.root / "guest")
    typed = invitation(world.server)
    guest.run("connect", world.server.url, typed, *EVERYTHING)
    world.settle(tablet, world.phone)
    world.phone.run("device", "list")

    log = world.server.log_text
    assert "/sync" in log
    secrets = [each.identity_file.current.credential for each in (world.phone, tablet, guest)]
    for secret in (*secrets, code, typed, code.replace("-", ""), typed.replace("-", "")):
        assert secret is not None
        assert secret not in log
    assert "tmd_" not in log
    assert "Bearer" not in log
    world.server.stop()
    files = b"".join(each.read_bytes() for each in sorted(world.server.data.iterdir()))
    for secret in secrets:
        assert secret is not None
        assert secret.encode() not in files
    assert b"tmd_" not in files


def test_the_server_stores_no_code_readable(world: World) -> None:
    code = world.phone.run("device", "invite")["code"]
    typed = invitation(world.server)
    world.server.stop()
    with closing(sqlite3.connect(world.server.database)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    files = b"".join(each.read_bytes() for each in sorted(world.server.data.iterdir()))

    for secret in (code, code.replace("-", ""), typed, typed.replace("-", "")):
        assert secret.encode() not in files
