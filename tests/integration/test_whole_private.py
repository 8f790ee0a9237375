"""A private reflection is found nowhere but on the person's own devices."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from websockets.sync.client import connect as open_socket

from tests.support.browsing import browser_at
from tests.support.cluster import home_server
from tests.support.processes import DeviceFolder, ServerProcess, connect
from tests.support.whole import World
from trailmark_client.app import DATABASE_NAME
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.protocol.frames import encode_frame
from trailmark_shared.protocol.messages import Hello

CANARY = "quillomar brindlewick thistlevane"
TAG = "oxpeckerish"
GOAL = "marrowglint fenwright"
SECRETS = [each.encode() for each in (CANARY, *CANARY.split(), TAG, GOAL, *GOAL.split())]
SHARED = "went for a walk"
PATIENCE_S = 30
QUIET_S = 0.3


def found_in(data: bytes) -> list[bytes]:
    return [each for each in SECRETS if each in data]


def files_below(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()


def signed_in(server: ServerProcess) -> httpx.Client:
    """Return the browser of the therapist."""
    link = server.admin("therapist", "link", "--email", "okafor@example.org")["link"]
    browser = browser_at(server)
    assert 303 == browser.post(urlsplit(str(link)).path).status_code
    return browser


def every_page(browser: httpx.Client) -> dict[str, bytes]:
    """Return every page that the therapist can reach by following links."""
    seen: dict[str, bytes] = {}
    waiting = ["/people"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        answer = browser.get(path, follow_redirects=True)
        assert 200 == answer.status_code, path
        seen[path] = answer.content
        found = re.findall(r'(?:href|data-hx-get)="(/people[^"#]*)"', answer.text)
        waiting += [each.replace("&amp;", "&") for each in found]
    return seen


class LiveStream:
    """What the therapist's open page is sent, read by a thread until some words are in it."""

    def __init__(self, browser: httpx.Client, person: str, until: str = SHARED) -> None:
        self.data = b""
        self._until = until.encode()
        self._begun = threading.Event()
        self._browser = browser
        self._thread = threading.Thread(
            target=self._read, args=(f"/people/{person}/live",), daemon=True
        )
        self._thread.start()
        assert self._begun.wait(PATIENCE_S)

    def _read(self, path: str) -> None:
        with self._browser.stream("GET", path) as answer:
            self._begun.set()
            for piece in answer.iter_raw():
                self.data += piece
                if self._until in self.data:
                    return

    def wait(self) -> None:
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive(), "the page was never told"


def frames_to_a_stranger(server: ServerProcess, stranger: DeviceFolder, person: World) -> bytes:
    """Return what another person's device is sent while the phone sends."""
    identity = stranger.identity_file.current
    received = b""
    with open_socket(
        server.url.replace("http", "ws", 1) + "/sync",
        additional_headers={"Authorization": f"Bearer {identity.credential}"},
        compression=None,
        proxy=None,
    ) as socket:
        hello = Hello(
            protocol=(1, 1),
            app="test",
            device=identity.device,
            epoch=identity.epoch,
            now=0,
            lanes=[],
            revoked=[],
        )
        socket.send(encode_frame(hello))
        person.phone.run("sync")
        try:
            while True:
                frame = socket.recv(timeout=QUIET_S)
                assert isinstance(frame, bytes)
                received += frame
        except TimeoutError:
            return received


def test_a_private_reflection_is_nowhere_on_the_server(world: World) -> None:
    stranger = DeviceFolder(world.root / "stranger")
    connect(world.server, stranger)
    with closing(signed_in(world.server)) as browser:
        person = text_from_id(world.phone.identity_file.current.space)
        live = LiveStream(browser, person)
        world.phone.run("reflect", CANARY, "--tag", TAG)
        goal = world.phone.run("goal", "add", GOAL, "--why", CANARY)["id"]
        world.phone.run("goal", "reword", goal, f"more {GOAL}", "--reason", f"other:{CANARY}")
        world.phone.run("win", SHARED)

        frames = frames_to_a_stranger(world.server, stranger, world)
        world.settle()
        live.wait()
        pages = every_page(browser)

    assert CANARY in str(world.laptop.run("timeline"))
    assert frames
    assert [] == found_in(frames)
    assert [] == found_in(live.data)
    assert SHARED.encode() in b"".join(pages.values())
    assert {} == {path: found_in(page) for path, page in pages.items() if found_in(page)}
    assert any(found_in(data) for _, data in files_below(world.laptop.home))
    for folder in (world.server.data, stranger.home):
        files = dict(files_below(folder))
        assert DATABASE_NAME in files
        assert {} == {name: found_in(data) for name, data in files.items() if found_in(data)}
    assert [] == found_in(world.server.log_text.encode())
    for page in pages.values():
        assert SELF not in re.findall(r"[a-z]+", re.sub(rb"<[^>]*>", b"", page).decode())


def test_the_server_holds_it_sealed_and_the_laptop_opens_it(world: World) -> None:
    """The sealed rows did reach the server: the test above does not pass for want of them."""
    reflection = world.phone.run("reflect", CANARY)["events"][0]
    world.settle()

    with closing(sqlite3.connect(world.server.database)) as conn:
        lanes = conn.execute("SELECT name, head FROM lane").fetchall()
    assert any(name == SELF and head > 0 for name, head in lanes)
    assert reflection in str(world.laptop.run("log", "--lane", "self"))
    assert CANARY in str(world.laptop.run("log", "--lane", "self"))


def test_nothing_private_is_sent_before_it_is_asked_for(tmp_path: Path) -> None:
    phone = DeviceFolder(tmp_path / "phone")
    phone.run("reflect", CANARY)
    with home_server(tmp_path / "server") as server:
        connect(server, phone)
        phone.run("reflect", CANARY)
        phone.run("goal", "add", GOAL)
        phone.run("sync")
        server.stop()

        with closing(sqlite3.connect(server.database)) as conn:
            assert [] == conn.execute("SELECT name FROM lane WHERE name = 'self'").fetchall()
            sealed = "SELECT count(*) FROM event WHERE key <> zeroblob(8)"
            assert (0,) == conn.execute(sealed).fetchone()
    assert {} == {name: found_in(data) for name, data in files_below(server.data) if found_in(data)}


def test_turning_the_private_copy_off_stops_sending(world: World) -> None:
    world.phone.run("reflect", "sent")
    world.settle()
    before = private_head(world.server)

    world.phone.run("private-copy", "off")
    answer = world.phone.run("reflect", CANARY)

    assert 0 == answer["unsent"]
    assert world.phone.run("sync")["done"]
    assert before == private_head(world.server)


def private_head(server: ServerProcess) -> int:
    with closing(sqlite3.connect(server.database)) as conn:
        return conn.execute("SELECT head FROM lane WHERE name = 'self'").fetchone()[0]
