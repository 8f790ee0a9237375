"""Sharing a part of a reflection: first shown, then shared, and undone in one step."""

import io
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.unit.client.cli.conftest import Cli
from trailmark_client.app import DATABASE_NAME
from trailmark_client.storage.cleaning import cleaning_owed

TEXT = "A long day. I said no to the late call. The rest is mine."
PART = "I said no to the late call."


class Keyboard(io.StringIO):
    """A terminal's keyboard with lines typed beforehand."""

    def isatty(self) -> bool:
        return True


def test_a_preview_shows_exactly_what_would_be_seen_and_shares_nothing(
    cli: Cli, agreed: str
) -> None:
    entry = cli.ok("reflect", TEXT)["id"]
    before = len(cli.ok("log")["events"])

    told = cli.ok("share", entry, "--excerpt", PART, "--preview")
    words = cli("share", entry, "--excerpt", PART, "--preview").out

    assert (PART, False, before) == (told["text"], told["saved"], len(cli.ok("log")["events"]))
    assert [agreed] == told["seen_by"]
    assert f"  |   {PART}" in words
    assert "Nothing was shared." in words


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 2)])
def test_on_a_terminal_it_is_asked_for_once_more(
    cli: Cli, agreed: str, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    assert agreed
    entry = cli.ok("reflect", TEXT)["id"]
    monkeypatch.setattr("sys.stdin", Keyboard(answer))

    ran = cli("share", entry, "--excerpt", PART)

    assert code == ran.code
    assert "Share exactly this?" in ran.out
    assert ("trailmark undo" in ran.out) == (code == 0)


def test_what_has_not_left_yet_never_does(cli: Cli, agreed: str) -> None:
    assert agreed
    entry = cli.ok("reflect", TEXT)["id"]
    part = cli.ok("share", entry, "--excerpt", PART)
    lane = part["lane"]

    undone = cli("undo", part["id"])

    bodies = [each["body"] for each in cli.ok("log", "--lane", lane)["events"]]
    assert "never will" in undone.out
    assert not any(body and PART in str(body) for body in bodies)
    assert (3, "nothing_changed") == cli("undo", part["id"], "--json").error
    assert [entry] == [each["id"] for each in cli.ok("search", "late call")["found"]]


def test_what_is_unshared_before_it_left_is_in_no_file_as_shared(
    cli: Cli, agreed: str, tmp_path: Path
) -> None:
    assert agreed
    barrier = cli.ok("barrier", "add", "the crowd")["id"]
    lane = cli.ok("share", barrier)["lane"]

    cli.ok("unshare", barrier)

    with closing(sqlite3.connect(tmp_path / "home" / DATABASE_NAME)) as conn:
        assert cleaning_owed(conn) is None
    bodies = [each["body"] for each in cli.ok("log", "--lane", lane)["events"]]
    assert not any(body and "the crowd" in str(body) for body in bodies)
    assert ["the crowd"] == [each["words"] for each in cli.ok("barrier")["cards"]]


def test_a_part_that_waits_for_somebody_is_let_go(cli: Cli) -> None:
    entry = cli.ok("reflect", TEXT)["id"]
    part = cli.ok("share", entry, "--excerpt", PART)["id"]

    cli.ok("undo", part)

    assert (3, "nothing_changed") == cli("undo", part, "--json").error


def test_an_excerpt_that_is_shared_nowhere_is_refused(cli: Cli) -> None:
    entry = cli.ok("reflect", TEXT)["id"]

    refused = cli("share", entry, "--excerpt", "not in it", "--json")

    assert "excerpt_not_found" == refused.error[1]


def test_a_goal_is_named_the_way_that_it_goes(cli: Cli) -> None:
    goal = cli.goal("Walk")

    shared, unshared = cli("share", goal), cli("unshare", goal)

    assert (2, 2) == (shared.code, unshared.code)
    assert f"trailmark goal share {goal[:8]}" in shared.err
    assert f"trailmark goal withdraw {goal[:8]}" in unshared.err
