"""A copy of everything: whole or not at all, for the person's own account only."""

import json
from pathlib import Path

import pytest

from tests.unit.client.cli.conftest import Cli
from trailmark_shared.errors import ErrorCode


def test_everything_readable_is_in_it(cli: Cli, tmp_path: Path) -> None:
    goal = cli.goal("Two walks a week")
    cli.ok("check-in", goal, "2", "--note", "by the river")
    cli.ok("reflect", "It was hard, and I said so.")
    file = tmp_path / "copy.json"

    told = cli.ok("export", str(file))

    found = json.loads(file.read_bytes())
    assert (str(file), 1, 4, file.stat().st_size) == (
        told["file"],
        told["goals"],
        told["events"],
        told["size"],
    )
    assert "trailmark-export/1" == found["format"]
    assert ["by the river"] == [each["note"] for each in found["goals"][0]["check_ins"]]
    assert "It was hard, and I said so." in {each["text"] for each in found["timeline"]}
    assert all(each["body"] for each in found["events"])
    assert 0o600 == file.stat().st_mode & 0o777
    assert ["copy.json", "home"] == sorted(each.name for each in tmp_path.iterdir())


@pytest.mark.parametrize("name", ["there.json", "no-such-folder/copy.json"])
def test_nothing_is_overwritten_and_no_folder_is_made(cli: Cli, tmp_path: Path, name: str) -> None:
    (tmp_path / "there.json").write_text("mine")

    assert (2, ErrorCode.INVALID_INPUT) == cli("export", str(tmp_path / name), "--json").error
    assert "mine" == (tmp_path / "there.json").read_text()


def test_a_failed_write_leaves_nothing(cli: Cli, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "copy.json.part").mkdir()

    ran = cli("export", str(closed / "copy.json"), "--json")

    assert (6, ErrorCode.STORAGE_UNAVAILABLE) == ran.error
    assert not (closed / "copy.json").exists()
