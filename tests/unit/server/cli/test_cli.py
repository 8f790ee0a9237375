"""The program as a whole: every failure has an exit code and, with ``--json``, a code."""

import errno
import json
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from trailmark_server import cli
from trailmark_server.cli.output import ExitCode


def test_unknown_words_are_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert ExitCode.USAGE == cli.run(["nonsense"])
    assert ExitCode.USAGE == cli.run(["invite", "--json"])

    shown = capsys.readouterr().err.strip().splitlines()[-1]
    assert "invalid_input" == json.loads(shown)["error"]["code"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("therapist link a@example.org", "--email is missing; trailmark-server therapist link"),
        ("therapist a@example.org", "there is no such command; trailmark-server therapist"),
        ("serve --port a@example.org", "--port does not take that; trailmark-server serve"),
        ("serve --port 65536", "--port does not take that; trailmark-server serve"),
        ("serve --sign-in a@example.org", "--sign-in takes one of: any, passkey; "),
        ("therapist list a@example.org", "more words or other options than it takes"),
    ],
)
def test_wrong_use_is_told_in_our_own_words_with_what_to_do(
    capsys: pytest.CaptureFixture[str], words: str, said: str
) -> None:
    assert ExitCode.USAGE == cli.run(words.split())

    shown = capsys.readouterr().err
    assert shown.startswith("trailmark-server: ")
    assert said in shown
    assert shown.endswith(" --help shows how\n")
    assert "a@example.org" not in shown


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (["--host", ""], "--host"),
        (["--data", ""], "--data"),
        (["--database", " "], "--database"),
        (["--public-url="], "--public-url"),
    ],
)
def test_an_option_with_nothing_behind_it_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    given: list[str],
    named: str,
) -> None:
    """An unset variable of a script never means this folder, all addresses, or files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("trailmark_server.serving.run", pytest.fail)

    assert ExitCode.USAGE == cli.run(["serve", "--data", "kept", "--port", "0", *given])

    assert f"nothing stands after {named}: " in capsys.readouterr().err
    assert [] == list(tmp_path.iterdir())


@pytest.mark.usefixtures("begun")
def test_refusals_name_their_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["invite", "--therapist", "a@example.org", "--data", str(tmp_path)]
    assert ExitCode.REFUSED == cli.run([*asked, "--json"])
    assert "not_found" == json.loads(capsys.readouterr().err)["error"]["code"]

    assert ExitCode.REFUSED == cli.run(asked)
    assert "no enabled therapist" in capsys.readouterr().err


def test_a_newer_schema_is_a_trouble_of_the_store(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "trailmark.db").write_bytes(b"this is no database" * 100)

    assert ExitCode.STORAGE == cli.run(["therapist", "list", "--data", str(tmp_path), "--json"])
    assert "corrupt_log" == json.loads(capsys.readouterr().err)["error"]["code"]


@pytest.mark.usefixtures("begun")
def test_the_program_ends_with_the_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["trailmark-server", "therapist", "list", "--data", str(tmp_path)]
    monkeypatch.setattr("sys.argv", arguments)

    assert cli.main() == ExitCode.OK
    assert "No therapists yet" in capsys.readouterr().out


@pytest.mark.usefixtures("begun")
def test_an_interrupt_is_no_traceback(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("trailmark_server.cli.therapists.write_accounts", interrupted)

    assert ExitCode.INTERRUPTED == cli.run(["therapist", "list", "--data", str(tmp_path)])


@pytest.mark.usefixtures("begun")
def test_a_defect_is_told_by_type_and_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("somebody's words")

    monkeypatch.setattr("trailmark_server.cli.therapists.write_accounts", broken)

    assert ExitCode.DEFECT == cli.run(["therapist", "list", "--data", str(tmp_path), "--json"])
    error = json.loads(capsys.readouterr().err)["error"]
    assert "internal" == error["code"]
    assert "ValueError at test_cli.py:" in error["message"]
    assert "words" not in error["message"]


@pytest.mark.usefixtures("begun")
def test_a_file_that_the_machine_lets_nobody_use_is_named_and_no_defect(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "/srv/keys.db.lock")

    monkeypatch.setattr("trailmark_server.cli.therapists.write_accounts", broken)

    assert ExitCode.STORAGE == cli.run(["therapist", "list", "--data", str(tmp_path), "--json"])
    error = json.loads(capsys.readouterr().err)["error"]
    assert "storage_unavailable" == error["code"]
    assert "/srv/keys.db.lock cannot be used (Permission denied)" in error["message"]


def test_the_version_is_that_of_the_release(capsys: pytest.CaptureFixture[str]) -> None:
    assert ExitCode.OK == cli.run(["--version"])

    assert metadata.version("trailmark") == capsys.readouterr().out.strip()


PROGRAM = [sys.executable, "-m", "trailmark_server"]


def ends(words: list[str], **streams: Any) -> tuple[int, str]:  # noqa: ANN401  (any stream)
    """Return how the program ends where its answer goes, and what it says of it."""
    done = subprocess.run(
        [*PROGRAM, *words], stderr=subprocess.PIPE, text=True, check=False, timeout=60, **streams
    )
    return done.returncode, done.stderr


@pytest.mark.usefixtures("begun")
@pytest.mark.parametrize("words", [["--help"], ["therapist", "list", "--data", "{}"]])
def test_a_reader_who_has_enough_is_no_failure(tmp_path: Path, words: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    found = ends([each.format(tmp_path) for each in words], stdout=writing)
    os.close(writing)

    assert (ExitCode.OK, "") == found


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.usefixtures("begun")
@pytest.mark.parametrize("words", [["--help"], ["therapist", "list", "--data", "{}"]])
def test_a_full_disk_behind_the_answer_is_no_defect(tmp_path: Path, words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        code, said = ends([each.format(tmp_path) for each in words], stdout=full)

    assert ExitCode.STORAGE == code
    assert "defect" not in said


@pytest.mark.usefixtures("begun")
def test_an_answer_that_nobody_reads_is_given_all_the_same(tmp_path: Path) -> None:
    shell = " ".join([*PROGRAM, "therapist", "list", "--data", str(tmp_path), ">&-"])
    done = subprocess.run(["sh", "-c", shell], capture_output=True, check=False, timeout=60)

    assert (ExitCode.OK, b"") == (done.returncode, done.stderr)
