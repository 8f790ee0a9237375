"""Erasing asks first, offers a copy, and leaves no word in any file."""

import io
from pathlib import Path

import pytest

from tests.unit.client.cli.conftest import Cli

CANARY = "quillomar brindlewick thistlevane"


class Typed(io.StringIO):
    """A terminal's input."""

    def isatty(self) -> bool:
        return True


def answers(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", Typed("".join(f"{line}\n" for line in lines)))


def files_with(folder: Path, words: str) -> list[str]:
    return [each.name for each in folder.iterdir() if words.encode() in each.read_bytes()]


def test_no_word_is_left_in_any_file(cli: Cli, tmp_path: Path) -> None:
    """Where a key is at hand a sealed body is as good as its words, so they are opened, too."""
    reflection = cli.ok("reflect", CANARY, "--tag", "private")["id"]
    cli.ok("share", reflection, "--excerpt", "brindlewick")
    home = tmp_path / "home"
    assert ["trailmark.db"] == [n for n in files_with(home, CANARY) if n == "trailmark.db"]

    told = cli.ok("erase", reflection, "--yes")

    assert ("reflection", {"wish": 1}, 2, True) == (
        told["kind"],
        told["along"],
        told["erased"],
        told["saved"],
    )
    assert [] == files_with(home, "brindlewick")
    assert [None, None] == [e["body"] for e in cli.ok("log")["events"] if e["erased"]]
    assert 0 == cli("verify").code
    assert "erased an entry for good" in cli("timeline").out


def test_it_is_asked_first_and_a_copy_offered(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goal = cli.goal(CANARY)
    cli.ok("check-in", goal, "2")
    copy = tmp_path / "copy.json"
    answers(monkeypatch, str(copy), "y")

    told = cli("erase", goal).out

    assert "This erases for good: 1 goal and 1 check-in." in told
    assert "cannot be taken back" in told
    assert "Erased on this device" in told
    assert CANARY in copy.read_text()
    assert [] == cli.ok("goal", "list")["goals"]


def test_everything_is_erased_by_typing_a_word(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.goal(CANARY)
    cli.ok("reflect", CANARY)
    copy = tmp_path / "copy.json"
    answers(monkeypatch, str(copy), "Erase")

    told = cli("erase", "--everything").out

    assert "This erases everything, for good: 1 goal, 1 reflection, 3 entries" in told
    assert "cannot be taken back" in told
    assert "This device is as new." in told
    assert CANARY in copy.read_text()
    assert [] == files_with(tmp_path / "home", "brindlewick")
    assert [] == cli.ok("goal", "list")["goals"]
    assert 0 == cli("verify").code


def test_any_other_word_erases_nothing(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.goal(CANARY)
    answers(monkeypatch, "", "yes")

    assert 2 == cli("erase", "--everything").code
    assert (2, "invalid_input") == cli("erase", "--everything", "--json").error
    assert 1 == len(cli.ok("goal", "list")["goals"])


def test_scripts_erase_everything_without_a_word(cli: Cli) -> None:
    cli.goal(CANARY)

    told = cli.ok("erase", "--everything", "--yes")

    assert (2, "none", True) == (told["entries"], told["server"], told["saved"])
    assert [] == cli.ok("status")["warnings"]


@pytest.mark.parametrize("words", [(), ("0123456", "--everything")])
def test_it_is_said_what_to_erase(cli: Cli, words: tuple[str, ...]) -> None:
    assert (2, "invalid_input") == cli("erase", *words, "--yes", "--json").error


def test_anything_but_yes_erases_nothing(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    goal = cli.goal(CANARY)
    answers(monkeypatch, "", "")

    assert 2 == cli("erase", goal).code
    assert (2, "invalid_input") == cli("erase", goal, "--json").error
    assert CANARY == cli.ok("goal", "show", goal)["goal"]["title"]
