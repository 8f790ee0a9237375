"""Entries that the server did not take: listed with their words, offered again."""

import sqlite3
from pathlib import Path

from tests.unit.client.cli.conftest import Cli


def refuse_first(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "home" / "trailmark.db") as conn:
        conn.execute(
            "UPDATE event SET seq = 1, received_at = 0, offset = 0, actor = 'person',"
            " code = 'too_large' WHERE dseq = 1"
        )
    conn.close()


def test_nothing_is_set_aside_at_first(cli: Cli) -> None:
    assert cli("set-aside", "list").out == "The server took everything that was sent.\n"
    assert cli.ok("set-aside", "list") == {"events": []}


def test_the_words_are_still_here(cli: Cli, tmp_path: Path) -> None:
    cli.ok("win", "I went out")
    refuse_first(tmp_path)

    [found] = cli.ok("set-aside", "list")["events"]

    assert (found["type"], found["code"], found["words"]) == (
        "win_noted",
        "too_large",
        ["I went out"],
    )
    assert "I went out" in cli("set-aside", "list").out


def test_its_words_can_be_erased(cli: Cli, tmp_path: Path) -> None:
    cli.ok("win", "I went out")
    refuse_first(tmp_path)
    [found] = cli.ok("set-aside", "list")["events"]

    cli.ok("erase", found["event"], "--yes")

    assert [] == cli.ok("set-aside", "list")["events"]
    assert cli("erase", found["event"], "--yes", "--json").error == (3, "not_found")


def test_an_entry_is_offered_again(cli: Cli, tmp_path: Path) -> None:
    cli.ok("win", "I went out")
    refuse_first(tmp_path)
    [found] = cli.ok("set-aside", "list")["events"]

    again = cli.ok("set-aside", "retry", found["event"][:10])

    assert (again["event"], again["lane"], again["saved"]) == (found["event"], "self", True)
    assert cli("set-aside", "retry", "0" * 26, "--json").error == (3, "not_found")
