"""One answer out, every error named, nothing of a person's words in an error."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.client.cli.conftest import Cli
from trailmark_client.cli.catalogue import COMMANDS, Command
from trailmark_client.cli.terminal import printable

TRAILMARK = (sys.executable, "-m", "trailmark_client")
SECRET = "wordsthatmustnotshow"


def test_help_names_every_command(cli: Cli) -> None:
    ran = cli("--help")

    assert (ran.code, ran.err) == (0, "")
    assert all(each.words[0] in ran.out for each in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: " ".join(each.words))
def test_every_command_has_help_and_takes_json(cli: Cli, command: Command) -> None:
    ran = cli(*command.words, "--help")

    assert (ran.code, ran.err) == (0, "")
    assert "--json" in ran.out


def test_version_is_told(cli: Cli) -> None:
    assert cli("--version").out.strip()[0].isdigit()


@pytest.mark.parametrize(
    "words",
    [
        ("goal", "add"),
        ("goal", SECRET),
        (SECRET,),
        ("goal", "add", "title", SECRET),
        ("goal", "add", "title", f"--{SECRET}", "x"),
        ("check-in", "0", "1", "--measure", SECRET),
        ("log", "--limit", SECRET),
        ("win",),
        ("private-copy", SECRET),
    ],
)
def test_a_usage_error_is_told_in_both_forms_without_the_words(
    cli: Cli, words: tuple[str, ...]
) -> None:
    plain, as_json = cli(*words), cli(*words, "--json")

    assert (plain.code, plain.out) == (2, "")
    assert plain.err.startswith("trailmark: ")
    assert as_json.error == (2, "invalid_input")
    assert SECRET not in plain.err + as_json.err


def test_json_behind_the_end_of_options_is_a_word(cli: Cli) -> None:
    ran = cli("win", "--", "--json")

    assert (ran.code, ran.err) == (0, "")
    assert "Saved on this device." in ran.out


def test_an_error_is_one_line_of_json_beside_an_empty_answer(cli: Cli) -> None:
    ran = cli("goal", "show", "0", "--json")

    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    assert ran.error == (3, "not_found")


@pytest.mark.parametrize("flag", ["--json", "--json=true", "--json=Yes", "--json=1"])
def test_json_is_told_however_it_is_asked_for(cli: Cli, flag: str) -> None:
    assert [] == cli("goal", "list", flag).json["goals"]
    assert (3, "not_found") == cli("goal", "show", "z", flag).error


def test_json_commands_no_terminal_and_says_what_was_written(cli: Cli) -> None:
    words = "danced \x9b2J\x7f\u202e"
    cli("win", words)

    ran = cli("timeline", "--json")

    assert printable(ran.out) == ran.out
    assert words in [each["text"] for each in ran.json["events"]]


def test_json_that_is_not_wanted_is_not_told(cli: Cli) -> None:
    assert not cli("goal", "list", "--json=no").out.startswith("{")


def test_a_defect_is_named_by_its_place_only(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_words: object, **_named: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("trailmark_client.cli.here.open_app", broken)

    ran = cli("status", "--json")

    assert ran.error == (70, "internal")
    assert "RuntimeError" in ran.err
    assert SECRET not in ran.err


def test_an_interrupt_ends_calmly(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_words: object, **_named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("trailmark_client.cli.here.open_app", interrupted)

    ran = cli("status")

    assert (ran.code, ran.out, ran.err) == (130, "", "")


def test_a_reader_that_went_away_is_no_error(cli: Cli) -> None:
    for _ in range(3):
        cli.goal()
    listing = subprocess.Popen(
        [*TRAILMARK, "log"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert listing.stdout is not None
    assert listing.stderr is not None
    listing.stdout.close()

    assert listing.wait(30) == 0
    assert listing.stderr.read() == b""
    listing.stderr.close()


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_help_that_nobody_reads_to_its_end_is_no_error(
    monkeypatch: pytest.MonkeyPatch, unbuffered: str
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    shown = subprocess.Popen([*TRAILMARK, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert shown.stdout is not None
    shown.stdout.close()
    _, said = shown.communicate(timeout=30)

    assert (0, b"") == (shown.returncode, said)


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["words", "json"])
def test_answer_for_which_there_is_no_room_says_that_all_is_saved(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, form: list[str], unbuffered: str
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    ran = on_a_full_disk("goal", "add", "Walk", *form)

    assert 7 == ran.returncode
    assert "saved on this device" in ran.stderr
    assert ["Walk"] == [each["title"] for each in cli.ok("goal", "list")["goals"]]


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_help_for_which_there_is_no_room_says_so(
    monkeypatch: pytest.MonkeyPatch, unbuffered: str
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    ran = on_a_full_disk("--help", "--json")

    assert 6 == ran.returncode
    assert '"disk_full"' in ran.stderr


def on_a_full_disk(*words: str) -> subprocess.CompletedProcess[str]:
    with Path("/dev/full").open("w") as full:
        return subprocess.run(
            [*TRAILMARK, *words],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=30,
            check=False,
        )


def test_streams_that_are_closed_end_no_command(cli: Cli) -> None:
    closed = subprocess.run(
        ["sh", "-c", '"$@" >&- 2>&-', "sh", *TRAILMARK, "goal", "add", "Walk"],
        timeout=30,
        check=False,
    )
    with Path("/dev/full").open("w") as full:
        refused = subprocess.run(
            [*TRAILMARK, "goal", "show", "z"], stderr=full, timeout=30, check=False
        )

    assert (0, 3) == (closed.returncode, refused.returncode)
    assert 1 == len(cli.ok("goal", "list")["goals"])


NOT_FOR_A_CHECK_IN = (
    *(
        "asyncio",
        "attr",
        "calendar",
        "concurrent.futures",
        "cyclopts",
        "http.client",
        "importlib.metadata",
    ),
    *("rich", "ssl", "websockets"),
    *(
        "trailmark_client.cli.exporting",
        "trailmark_client.cli.wording",
        "trailmark_client.commands.steps",
    ),
    *("trailmark_client.key_sharing", "trailmark_client.storage.verification"),
    "trailmark_client.storage.epochs",
)
"""What would cost every start, and serves other commands."""


def test_a_command_loads_neither_cyclopts_nor_rich_nor_an_event_loop(cli: Cli) -> None:
    goal = cli.goal()
    script = (
        "import sys; from trailmark_client.__main__ import run; "
        f"sys.argv = ['trailmark', 'check-in', '{goal}', '3', '--note', 'a']; run(); "
        f"print([each for each in {NOT_FOR_A_CHECK_IN} if each in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=30
    )

    assert done.stdout.splitlines()[-1] == "[]"


def test_the_program_is_installed(cli: Cli) -> None:
    cli.goal("Walk")

    done = subprocess.run(
        [sys.executable, "-m", "trailmark_client", "goal", "list"],
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "Walk" in done.stdout


def test_a_word_of_a_closed_list_is_told_with_the_list(cli: Cli) -> None:
    ran = cli("barrier", "add", "far", "--where", "moon")

    assert 2 == ran.code
    assert "environment, relationship, behaviour, belief, practical" in ran.err
    assert "moon" not in ran.err


def test_bytes_that_are_no_text_are_told_and_nothing_is_recorded(cli: Cli) -> None:
    ran = cli("log", "--lane", "a\udcff")

    assert (2, "") == (ran.code, ran.out)
    assert "no valid text" in ran.err


def _in_encoding(encoding: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "trailmark_client", *words],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        check=False,
        capture_output=True,
        timeout=30,
    )


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_what_an_encoding_lacks_stands_escaped_and_json_is_utf_8(cli: Cli, encoding: str) -> None:
    assert 0 == cli("win", "Said no").code
    saved = _in_encoding(encoding, "happened", "\N{GRINNING FACE} x", "3", "--new")
    told = _in_encoding(encoding, "timeline")
    as_json = _in_encoding(encoding, "timeline", "--json")

    assert [0, 0, 0] == [each.returncode for each in (saved, told, as_json)]
    assert b"\\U0001f600 x" in told.stdout
    assert "\N{GRINNING FACE} x" == json.loads(as_json.stdout.decode())["events"][-1]["text"]
