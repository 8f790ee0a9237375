"""``trailmark supporter``: letting a loved one in, in calm words and with one question."""

from pathlib import Path

import msgspec
import pytest

from tests.unit.client.cli.conftest import Cli
from trailmark_client.app import open_app
from trailmark_client.identity import HomeServer
from trailmark_client.storage.links import KnownLink, keep_known

URL = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def _connected(cli: Cli, tmp_path: Path) -> None:
    assert cli.ok("status")["server"] is None
    server = HomeServer(url=URL, id=bytes(16), name="Home", signing_key=bytes(32))
    with open_app(tmp_path / "home") as app:
        app.identity_file.update(
            lambda current: msgspec.structs.replace(current, server=server, credential="tmd_x")
        )


def answers(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Let somebody sit at the terminal and type these lines."""
    waiting = list(lines)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("sys.stdin.readline", lambda: waiting.pop(0) + "\n")


def test_nobody_is_there_at_first(cli: Cli) -> None:
    assert {"supporters": []} == cli.ok("supporter")
    assert "trailmark supporter add NAME" in cli("supporter", "list").out


def test_adding_says_what_it_means_and_shows_the_link_once(cli: Cli) -> None:
    words = cli("supporter", "add", "Sam", "--relation", "my brother", "--yes").out
    listed = cli("supporter").out

    assert "Saved on this device. Sam will see what you send them, and nothing else:" in words
    assert f"Their link: {URL}/with/" in words
    assert "works after the next sync" in words
    assert "whoever holds it can read" in words
    assert "Sam (my brother)" in listed
    assert "link        works after the next sync" in listed
    assert f"{URL}/with/" not in listed


def test_adding_is_asked_with_the_words_that_are_kept(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, "n")
    refused = cli("supporter", "add", "Sam")
    assert (2, "nobody was let in") == (refused.code, refused.err.removeprefix("trailmark: ")[:17])
    assert "one thing at a time" in refused.out

    answers(monkeypatch, "y")
    assert "Their link" in cli("supporter", "add", "Sam").out


def test_without_a_terminal_it_is_agreed_beforehand(cli: Cli) -> None:
    assert (2, "invalid_input") == cli("supporter", "add", "Sam", "--json").error


def test_the_answer_holds_the_link_and_what_was_recorded(cli: Cli) -> None:
    added = cli.ok(
        "supporter",
        "add",
        "Sam",
        "--helps",
        "come-along",
        "--helps",
        "practical",
        "--until",
        "in 6 weeks",
        "--yes",
    )
    [line] = cli.ok("supporter")["supporters"]

    assert (f"{URL}/with/", 43) == (added["link"][:-43], len(added["link"]) - len(f"{URL}/with/"))
    assert (False, True, 2) == (added["works"], added["saved"], len(added["events"]))
    assert (added["grant"], added["lane"]) == (line["grant"], line["lane"])
    assert ["come_along", "practical"] == line["helps"]
    assert line["until"] is not None
    assert "waiting" == line["link"]["state"]


def test_a_new_link_is_another_one(cli: Cli) -> None:
    first = cli.ok("supporter", "add", "Sam", "--yes")["link"]
    second = cli.ok("supporter", "link", "sam")["link"]

    assert first != second
    assert "The link before stops with that sync." in cli("supporter", "link", "Sam").out


def test_a_description_can_change(cli: Cli) -> None:
    cli.ok("supporter", "add", "Sam", "--yes", "--relation", "a friend")
    saved = cli.ok("supporter", "describe", "Sam", "--relation", "my best friend")

    assert ("self", "supporter") == (saved["lane"], saved["kind"])
    assert "Sam (my best friend)" in cli("supporter").out


def test_stopping_is_one_step(cli: Cli) -> None:
    cli.ok("supporter", "add", "Sam", "--yes")
    words = cli("supporter", "stop", "Sam").out

    assert "Sharing with Sam stops at the next sync." in words
    assert "Sam: you stopped on" in cli("supporter").out
    assert (3, "nothing_changed") == cli("supporter", "stop", "Sam", "--json").error
    assert (3, "not_found") == cli("supporter", "stop", "Dr", "--json").error


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "works until"),
        ({"opened_at": 1_760_000_000_000}, "first opened"),
        ({"expires_at": 1}, "a new one: trailmark supporter link"),
        ({"ended_by": "left"}, "Sam has left; a new one lets them in again"),
        ({"ended_by": "replaced"}, "was replaced by one that this device does not know"),
    ],
)
def test_the_list_says_how_a_link_stands(
    cli: Cli, tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    cli.ok("supporter", "add", "Sam", "--yes")
    [line] = cli.ok("supporter")["supporters"]
    known = {"member": line["member"], "token_hash": "a" * 64, "expires_at": 2**42, **changes}
    with open_app(tmp_path / "home") as app:
        app.write(lambda c: c.execute("DELETE FROM setting WHERE name LIKE 'supporter%'"))
        app.write(lambda c: keep_known(c, [msgspec.convert(known, KnownLink)]))

    assert words in cli("supporter").out
