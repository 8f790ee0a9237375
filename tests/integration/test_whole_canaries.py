"""What is only for me, and what is shared, are found nowhere that they must not be.

Everything talks as much as it can, breaks on purpose and is killed; then every file, frame, page,
answer and line of a log is searched, word by word. The same search finds the words where they
belong, so it does not pass for being blind.
"""

from __future__ import annotations

import base64
import json
import re
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.integration.test_whole_faulty_wire import lead_through
from tests.integration.test_whole_odd_events import body
from tests.integration.test_whole_private import (
    LiveStream,
    every_page,
    frames_to_a_stranger,
    signed_in,
)
from tests.integration.test_whole_supporters import Browser
from tests.support.canaries import PIECE, Canary, files_below, found
from tests.support.faulty_wire import FaultyWire, unmasked
from tests.support.logged_facts import ALWAYS, documented_facts
from tests.support.processes import DeviceFolder, ServerProcess, connect
from tests.support.watched import WatchedDevice, WatchedServer
from tests.support.whole import World, record_bytes
from trailmark_server.stores import KEYS_FILE, MAIN_FILE
from trailmark_shared.ids import text_from_id

PRIVATE = Canary("quillomarivent vrandlewickutz thystlavanerig")
SHARED = Canary("oxpeckervandoth marrowglintfen sedgewrenlunkim")
TAG = PRIVATE.text.split()[0]
ON_THE_SERVER = (
    "trailmark_adapters.page_templates:PageTemplates.render",
    "trailmark_server.ingest:ingest",
    "trailmark_server.members.comments:add_comment",
    "trailmark_server.members.timeline_pages:read_timeline_page",
)
ON_THE_DEVICE = (
    "trailmark_client.commands.reflections:reflect",
    "trailmark_client.queries.timeline:timeline",
    "trailmark_shared.protocol.frames:encode_frame",
)
POISON = (
    body(reason={"code": SHARED.text}),
    body(zone=SHARED.text),
    body(day=SHARED.text),
    body(data={"text": [SHARED.text]}),
    body(data={"text": SHARED.text, "helped": {SHARED.text: 1}}),
    b'{"data": "' + SHARED.text.encode() + b"\xff",
    b"[" * 80 + SHARED.text.encode(),
)


class Watched:
    """A world of which everything is kept that leaves a process.

    Attributes:
        world: The person, with the phone as talkative as the server.
        server, phone: The two that are watched.
        wire: What the phone and the laptop say to the server, and what it says.
        answers: Every body that was answered to a browser or a program, by request.
        refusals: Those with a status from 400 on.
        files: Every file of the server, its backup and a stranger's device, at several moments.
        printed: What programs printed.
        shown: What those were shown who may read what is shared.
        strangers: What a stranger's device was sent.
    """

    def __init__(self, world: World, wire: FaultyWire) -> None:
        assert isinstance(world.server, WatchedServer)
        assert isinstance(world.phone, WatchedDevice)
        self.world, self.wire = world, wire
        self.server, self.phone = world.server, world.phone
        self.answers: dict[str, bytes] = {}
        self.refusals: dict[str, bytes] = {}
        self.files: dict[str, bytes] = {}
        self.printed: dict[str, bytes] = {}
        self.shown: dict[str, bytes] = {}
        self.strangers: dict[str, bytes] = {}

    def keep(self, answer: httpx.Response) -> None:
        """Keep an answer, with its headers."""
        if answer.headers.get("content-type", "").startswith("text/event-stream"):
            return
        name = f"{len(self.answers)} {answer.request.method} {answer.request.url.path}"
        said = answer.read() + str(answer.headers).encode()
        self.answers[f"{name} {answer.status_code}"] = said
        if answer.status_code >= 400:
            self.refusals[f"{name} {answer.status_code}"] = said

    def watch(self, client: httpx.Client) -> httpx.Client:
        """Keep whatever is answered to a client."""
        client.event_hooks = {"response": [self.keep]}
        return client

    @property
    def carried(self) -> dict[str, bytes]:
        """What passed on the wire, by connection and direction."""
        return {
            f"wire {number}": unmasked(bytes(each)) for number, each in enumerate(self.wire.carried)
        }

    @contextmanager
    def broken(self, one: WatchedServer | WatchedDevice) -> Generator[None]:
        """Let one of them break on purpose; it did, and what it raised quoted the words."""
        one.switch.write_text("")
        yield
        raised = one.switch.read_text()
        one.switch.unlink()
        assert [] == [each for each in one.breaks if f"{each}: " not in raised]
        assert (PRIVATE if one is self.phone else SHARED).found_in(raised.encode())


@pytest.fixture
def watched(template: World, tmp_path: Path) -> Generator[Watched]:
    world = template.copied(tmp_path / "world")
    world.server = WatchedServer(world.server.data, ON_THE_SERVER)
    world.phone = WatchedDevice(world.phone.home, ON_THE_DEVICE)
    try:
        world.begin()
        with FaultyWire(world.server.port) as wire:
            for device in world.devices:
                lead_through(device, wire)
            yield Watched(world, wire)
    finally:
        world.server.kill()


def write_in_private(phone: DeviceFolder) -> None:
    """Write everything there is to write, for nobody else."""
    phone = DeviceFolder(phone.home)
    words = PRIVATE.text
    phone.run("reflect", f"so {words} it was", "--tag", TAG)
    goal = phone.run("goal", "add", words, "--why", words, "--area", "work")["id"]
    phone.run("goal", "reword", goal, f"more {words}", "--reason", f"other:{words}")
    phone.run("check-in", goal, "3", "--note", words)
    phone.run("step", "add", goal, words)
    phone.run("setback", words, "--helped", words, "--private")


def write_and_share(phone: DeviceFolder) -> str:
    """Share something of each kind with the therapist, and one thing with Sam; return his link."""
    phone = DeviceFolder(phone.home)
    words = SHARED.text
    goal = phone.run("goal", "add", words, "--why", words)["id"]
    phone.run("goal", "share", goal)
    phone.run("check-in", goal, "3", "--note", words)
    reflection = phone.run("reflect", f"{PRIVATE.text} but {words}")
    phone.run("share", reflection["id"], "--excerpt", words)
    win = phone.run("win", words)["id"]
    link = phone.run("supporter", "add", "Sam", "--yes", "--relation", PRIVATE.text)["link"]
    phone.run("supporter", "send", "Sam", win)
    return link


def every_api_answer(watched: Watched, browser: httpx.Client, pages: dict[str, bytes]) -> None:
    """Read all that programs of a therapist can read."""
    known = {"lane": watched.world.care}
    person = text_from_id(watched.phone.identity_file.current.space)
    [goal] = {each for path in pages for each in re.findall(r"/goals/(\w{26})", path)}
    document = browser.get("/api/openapi.json").json()
    for path, ways in document["paths"].items():
        if "get" in ways:
            asked = ways["get"].get("parameters", ())
            needed = [each["name"] for each in asked if each["in"] == "query" and each["required"]]
            path = path.replace("{space}", person).replace("{goal}", goal)  # noqa: PLW2901
            browser.get(path, params={name: known[name] for name in needed})
    browser.get("/health")


def send_nonsense(watched: Watched, person: str) -> None:
    """Send private words wherever somebody may send words, each time in a form nobody takes."""
    words, credential = PRIVATE.text, watched.phone.identity_file.current.credential
    device = {"Authorization": f"Bearer {credential}"}
    with closing(signed_in(watched.server)) as client:
        watched.watch(client)
        for path in ("/api/join", "/api/device-joins", "/api/device-invitations"):
            client.post(path, json={words: words}, headers=device)
            client.post(path, content=f'{{"code": "{words}'.encode(), headers=device)
        client.post("/sync", content=words.encode(), headers=device)
        client.post("/api/space/erasure", json={"event": words, "bodies": [words]}, headers=device)
        client.put("/api/supporter-links/" + "0" * 26, json={"lane": words}, headers=device)
        # What was typed comes back to whoever typed it: words cut short of what is looked for.
        typed = " ".join(each[: PIECE - 1] for each in words.split())
        said = client.post(f"/people/{person}/comments", data={"text": typed, "lane": words})
        assert typed in said.text
        api = f"/api/members/people/{person}"
        client.post(f"{api}/comments", json={"lane": words, "text": words})
        client.get(f"{api}/timeline", params={"before": words, "kind": words, "goal": words})
        client.get("/people", params={"search": words}, headers={"X-Forwarded-For": words})
        for path in ("/people", f"/people/{person}/timeline"):
            client.post(path, data={"q": words})
        client.get("/api/access-log", headers={"Authorization": f"Bearer {words}"})
        client.post("/sign-in", data={"email": "nobody@example.org", "password": words})


def search_for_private_words(browser: httpx.Client, pages: dict[str, bytes]) -> None:
    """Look for private words as a therapist would who has heard of them.

    The page shows back what was typed, so it is given the words cut short of what is looked for:
    whatever it held of the words themselves would be longer. Neither the answer to the whole words
    nor the address that it leads to holds them.
    """
    for path in ("/people", next(each for each in pages if each.endswith("/timeline"))):
        [token] = {*re.findall(r'name="form_token" value="([^"]+)"', pages[path].decode())}
        whole = browser.post(path, data={"form_token": token, "q": PRIVATE.text})
        assert PRIVATE.text.split()[0] not in whole.headers["Location"]
        for word in PRIVATE.text.split():
            form = {"form_token": token, "q": word[: PIECE - 1]}
            said = browser.post(path, data=form, follow_redirects=True)
            assert f'value="{form["q"]}"' in said.text


def break_things(watched: Watched, browser: httpx.Client, pages: dict[str, bytes]) -> None:
    """Let pages, forms, the API, the sync and the device break with words at hand."""
    world, phone = watched.world, watched.phone
    form = next(each.decode() for path, each in pages.items() if "/goals/" in path)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)) | {"text": SHARED.text}
    person = text_from_id(phone.identity_file.current.space)
    for each in POISON:
        record_bytes(phone, world.care, each)
    DeviceFolder(phone.home).run("win", SHARED.text)
    with watched.broken(watched.server):
        for path in (*pages, f"/api/members/people/{person}/timeline"):
            browser.get(path)
        browser.post(f"/people/{person}/comments", data=fields)
        assert 0 != phone.attempt("sync").returncode
    with watched.broken(phone):
        for words in (("reflect", PRIVATE.text), ("timeline",), ("sync",)):
            assert "internal" == phone.refused(*words)


def admin_output(server: WatchedServer) -> dict[str, bytes]:
    """Return what the operator's commands print."""
    ran = [
        server.attempt(*words)
        for words in (("verify",), ("rebuild",), ("person", "list"), ("therapist", "list"))
    ]
    return {str(each.args): (each.stdout + each.stderr).encode() for each in ran}


def back_up(server: ServerProcess, to: Path) -> Path:
    """Copy both databases as the operator is told to."""
    to.mkdir()
    stores = server.database.parent
    for name in (MAIN_FILE, KEYS_FILE):
        with closing(sqlite3.connect(stores / name)) as conn:
            conn.execute("VACUUM INTO ?", (str(to / name),))
    return to


def live_together(watched: Watched) -> None:
    """Write, share, look, send nonsense, break; everything that leaves a process is kept."""
    world, server, phone = watched.world, watched.server, watched.phone
    person = text_from_id(phone.identity_file.current.space)
    stranger = DeviceFolder(world.root / "stranger")
    connect(server, stranger)
    with closing(watched.watch(signed_in(server))) as browser, closing(Browser(server)) as sam:
        live = LiveStream(browser, person, until=SHARED.text.split()[-1])
        write_in_private(phone)
        link = write_and_share(phone)
        watched.strangers["frames"] = frames_to_a_stranger(server, stranger, world)
        world.settle()
        live.wait()
        pages = every_page(browser)
        every_api_answer(watched, browser, pages)
        watched.shown |= {**pages, "live": live.data, "sam": sam.open(link).content}
        search_for_private_words(browser, pages)
        assert [] == [*watched.refusals]
        watched.files |= files_below(server.data, at="running")
        send_nonsense(watched, person)
        break_things(watched, browser, pages)
    watched.files |= files_below(stranger.home, at="stranger")


def stop_and_copy(watched: Watched) -> None:
    """End the server as a power cut does, go on, back it up, stop it; keep all that is left."""
    server = watched.server
    server.kill()
    watched.files |= files_below(server.data, at="killed")
    server.start()
    watched.world.settle()
    watched.printed |= admin_output(server)
    watched.files |= files_below(back_up(server, watched.world.root / "backup"), at="backup")
    server.stop()
    watched.files |= files_below(server.data, at="stopped")
    watched.files |= files_below(server.temporary, at="temporary")
    watched.printed |= {"server": server.output, "phone": watched.phone.told}


@pytest.mark.timeout(300)
def test_words_are_nowhere_that_they_must_not_be(watched: Watched) -> None:
    live_together(watched)
    stop_and_copy(watched)

    assert {} == found(watched.files, PRIVATE, SHARED)
    assert {} == found(watched.answers | watched.carried | watched.shown, PRIVATE)
    assert {} == found(watched.refusals | watched.strangers | watched.printed, PRIVATE, SHARED)

    # The same search finds them where they belong, and looked where it says.
    for home in (watched.phone.home, watched.world.laptop.home):
        assert found(files_below(home), PRIVATE)
        assert found(files_below(home), SHARED)
    assert found(watched.carried, SHARED)
    assert any("/api/members/" in each for each in found(watched.answers, SHARED))
    assert {"live", "sam"} <= found(watched.shown, SHARED).keys()
    for each in ("running", "killed", "backup", "stopped"):
        assert watched.files[f"{each} {MAIN_FILE}"]
        assert watched.files[f"{each} {KEYS_FILE}"]
    assert watched.files[f"running {MAIN_FILE}-wal"]
    assert watched.files[f"killed {MAIN_FILE}-wal"]
    assert {"400", "401", "403", "500"} <= {each.rsplit(" ", 1)[1] for each in watched.refusals}
    assert all([*watched.strangers.values(), *watched.printed.values()])


@pytest.mark.parametrize(
    "form",
    [
        SHARED.text.encode(),
        SHARED.text.upper().encode(),
        b"..." + SHARED.text.encode().hex().upper().encode(),
        base64.b64encode(b"so " + SHARED.text.encode()),
        base64.urlsafe_b64encode(b'{"text":"' + SHARED.text.encode()),
        SHARED.text.encode("utf-16"),
        SHARED.text.split()[1][:-1].encode() + b"\0" * 8,
        b"\0\x07" + SHARED.text.split()[2][4:].encode(),
    ],
)
def test_the_search_knows_words_in_other_forms_and_parts_of_them(form: bytes) -> None:
    assert found({"there": form, "not there": b"marrow, sedge"}, SHARED).keys() == {"there"}
    assert {} == found({"there": form}, PRIVATE)


def test_every_line_of_the_log_is_a_documented_fact(world: World) -> None:
    with closing(signed_in(world.server)) as browser:
        every_page(browser)
        browser.post("/sign-out")
    world.settle()
    world.server.stop()

    lines = [json.loads(each) for each in world.server.log_text.splitlines()]
    facts = documented_facts()
    assert {"request", "socket", "sign_in", "web_server"} <= {each["what"] for each in lines}
    assert [] == [each for each in lines if not each.keys() - ALWAYS <= facts[each["what"]]]
