"""An export on the machine of whoever has it: no folder of Trailmark is needed or made."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from tests.support.exports import a_lane, lines_of, placed, row_of, written_again
from tests.support.lane_devices import LaneDevice, erasing
from tests.unit.client.cli.conftest import Cli
from trailmark_client.cli import export_checking
from trailmark_shared.errors import ErrorCode
from trailmark_shared.events.envelope import without_body
from trailmark_shared.phrases import told_head

ROWS = a_lane()
WORDS = told_head(ROWS[-1].lane_hash, len(ROWS))
CLOSING = (
    "What no check can show: whether whoever runs the server added entries in somebody's name. "
    "The person sees everything that stands in their name on their own device."
)

ERASED = (
    "Another entry says that they were erased. Only the person's own device can tell whether "
    "they asked for that; until then, any of them may have given access or ended it."
)
MATCHING = (
    "The words match: it is the history that the person's own device holds, but for what "
    "those entries said."
)


def saved(tmp_path: Path, lines: Sequence[bytes]) -> str:
    file = tmp_path / "lane.jsonl"
    file.write_bytes(b"".join(lines))
    return str(file)


def test_words_that_match_prove_the_persons_history(cli: Cli, tmp_path: Path) -> None:
    ran = cli("verify", saved(tmp_path, lines_of(ROWS)), "--head", WORDS)

    assert [
        f"{ROWS[0].event.lane}: verified up to entry 8 of 8.",
        "Entries without words any more, 1 in all: 5.",
        ERASED,
        MATCHING,
        CLOSING,
    ] == ran.out.splitlines()
    assert (0, "") == (ran.code, ran.err)
    assert not (tmp_path / "home").exists()


def test_words_that_match_match_whole_where_nothing_was_erased(cli: Cli, tmp_path: Path) -> None:
    words = told_head(ROWS[3].lane_hash, 4)

    ran = cli("verify", saved(tmp_path, lines_of(ROWS[:4])), "--head", words)

    assert 0 == ran.code
    assert "The words match: it is the history that the person's own device holds.\n" in ran.out
    assert "without words" not in ran.out


def test_many_erased_entries_are_told_by_their_number(cli: Cli, tmp_path: Path) -> None:
    phone = LaneDevice()
    grant, gone = phone.grants(), [phone.shares() for _ in range(12)]
    rows = [grant, *map(without_body, gone), phone.says(erasing(*gone))]

    ran = cli("verify", saved(tmp_path, lines_of(placed(list(map(row_of, rows))))))

    assert "12 in all: 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more." in ran.out


@pytest.mark.parametrize("typed", [WORDS.upper(), WORDS.title(), WORDS.replace(" ", "  ")])
def test_words_may_be_typed_in_any_way(cli: Cli, tmp_path: Path, typed: str) -> None:
    found = cli.ok("verify", saved(tmp_path, lines_of(ROWS)), "--head", typed)

    assert (True, True, WORDS) == (found["ok"], found["compared"], found["words"])


def test_words_of_an_earlier_entry_count_for_it(cli: Cli, tmp_path: Path) -> None:
    words = told_head(ROWS[3].lane_hash, 4)

    assert cli.ok("verify", saved(tmp_path, lines_of(ROWS)), "--head", words)["compared"]


def test_other_words_fail_although_all_fits(cli: Cli, tmp_path: Path) -> None:
    words = told_head(bytes(32), 8)

    ran = cli("verify", saved(tmp_path, lines_of(ROWS)), "--head", words)

    assert 1 == ran.code
    assert "The words do NOT match" in ran.out


def test_without_words_it_says_that_nothing_was_compared(cli: Cli, tmp_path: Path) -> None:
    ran = cli("verify", saved(tmp_path, lines_of(ROWS)))

    assert 0 == ran.code
    assert f"Here they are: {WORDS}" in ran.out
    assert "Not compared with the person's own device yet" in ran.out


def test_an_empty_lane_has_no_words(cli: Cli, tmp_path: Path) -> None:
    ran = cli("verify", saved(tmp_path, lines_of([])))

    assert "verified up to entry 0 of 0." in ran.out
    assert "Here they are" not in ran.out


def test_the_first_entry_that_does_not_fit_is_named(cli: Cli, tmp_path: Path) -> None:
    rows = list(ROWS)
    event = rows[3].event
    assert event.body is not None
    rows[3] = msgspec.structs.replace(
        rows[3], event=msgspec.structs.replace(event, body=event.body.replace(b"Sleep", b"Slept"))
    )

    plain = cli("verify", saved(tmp_path, lines_of(rows)))
    found = cli("verify", saved(tmp_path, lines_of(rows)), "--json")

    assert (1, 1) == (plain.code, found.code)
    assert "verified up to entry 3 of 8." in plain.out
    assert "Entry 4 does not fit (body)" in plain.out
    assert [(4, "body")] == [(each["seq"], each["what"]) for each in found.json["misfits"]]


def test_a_file_without_its_end_does_not_fit(cli: Cli, tmp_path: Path) -> None:
    ran = cli("verify", saved(tmp_path, lines_of(ROWS)[:-1]))

    assert 1 == ran.code
    assert "The file does not fit" in ran.out


def test_many_misfits_are_told_by_their_number(cli: Cli, tmp_path: Path) -> None:
    event = ROWS[1].event
    rows = placed([row_of(written_again(event, space=bytes(16))) for _ in range(12)])

    ran = cli("verify", saved(tmp_path, lines_of(rows)))

    assert 10 == ran.out.count("does not fit (")
    assert "things do not fit; --json names up to a hundred." in ran.out


def test_entries_that_stand_aside_are_told(cli: Cli, tmp_path: Path) -> None:
    rows = [*ROWS[:-1], msgspec.structs.replace(ROWS[-1], code="aside")]

    ran = cli("verify", saved(tmp_path, lines_of(placed(rows))))

    assert 0 == ran.code
    assert "1 entry stands aside" in ran.out


def test_what_is_no_export_is_told(cli: Cli, tmp_path: Path) -> None:
    plain = cli("verify", saved(tmp_path, [b"{}\n"]))
    found = cli("verify", saved(tmp_path, [b"{}\n"]), "--json")

    assert (1, 1) == (plain.code, found.code)
    assert plain.out.startswith("This cannot be checked: ")
    assert (None, 0, 1) == (
        found.json["lane"],
        found.json["verified_to"],
        found.json["misfits_in_all"],
    )


@pytest.mark.parametrize("words", ["as of entry 8: four words too few", "no words at all"])
def test_words_that_are_none_are_refused(cli: Cli, tmp_path: Path, words: str) -> None:
    ran = cli("verify", saved(tmp_path, lines_of(ROWS)), "--head", words, "--json")

    assert 2 == ran.error[0]


def test_a_file_that_is_not_there_is_told(cli: Cli, tmp_path: Path) -> None:
    assert (2, ErrorCode.INVALID_INPUT) == cli("verify", str(tmp_path / "no"), "--json").error


def test_progress_is_told_in_steps(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_checking, "LINES_AT_ONCE", 3)

    assert cli.ok("verify", saved(tmp_path, lines_of(ROWS)))["ok"]
