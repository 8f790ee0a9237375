"""Who looked, in calm words, with and without a network."""

from pathlib import Path

import msgspec

from tests.support.http_home import http_home
from tests.support.person import AGREED, THERAPIST
from tests.unit.client.cli.conftest import Cli
from trailmark_client.app import open_app
from trailmark_client.commands.grants import Agreement, let_in
from trailmark_client.identity import HomeServer
from trailmark_shared.ids import care_lane

SUNDAY = 1_795_356_300_000
LOOKS = [
    {"member": THERAPIST.id, "name": "Another name", "page": "refused:ended", "at": SUNDAY + 1},
    {"member": THERAPIST.id, "name": "Another name", "page": "timeline", "at": SUNDAY},
    {"member": "x" * 26, "name": None, "page": "news", "at": 0},
]


def connect(tmp_path: Path, url: str) -> None:
    server = HomeServer(url=url, id=bytes(16), name="Home", signing_key=bytes(32))
    with open_app(tmp_path / "home") as app:
        app.identity_file.update(
            lambda current: msgspec.structs.replace(current, server=server, credential="tmd_x")
        )
        agreed = Agreement(member=THERAPIST, classes=AGREED)
        lane = care_lane(bytes(15) + b"\x09")
        app.write(lambda c: let_in(c, app.recorder, lane, agreed, app.recorder.now()))


def test_without_a_server_nobody_looked(cli: Cli) -> None:
    assert {"entries": [], "asked_at": None, "current": True, "more": False} == cli.ok("access")
    assert "Nobody else has opened anything of yours.\n" == cli("access", "log").out


def test_who_looked_is_told_and_read_again_without_a_network(cli: Cli, tmp_path: Path) -> None:
    with http_home() as home:
        connect(tmp_path, home.url)
        home.on("GET", "/api/access-log", (200, {"entries": LOOKS, "more": True}))
        told = cli.ok("access", "log")
        words = cli("access").out
    offline = cli.ok("access", "log")

    assert [(True, "Dr Demo"), (False, "Dr Demo"), (False, None)] == [
        (each["refused"], each["name"]) for each in told["entries"]
    ]
    assert "Sun 22 Nov 2026 15:05  Dr Demo opened your timeline.\n" in words
    assert "tried to open your entries after sharing had ended; nothing was shown" in words
    assert "somebody (xxxxxxxxxx) opened something you share." in words
    assert "The server has older ones: trailmark access log --all" in words
    assert (told["entries"], False) == (offline["entries"], offline["current"])
    assert cli("access").out.startswith("The server cannot be reached now. As it was told on ")


def test_an_unreachable_server_is_named_where_nothing_was_kept(cli: Cli, tmp_path: Path) -> None:
    connect(tmp_path, "http://127.0.0.1:1")

    assert (5, "unreachable") == cli("access", "log", "--json").error
