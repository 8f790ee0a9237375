"""Whether anything was altered: on this device, lane by lane, and in words."""

import sqlite3
from pathlib import Path

import pytest

from tests.support.devices import CARE
from tests.support.home import Home
from tests.unit.client.cli.conftest import Cli
from trailmark_client.cli import verifying
from trailmark_client.queries.lane_reports import LaneReport, MissingEntry, Restored
from trailmark_shared.errors import ErrorCode
from trailmark_shared.phrases import told_head


def altered(tmp_path: Path, sql: str) -> None:
    with sqlite3.connect(tmp_path / "home" / "trailmark.db") as conn:
        conn.execute(sql)
    conn.close()


def test_what_was_not_altered_verifies(cli: Cli) -> None:
    cli.goal("Walk")

    assert cli("verify").out == "Everything verifies: 2 entries.\n"
    assert cli.ok("verify") == {
        "ok": True,
        "checked": 2,
        "lanes": [
            {
                "lane": "self",
                "seen_by": [],
                "entries": 0,
                "verified_to": 0,
                "head": None,
                "verified": True,
                "held": 0,
                "missing": [],
                "missing_in_all": 0,
                "restored": [],
                "altered_at": None,
            }
        ],
        "flaws": [],
        "moved_aside": None,
    }


def test_a_flaw_is_named_by_its_place(cli: Cli, tmp_path: Path) -> None:
    cli.goal("Walk")
    altered(tmp_path, "UPDATE event SET day = '2020-01-01' WHERE dseq = 2")

    plain, found = cli("verify"), cli("verify", "--json")

    assert (plain.code, found.code) == (1, 1)
    assert "Does not verify (columns): self, not sent yet, event " in plain.out
    [flaw] = found.json["flaws"]
    assert (flaw["what"], flaw["lane"], flaw["seq"]) == ("columns", "self", None)


def test_a_damaged_file_is_told_and_verify_says_no(cli: Cli, tmp_path: Path) -> None:
    cli.goal("Walk")
    file = tmp_path / "home" / "trailmark.db"
    data = bytearray(file.read_bytes())
    for place in range(4096, len(data), 64):
        data[place] ^= 0xFF
    file.write_bytes(data)

    ran = cli("verify", "--json")

    assert ran.code == 1
    assert ran.json["moved_aside"] is not None
    assert '"code":"corrupt_log"' in ran.err
    assert not ran.json["ok"]
    assert "Everything verifies" in cli("verify").out


def test_a_lane_is_told_with_its_readers_and_words(cli: Cli, shared: Home) -> None:
    words = told_head(shared.lane(CARE).hash_at(5), 5)

    out = cli("verify").out

    assert (
        f"Shared with Dr Demo ({CARE}): verified, 5 of 5 entries fit.\n"
        f"  {words}\n"
        "Everything verifies: 5 entries.\n"
    ) == out


def test_a_flaw_in_a_row_ends_what_fits(cli: Cli, shared: Home, tmp_path: Path) -> None:
    cli.ok("status")  # what is new is checked at a start, and would be read from the server again
    altered(tmp_path, "UPDATE event SET salt = zeroblob(16) WHERE seq = 3")

    plain, found = cli("verify"), cli("verify", "--json")

    words = told_head(shared.lane(CARE).hash_at(2), 2)
    assert f"NOT verified, 2 of 5 entries fit.\n  {words}\n" in plain.out
    assert "Everything verifies" not in plain.out
    assert (1, False, 2) == (plain.code, found.json["ok"], found.json["lanes"][0]["verified_to"])


def test_words_without_an_export_are_refused(cli: Cli) -> None:
    ran = cli("verify", "--head", "as of entry 1: a b c d e f", "--json")

    assert (2, ErrorCode.INVALID_INPUT) == ran.error


def missing(seq: int, *, own: bool = False, type_: str | None = "goal_drafted") -> MissingEntry:
    return MissingEntry(
        event="e", seq=seq, device="abcdefgh", own=own, actor="person", received_at=0, type=type_,
        day=None,
    )  # fmt: skip


def lines(**fields: object) -> list[str]:
    """Return how a lane of six entries is told, without its first line."""
    whole: dict[str, object] = {
        "lane": "care/x", "seen_by": [], "entries": 6, "verified_to": 6, "head": None,
        "verified": False, "held": 0, "missing": [], "missing_in_all": 0, "restored": [],
        "altered_at": None,
    }  # fmt: skip
    report = LaneReport(**(whole | fields))  # pyright: ignore[reportArgumentType]
    return list(verifying.lane_lines(report, "UTC"))[1:]


def test_a_lane_that_nobody_reads_now_says_so() -> None:
    report = LaneReport(
        lane="care/x", seen_by=[], entries=1, verified_to=1, head=None, verified=True, held=0,
        missing=[], missing_in_all=0, restored=[], altered_at=None,
    )  # fmt: skip

    [line] = verifying.lane_lines(report, "UTC")

    assert "Shared with nobody at present (care/x): verified, 1 of 1 entries fit." == line


def test_a_restored_server_is_told_with_what_became_of_it() -> None:
    restored = [Restored(at=0, upto=6, point=4)]

    went_back = "the server's log had gone back from entry 6 to 4."
    told = lines(restored=restored)
    assert told[0].endswith(went_back)
    assert ["  Restored: nothing is missing."] == told[1:]
    assert ["  2 entries wait here until the server has taken them back."] == lines(
        restored=restored, held=2
    )[1:]


def test_another_history_is_told_as_refused() -> None:
    [told] = lines(altered_at=0)

    assert "the server showed another history than this one; nothing of it was taken." in told


@pytest.mark.parametrize(("in_all", "more"), [(10, []), (12, [2])])
def test_what_is_missing_is_named_up_to_a_length(in_all: int, more: list[int]) -> None:
    named = [missing(1, own=True, type_=None), *(missing(seq) for seq in range(2, 11))]

    told = lines(missing=named, missing_in_all=in_all)

    assert told[0].startswith("  Missing on the server, still here: entry 1 (something locked)")
    assert "from this device, sent " in told[0]
    assert "entry 2 (wrote down a goal), from device abcdef, sent " in told[1]
    assert [f"  and {count} more; trailmark verify --json names them." for count in more] == told[
        10:
    ]
