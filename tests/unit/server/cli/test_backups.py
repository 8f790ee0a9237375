"""``restore`` from the command line says what is to be done afterwards."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.support.filled_server import filled
from trailmark_server import cli
from trailmark_server.cli.output import ExitCode


def test_a_restore_tells_what_is_not_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, goal = (str(tmp_path / name) for name in ("source", "goal"))
    (tmp_path / "source").mkdir()
    asyncio.run(filled(tmp_path / "source"))
    folders = [str(tmp_path / name) for name in ("logs", "keys")]
    assert ExitCode.OK == cli.run(["backup", *folders, "--data", source, "--json"])
    saved = json.loads(capsys.readouterr().out)
    words = ["restore", saved["log"], "--keys", saved["keys"], "--data", goal, "--json"]

    assert ExitCode.OK == cli.run(words)
    told = " ".join(json.loads(capsys.readouterr().out)["next"])

    for each in ("therapist list", "invitation", "devices has spoken", "server.json"):
        assert each in told


def test_wrong_data_folder_is_named_and_nothing_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    goals = [str(tmp_path / name) for name in ("logs", "keys")]
    code = cli.run(["backup", *goals, "--data", str(tmp_path / "wrong"), "--json"])
    refused = json.loads(capsys.readouterr().err)["error"]

    assert (ExitCode.STORAGE, "storage_unavailable") == (code, refused["code"])
    assert "--data" in refused["message"]
    assert [] == list(tmp_path.iterdir())
