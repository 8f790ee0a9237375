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
