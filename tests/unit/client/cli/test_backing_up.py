"""``trailmark backup`` and ``restore``, as typed."""

import io
from pathlib import Path

import pytest

from tests.unit.client.cli.conftest import Cli

WRONG = "0000-0000-0000-0000-0000-0000-0000"


def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRAILMARK_HOME", str(tmp_path / "elsewhere"))


def types(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{each}\n" for each in lines)))


class Keyboard(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_everything_comes_back_on_another_machine(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goal = cli.goal("Walk")
    cli.ok("reflect", "marrowglint")
    timeline = cli.ok("timeline")
    file = tmp_path / "all.backup"
    made = cli.ok("backup", str(file), "--new-code")
    elsewhere(monkeypatch, tmp_path)

    types(monkeypatch, made["code"])
    restored = cli.ok("restore", str(file))

    assert cli.ok("timeline") == timeline
    assert cli.ok("goal", "show", goal)["goal"]["title"] == "Walk"
    assert cli.ok("verify")["ok"]
    assert (restored["rows"], restored["made_at"]) == (made["rows"], made["made_at"])
    assert (restored["server"], restored["unsent"]) == (None, 0)
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"marrowglint" not in file.read_bytes()


def test_people_are_told_what_opens_it(cli: Cli, tmp_path: Path) -> None:
    cli.goal("Walk")
    first = cli("backup", str(tmp_path / "one"), "--new-code")
    second = cli("backup", str(tmp_path / "two"))

    assert "Losing it makes the backup worthless" in first.out
    assert "Only your recovery code opens it" in second.out
    assert cli.ok("backup", str(tmp_path / "three"))["code"] is None


def test_a_code_is_written_down_before_it_counts(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.goal("Walk")
    monkeypatch.setattr("sys.stdin", Keyboard("no\nno\nno\n"))

    ran = cli("backup", str(tmp_path / "one"))

    assert ran.code == 2
    assert not (tmp_path / "one").exists()
    assert cli.ok("status")["backed_up_at"] is None


def test_a_code_of_a_backup_that_could_not_be_written_was_shown(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next backup is sealed for it, and does not show it again."""
    cli.goal("Walk")
    file, nowhere = tmp_path / "all.backup", "/proc/all.backup"

    failed = cli("backup", nowhere, "--new-code", "--json")

    assert failed.code
    assert cli.ok("backup", str(file), "--new-code")["code"] is None
    elsewhere(monkeypatch, tmp_path)
    types(monkeypatch, failed.json["code"])
    assert cli.ok("restore", str(file))["rows"]


def test_scripts_say_that_a_code_is_to_be_made(cli: Cli, tmp_path: Path) -> None:
    assert cli("backup", str(tmp_path / "one"), "--json").error == (2, "invalid_input")


def test_nothing_is_overwritten(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "one"
    file.write_text("mine")

    assert cli("backup", str(file), "--new-code", "--json").error == (2, "invalid_input")
    assert file.read_text() == "mine"


def test_what_cannot_be_restored_is_named(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.goal("Walk")
    file = tmp_path / "all.backup"
    code = cli.ok("backup", str(file), "--new-code")["code"]
    broken = tmp_path / "broken"
    broken.write_bytes(file.read_bytes()[:-1])
    types(monkeypatch, code, code, WRONG)
    used = cli("restore", str(file), "--json").error
    elsewhere(monkeypatch, tmp_path)

    assert used == (2, "invalid_input")
    assert cli("restore", str(broken), "--json").error == (1, "corrupt_backup")
    assert cli("restore", str(file), "--json").error[1] == "wrong_code"
    assert cli("restore", str(file), "--json").error == (2, "invalid_input"), "the input ended"
    types(monkeypatch, code)
    assert cli("restore", str(tmp_path / "none"), "--json").error == (3, "not_found")
    argument = cli("restore", str(file), code)
    assert (2, True) == (argument.code, code not in argument.err)
    assert cli.ok("goal", "list") == {"goals": []}


def test_a_reminder_stands_in_status_until_there_is_a_copy(cli: Cli, tmp_path: Path) -> None:
    words = "There is no other copy of these."
    new = cli("status").out
    cli.goal("Walk")
    before = cli("status").out
    cli.ok("backup", str(tmp_path / "one"), "--new-code")
    after = cli("status").out

    assert [False, True, False] == [words in each for each in (new, before, after)]
