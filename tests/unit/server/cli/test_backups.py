"""``restore`` from the command line says what is to be done afterwards."""

import asyncio
import json
import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.support.filled_server import filled
from trailmark_server import cli
from trailmark_server.backups import folders
from trailmark_server.backups.place import Told
from trailmark_server.cli.output import ExitCode

KINDS: Final[tuple[folders.Kind, ...]] = ("log", "keys")


def test_a_restore_tells_what_is_not_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, goal = (str(tmp_path / name) for name in ("source", "goal"))
    (tmp_path / "source").mkdir()
    asyncio.run(filled(tmp_path / "source"))
    goals = [str(tmp_path / name) for name in ("logs", "keys")]
    assert ExitCode.OK == cli.run(["backup", *goals, "--data", source, "--json"])
    saved = json.loads(capsys.readouterr().out)
    words = ["restore", saved["log"], "--keys", saved["keys"], "--data", goal, "--json"]

    assert ExitCode.OK == cli.run(words)
    told = " ".join(json.loads(capsys.readouterr().out)["next"])

    for each in ("therapist list", "invitation", "devices has spoken", "server.json"):
        assert each in told


def test_a_backup_that_is_told_to_stop_leaves_nothing(
    begun: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goals = [begun / name for name in ("logs", "keys")]
    stopped_at = list[str]()

    @contextmanager
    def stopped_among_keys(_: object) -> Generator[Told]:
        def told(what: str, _done: int, _of: int) -> None:
            if what == "keys" and not stopped_at:
                stopped_at.extend(path.name for path in goals[1].iterdir())
                signal.raise_signal(signal.SIGINT)

        yield told

    monkeypatch.setattr("trailmark_server.cli.backups.told_progress", stopped_among_keys)
    code = cli.run(["backup", *map(str, goals), "--data", str(begun)])

    assert stopped_at
    assert ExitCode.INTERRUPTED == code
    assert [] == [path for goal in goals for path in goal.iterdir()]


def test_wrong_data_folder_is_named_and_nothing_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    goals = [str(tmp_path / name) for name in ("logs", "keys")]
    code = cli.run(["backup", *goals, "--data", str(tmp_path / "wrong"), "--json"])
    refused = json.loads(capsys.readouterr().err)["error"]

    assert (ExitCode.STORAGE, "storage_unavailable") == (code, refused["code"])
    assert "--data" in refused["message"]
    assert [] == list(tmp_path.iterdir())


def month_older(folder: Path, kind: folders.Kind) -> Path:
    """Let the one backup in a folder be a month older, by its name and its file."""
    [(at, made)] = folders.found(folder, kind)
    at -= 30 * 24 * 3600 * 1000
    older = made.rename(made.with_name(folders.name_of(kind, at)))
    folders.date(older, at)
    return older


def test_what_waits_after_a_gap_is_named_and_keys_do_not_wait(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(filled(tmp_path))
    goal = tmp_path / "backups"
    words = ["backup", str(goal / "log"), str(goal / "keys"), "--data", str(tmp_path)]
    words += ["--log-days", "7", "--keys-days", "7"]
    assert ExitCode.OK == cli.run(words)
    log, keys = (month_older(goal / kind, kind) for kind in KINDS)
    capsys.readouterr()

    assert ExitCode.OK == cli.run([*words, "--json"])
    told = json.loads(capsys.readouterr().out)
    assert ([str(keys)], [str(log)]) == (told["removed"], told["waiting"])

    assert ExitCode.OK == cli.run(words)
    assert f"Not removed: {log.name}. The clock may be wrong" in capsys.readouterr().out
