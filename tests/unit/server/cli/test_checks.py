"""``verify`` and ``rebuild`` from the command line."""

import json
from pathlib import Path

import pytest

from trailmark_server import cli
from trailmark_server.cli.output import ExitCode
from trailmark_server.storage.log_store import LogStore
from trailmark_server.storage.ports import Finding, Progress


def test_an_empty_folder_verifies_and_rebuilds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ExitCode.OK == cli.run(["verify", "--data", str(tmp_path), "--json"])
    assert {"ok": True, "findings": []} == json.loads(capsys.readouterr().out)
    assert ExitCode.OK == cli.run(["verify", "--data", str(tmp_path)])
    assert "Everything verifies." in capsys.readouterr().out

    assert ExitCode.OK == cli.run(["rebuild", "--data", str(tmp_path), "--json"])
    assert {"lanes": 0} == json.loads(capsys.readouterr().out)


def test_findings_are_named_and_end_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def verify(_: LogStore, progress: Progress | None = None) -> list[Finding]:
        assert progress is not None
        assert progress(1, 1)
        return [Finding(space="00", lane="self", seq=7, column="event.body", detail="differs")]

    monkeypatch.setattr(LogStore, "verify", verify)

    assert ExitCode.FINDINGS == cli.run(["verify", "--data", str(tmp_path)])
    assert "00 self 7 event.body: differs" in capsys.readouterr().out
    assert ExitCode.FINDINGS == cli.run(["verify", "--data", str(tmp_path), "--json"])
    assert not json.loads(capsys.readouterr().out)["ok"]
