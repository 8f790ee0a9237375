"""``rotate-signing-key`` from the command line."""

import json
from pathlib import Path

import pytest

from trailmark_server import cli
from trailmark_server.cli.output import ExitCode
from trailmark_shared import limits

pytestmark = pytest.mark.usefixtures("begun")


def rotated(data: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, str | int]:
    assert ExitCode.OK == cli.run(["rotate-signing-key", "--data", str(data), "--json"])
    return json.loads(capsys.readouterr().out)


def test_each_rotation_makes_the_next_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second, third = rotated(tmp_path, capsys), rotated(tmp_path, capsys)

    assert (2, 3) == (second["number"], third["number"])
    assert second["key"] != third["key"]
    assert ExitCode.OK == cli.run(["verify", "--data", str(tmp_path)])


def test_the_operator_is_told_to_keep_the_keys(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ExitCode.OK == cli.run(["rotate-signing-key", "--data", str(tmp_path)])
    assert "Back up keys.db now" in capsys.readouterr().out


def test_too_many_keys_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SIGNING_KEYS_MAX", 2)
    rotated(tmp_path, capsys)

    assert ExitCode.REFUSED == cli.run(["rotate-signing-key", "--data", str(tmp_path), "--json"])
    assert "too_large" == json.loads(capsys.readouterr().err)["error"]["code"]
