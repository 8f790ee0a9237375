"""Stopping to share, with a real server: the revocation overtakes whatever else waits."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.integration.test_whole_private import every_page, signed_in
from tests.integration.test_whole_restores import kept_copy, put_back
from tests.support.processes import EVERYTHING, DeviceFolder, invitation
from tests.support.whole import World
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import open_app, open_async
from trailmark_client.commands.notes import note
from trailmark_client.live_session import Ports
from trailmark_client.replicator import Replicator
from trailmark_client.session_status import Ended
from trailmark_client.transport import Transport, TransportClosedError
from trailmark_client.web_socket import open_websocket
from trailmark_server.stores import KEYS_FILE
from trailmark_shared.errors import ErrorCode
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.ids import text_from_id
from trailmark_shared.protocol.frames import decode_client_frame
from trailmark_shared.protocol.messages import Push

BACKLOG = 1_500
GOAL = "marrowglint fenwright"


class UntilPush:
    """A connection to the real server that is lost with the first batch."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner

    @property
    def patience_ms(self) -> int:
        return self._inner.patience_ms

    async def send(self, frame: bytes) -> None:
        if isinstance(decode_client_frame(frame), Push):
            raise TransportClosedError(ErrorCode.UNREACHABLE, "lost", "later")
        await self._inner.send(frame)

    async def receive(self) -> bytes:
        return await self._inner.receive()

    async def close(self, code: int, reason: str) -> None:
        await self._inner.close(code, reason)


def sync_until_push(device: DeviceFolder) -> Ended:
    """Begin an exchange, and lose the connection before any event has gone out."""

    async def connect(url: str, credential: str) -> Transport:
        return UntilPush(await open_websocket(url, credential))

    async def exchange() -> Ended:
        with open_app(device.home) as app:
            async with open_async(app) as database:
                ports = Ports(
                    database=database, vault=app.vault, clock=app.clock, randomness=app.randomness
                )
                return await Replicator(ports, connect, lambda _status: None).sync_once()

    return asyncio.run(exchange())


def write_backlog(device: DeviceFolder) -> None:
    with open_app(device.home) as app:
        recorder = app.recorder

        def work(conn: Connection) -> None:
            for n in range(BACKLOG):
                note(conn, recorder, WinNoted(text=f"win {n}"), recorder.now())

        app.write(work)


def head(world: World, lane: str) -> int:
    with closing(sqlite3.connect(world.server.database)) as conn:
        return conn.execute("SELECT head FROM lane WHERE name = ?", (lane,)).fetchone()[0]


def timeline(browser: httpx.Client, world: World) -> httpx.Response:
    person = text_from_id(world.phone.identity_file.current.space)
    return browser.get(f"/people/{person}/timeline")


def test_a_revocation_is_obeyed_before_the_backlog_is_accepted(world: World) -> None:
    lane = world.care
    goal = world.phone.run("goal", "add", GOAL, "--share")["id"]
    world.settle()
    write_backlog(world.phone)
    before = head(world, lane)
    with closing(signed_in(world.server)) as browser:
        shown = timeline(browser, world)
        stopped = world.phone.run("sharing", "stop", "dr okafor")
        ended = sync_until_push(world.phone)

        hidden, after = timeline(browser, world), head(world, lane)
        (stopping,) = world.phone.run("sharing")["grants"]
        world.settle()
        pages = every_page(browser)

    assert (200, True) == (shown.status_code, GOAL in shown.text)
    assert [goal] == stopped["came_back"]
    assert (ErrorCode.UNREACHABLE, before) == (ended.code, after)
    assert GOAL not in hidden.text
    assert "Sharing ended" in hidden.text
    assert "stopping" == stopping["state"]
    assert before + BACKLOG < head(world, lane)
    assert {} == {path: page for path, page in pages.items() if GOAL.encode() in page}
    for device in world.devices:
        (line,) = device.run("sharing")["grants"]
        assert "stopped" == line["state"]
        assert [] == device.run("goal", "show", goal)["goal"]["seen_by"]
    world.check()


def test_what_is_written_afterwards_stays_private_on_both_devices(world: World) -> None:
    lane = world.care
    goal = world.phone.run("goal", "add", GOAL, "--share")["id"]
    world.settle()
    world.phone.run("sharing", "stop", "Dr Okafor")
    assert ["Dr Okafor"] == world.phone.run("sync")["stopped"]
    assert [] == world.phone.run("sync")["stopped"]
    world.settle()
    before = head(world, lane)

    for n, device in enumerate(world.devices):
        written = device.run("goal", "reword", goal, f"{GOAL} {n}", "--reason", "new-insight")
        assert ("self", []) == (written["lane"], written["seen_by"])
        world.settle()

    assert before == head(world, lane)
    world.check()


def test_the_attempt_afterwards_is_told_to_the_person(world: World) -> None:
    world.phone.run("goal", "add", GOAL, "--share")
    world.settle()
    with closing(signed_in(world.server)) as browser:
        timeline(browser, world)
        world.phone.run("sharing", "stop", "Dr Okafor")
        world.phone.run("sync")
        timeline(browser, world)
    told = world.phone.run("access", "log")
    world.server.stop()
    offline = world.phone.run("access", "log")

    assert [("refused:ended", True), ("timeline", False)] == [
        (each["page"], each["refused"]) for each in told["entries"]
    ]
    assert {"Dr Okafor"} == {each["name"] for each in told["entries"]}
    assert (told["entries"], False) == (offline["entries"], offline["current"])


class TestOldCopies:
    """A grant that was revoked does not come back with a backup, as far as rule 7 promises."""

    def stopped(self, world: World) -> Path:
        """Share, keep a copy of the server's folder, and stop; return the copy."""
        world.phone.run("goal", "add", GOAL, "--share")
        world.settle()
        yesterday = kept_copy(world)
        world.phone.run("sharing", "stop", "Dr Okafor")
        world.phone.run("sync")
        return yesterday

    def restart_with(self, world: World, data: Path) -> None:
        world.server.stop()
        put_back(data, world.server.data)
        world.server.start()

    def test_of_the_log(self, world: World) -> None:
        yesterday = self.stopped(world)
        world.server.stop()
        for each in world.server.data.glob(f"{KEYS_FILE}*"):
            shutil.copy2(each, yesterday / each.name)

        self.restart_with(world, yesterday)

        with closing(signed_in(world.server)) as browser:
            before = timeline(browser, world).text
            world.settle()
            after = timeline(browser, world).text
        assert GOAL not in before
        assert GOAL not in after
        world.check()

    def test_of_log_and_keys_until_a_device_speaks(self, world: World) -> None:
        yesterday = self.stopped(world)

        self.restart_with(world, yesterday)
        sync_until_push(world.phone)

        with closing(signed_in(world.server)) as browser:
            pages = every_page(browser)
            world.settle()
            pages |= every_page(browser)
        assert {} == {path: page for path, page in pages.items() if GOAL.encode() in page}
        world.check()

    @pytest.mark.parametrize("keys", ["kept", "put-back"])
    def test_that_the_operator_puts_back(self, world: World, keys: str) -> None:
        """Before a device speaks nobody reads: neither who was stopped, nor who was not."""
        world.phone.run("goal", "add", GOAL, "--share")
        world.settle()
        folders = [world.root / "logs", world.root / "keys"]
        log, held = (world.server.admin("backup", *map(str, folders))[e] for e in ("log", "keys"))
        if keys == "put-back":
            world.phone.run("sharing", "stop", "Dr Okafor")
            world.phone.run("sync")
        world.server.stop()
        words = ["--keys", held] if keys == "put-back" else []
        for each in world.server.data.glob("*.db*" if words else "trailmark.db*"):
            each.unlink()
        world.server.admin("restore", log, *words)
        world.server.start()

        with closing(signed_in(world.server)) as browser:
            before = timeline(browser, world)
            world.phone.run("sync")
            after = timeline(browser, world)
        is_open = keys == "kept"
        assert (410, False) == (before.status_code, GOAL in before.text)
        assert (is_open, 200 if is_open else 410) == (GOAL in after.text, after.status_code)

    def test_of_the_device_that_stopped(self, world: World) -> None:
        """It believes that somebody is let in; what it writes so is set aside and stays here."""
        world.phone.run("goal", "add", GOAL, "--share")
        world.settle()
        older = world.root / "older"
        shutil.copytree(world.phone.home, older)
        world.phone.run("sharing", "stop", "Dr Okafor")
        world.settle()
        put_back(older, world.phone.home)

        believed = world.phone.run("win", f"{GOAL} after all")
        world.settle()

        with closing(signed_in(world.server)) as browser:
            pages = every_page(browser)
        assert ["Dr Okafor"] == believed["seen_by"]
        assert {} == {path: page for path, page in pages.items() if GOAL.encode() in page}
        assert ["stopped"] == [e["state"] for e in world.phone.run("sharing")["grants"]]
        assert [] == world.phone.run("win", "now I know")["seen_by"]
        assert 1 == len(world.phone.run("set-aside", "list")["events"])


def test_changed_on_one_device_and_stopped_on_the_other(world: World) -> None:
    """The stop wins, in whatever order the server hears of both."""
    world.phone.run("goal", "add", GOAL, "--share")
    world.settle()
    for first, second in (world.devices, world.devices[::-1]):
        world.phone.run("connect", world.server.url, invitation(world.server), *EVERYTHING)
        world.settle()
        world.laptop.run("sharing", "extend", "Dr Okafor", "--until", "2099-01-01")
        world.phone.run("sharing", "stop", "Dr Okafor")

        first.run("sync")
        second.run("sync")
        world.settle()

        with closing(signed_in(world.server)) as browser:
            assert "Sharing ended" in timeline(browser, world).text
        for device in world.devices:
            states = {each["state"] for each in device.run("sharing")["grants"]}
            assert {"stopped"} == states
        world.check()
