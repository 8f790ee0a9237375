"""``verify`` and ``rebuild`` from the command line."""

import json
from pathlib import Path

import pytest

from trailmark_server import cli
from trailmark_server.cli.output import ExitCode
from trailmark_server.storage.log_store import LogStore
from trailmark_server.storage.ports import Finding, Progress, ProvenLane, Verification
from trailmark_shared.phrases import told_head

BROKEN = ProvenLane(
    space="00", lane="self", entries=9, verified_to=6, hash=bytes(32), is_whole=False
)
UNPROVEN = ProvenLane(space="01", lane="self", entries=9, verified_to=0, hash=None, is_whole=False)
WHOLE = ProvenLane(space="02", lane="self", entries=3, verified_to=3, hash=bytes(32), is_whole=True)


@pytest.mark.usefixtures("begun")
def test_a_server_without_entries_verifies_and_rebuilds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ExitCode.OK == cli.run(["verify", "--data", str(tmp_path), "--json"])
    assert {"ok": True, "signing_keys": 1, "lanes": [], "findings": []} == json.loads(
        capsys.readouterr().out
    )
    assert ExitCode.OK == cli.run(["verify", "--data", str(tmp_path)])
    assert "Everything verifies: 0 entries, 0 lanes, 1 signing key.\n" == (capsys.readouterr().out)

    assert ExitCode.OK == cli.run(["rebuild", "--data", str(tmp_path), "--json"])
    assert {"lanes": 0} == json.loads(capsys.readouterr().out)


@pytest.mark.usefixtures("begun")
def test_findings_are_named_and_end_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = Finding(space="00", lane="self", seq=7, column="event.body", detail="differs")

    async def verification(_: LogStore, progress: Progress | None = None) -> Verification:
        assert progress is not None
        assert progress(1, 1)
        return Verification(findings=[finding], lanes=[BROKEN, UNPROVEN, WHOLE], signing_keys=2)

    monkeypatch.setattr(LogStore, "verification", verification)

    assert ExitCode.FINDINGS == cli.run(["verify", "--data", str(tmp_path)])
    assert (
        f"00 self: NOT verified, 6 of 9 fit, {told_head(bytes(32), 6)}\n"
        "01 self: NOT verified, 0 of 9 fit\n"
        "00 self 7 event.body: differs\n"
    ) == capsys.readouterr().out
    assert ExitCode.FINDINGS == cli.run(["verify", "--data", str(tmp_path), "--json"])
    document = json.loads(capsys.readouterr().out)
    assert (False, 2) == (document["ok"], document["signing_keys"])
    assert [told_head(bytes(32), 6), None, told_head(bytes(32), 3)] == [
        each["words"] for each in document["lanes"]
    ]


@pytest.mark.usefixtures("begun")
def test_words_of_every_lane_are_shown_where_they_are_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def verification(_: LogStore, progress: Progress | None = None) -> Verification:
        del progress
        return Verification(findings=[], lanes=[WHOLE, WHOLE], signing_keys=2)

    monkeypatch.setattr(LogStore, "verification", verification)
    assert ExitCode.OK == cli.run(["verify", "--data", str(tmp_path)])
    summary = "Everything verifies: 6 entries, 2 lanes, 2 signing keys.\n"
    assert summary == capsys.readouterr().out

    assert ExitCode.OK == cli.run(["verify", "--words", "--data", str(tmp_path)])
    line = f"02 self: verified, 3 of 3 fit, {told_head(bytes(32), 3)}\n"
    assert line * 2 + summary == capsys.readouterr().out
