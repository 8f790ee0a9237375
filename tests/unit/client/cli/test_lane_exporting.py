"""One lane in a file: what it says on top, and that it checks out elsewhere."""

import json
from pathlib import Path

import pytest

from tests.support.devices import CARE
from tests.support.home import Home
from tests.unit.client.cli.conftest import Cli
from trailmark_shared.errors import ErrorCode
from trailmark_shared.exports.notice import notice_for_person
from trailmark_shared.phrases import told_head


def test_what_was_written_is_told_with_its_notice_and_words(
    cli: Cli, shared: Home, tmp_path: Path
) -> None:
    file = tmp_path / "lane.jsonl"

    out = cli("export-lane", str(file)).out

    words = told_head(shared.lane(CARE).hash_at(5), 5)
    assert out.splitlines() == [
        f"Written: 5 entries of {CARE}.",
        *notice_for_person(CARE),
        f"Its words, for whoever checks it: {words}",
    ]
    lines = file.read_bytes().splitlines()
    assert 6 == len(lines)
    assert (CARE, words) == ((head := json.loads(lines[0]))["lane"], head["words"])


def test_the_document_says_the_same(cli: Cli, shared: Home, tmp_path: Path) -> None:
    assert shared
    file = tmp_path / "lane.jsonl"

    found = cli.ok("export-lane", str(file), "--lane", "care")

    assert (str(file), CARE, 5, file.stat().st_size) == (
        found["file"],
        found["lane"],
        found["entries"],
        found["size"],
    )


@pytest.mark.parametrize(
    ("name", "lane", "code"),
    [
        ("home", "care", ErrorCode.INVALID_INPUT),
        ("lane.jsonl", "self", ErrorCode.NOT_FOUND),
    ],
)
def test_a_taken_name_and_an_unknown_lane_are_refused(
    cli: Cli, shared: Home, tmp_path: Path, name: str, lane: str, code: ErrorCode
) -> None:
    assert shared

    ran = cli("export-lane", str(tmp_path / name), "--lane", lane, "--json")

    assert code == ran.error[1]
    assert [tmp_path / "home"] == list(tmp_path.iterdir())
