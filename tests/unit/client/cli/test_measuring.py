"""Questionnaires, as typed: whole words, a sum, no diagnosis, and calm where it is hard."""

import json
from io import StringIO
from pathlib import Path

import pytest

from tests.unit.client.cli.conftest import Cli
from trailmark_client.cli.measuring import HELP_HINTS


class Typed(StringIO):
    """What a person types at a terminal."""

    def isatty(self) -> bool:
        return True


CALM = ("1", "0", "2", "1", "0", "0", "1", "0", "0")


def test_a_questionnaire_is_shown_with_its_notice(cli: Cli) -> None:
    listed = cli("measure").out
    said = cli("measure", "show", "PHQ-9").out

    assert "phq-9  PHQ-9, 10 questions" in listed
    assert "No permission required to reproduce" in said
    assert "9. Thoughts that you would be better off dead" in said
    assert "3 Extremely difficult" in said


def test_answers_are_kept_one_by_one_with_their_sum(cli: Cli) -> None:
    for first in ("3", "2", "1"):
        cli.ok("measure", "answer", "phq-9", first, *CALM[1:], "--at", f"{first} days ago")

    [series] = cli.ok("measure", "results")["series"]
    said = cli("measure", "results").out

    assert [7, 6, 5] == [each["score"] for each in series["measures"]]
    assert series["measures"][0]["answers"] == [3, 0, 2, 1, 0, 0, 1, 0, 0, None]
    assert "PHQ-9 (2001-en): the sums are going down" in said
    assert "A sum is no diagnosis" in said
    for never in ("mild", "moderate", "severe", "depressi"):
        assert never not in said.lower()


def test_a_hard_answer_is_met_calmly_and_told_to_nobody(cli: Cli) -> None:
    hard = cli("measure", "answer", "phq-9", *CALM[:8], "1").out
    other = cli("measure", "answer", "phq-9", *CALM).out

    assert "\n".join(HELP_HINTS) in hard
    assert "Trailmark tells nobody what you answered." in hard
    assert "Only on this device: nobody else sees it." in hard
    assert "116 123" not in other


def test_a_question_may_be_left_out(cli: Cli) -> None:
    cli.ok("measure", "answer", "gad-7", "1", "-", "1", "1", "1", "1", "1")

    assert "answers left out  (1 - 1 1 1 1 1 -)" in cli("measure", "results").out


def test_each_question_is_asked_where_somebody_is_there(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Typed("1\n9\n0\n2\n-\n3\n0\n1\n1\n"))

    said = cli("measure", "answer", "gad-7").out

    [line] = cli.ok("measure", "results")["series"][0]["measures"]
    assert "I would rather not answer" in said
    assert line["answers"] == [1, 0, 2, None, 3, 0, 1, 1]


def test_answers_are_set_right(cli: Cli) -> None:
    answered = cli.ok("measure", "answer", "phq-9", *CALM)["id"]

    cli.ok("measure", "fix", answered[:8], "0", *CALM[1:])

    assert cli.ok("measure", "results")["series"][0]["measures"][0]["score"] == 4
    assert "set right how a questionnaire was answered" in cli("timeline").out


@pytest.mark.parametrize("answers", [(), ("1",), ("x", *CALM[1:]), ("4", *CALM[1:])])
def test_what_does_not_answer_it_is_refused(cli: Cli, answers: tuple[str, ...]) -> None:
    assert cli("measure", "answer", "phq-9", *answers, "--json").error == (2, "invalid_input")


def test_a_questionnaire_is_added_from_a_file(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "sleep.json"
    whole = {
        "code": "sleep",
        "version": "1",
        "title": "Sleep",
        "notice": "Free to use",
        "stem": "Last night,",
        "choices": [{"value": 0, "words": "No"}, {"value": 1, "words": "Yes"}],
        "items": [{"words": "did you sleep?"}],
    }
    file.write_text(json.dumps(whole))
    added = cli("measure", "add", str(file)).out
    answered = cli.ok("measure", "answer", "sleep", "1")["id"]

    file.write_text(json.dumps({**whole, "version": "2"}))
    cli.ok("measure", "add", str(file))

    assert added == "Sleep can be answered: trailmark measure answer sleep\n"
    assert cli("measure", "fix", answered, "0", "--json").error == (2, "invalid_input")
    assert cli("measure", "show", "tea", "--json").error == (3, "not_found")
    file.write_text("{")
    assert cli("measure", "add", str(file), "--json").error == (2, "invalid_input")


def test_nothing_yet_is_fine(cli: Cli) -> None:
    assert cli("measure", "results").out == "Nothing yet, and that is fine.\n"


@pytest.mark.parametrize("typed", ["\u00b2", "\u0663", "1" * 5000, "-1", "1.0"])
def test_what_is_no_answer_is_refused_by_name(cli: Cli, typed: str) -> None:
    answers = ("--", typed, "1", "1", "1", "1", "1", "1")

    assert (2, "invalid_input") == cli("measure", "answer", "gad-7", "--json", *answers).error
