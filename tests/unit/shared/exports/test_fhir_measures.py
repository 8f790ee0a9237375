"""Answered questionnaires as FHIR resources."""

import pytest

from tests.support.entries import a_text, an_entry
from trailmark_shared.events.measures import MeasureAmended, MeasureAnswered
from trailmark_shared.exports.fhir_measures import answered
from trailmark_shared.projections.measures import fold_measure

SPACE, MEASURE = a_text(7), a_text(100)
AT = "2026-09-21T16:13:20+02:00"
GAD = MeasureAnswered(
    instrument="gad-7",
    version="2006-en",
    title="GAD-7",
    answers=(1, 0, 2, 1, 0, 0, 1, None),
    score=5,
)


def test_answers_stand_beside_their_questions_and_the_sum_refers_to_them() -> None:
    response, total = answered(MEASURE, fold_measure([an_entry(1, GAD)]), SPACE, AT)

    assert ("completed", "urn:trailmark:questionnaire:gad-7|2006-en") == (
        response["status"],
        response["questionnaire"],
    )
    assert ("Feeling nervous, anxious, or on edge", [{"valueInteger": 1}]) == (
        response["item"][0]["text"],
        response["item"][0]["answer"],
    )
    assert "answer" not in response["item"][7]
    assert (5, "final") == (total["valueInteger"], total["status"])


def test_what_was_set_right_is_amended() -> None:
    amended = MeasureAmended(answers=(1, 0, 2, 1, 0, 0, 2, None), score=6)
    document = fold_measure([an_entry(1, GAD), an_entry(2, amended, base=(1,))])

    found = answered(MEASURE, document, SPACE, AT)

    assert ["amended", "amended"] == [each["status"] for each in found]


@pytest.mark.parametrize("instrument", ["gad-7", "own"])
def test_without_a_sum_it_is_not_whole(instrument: str) -> None:
    data = MeasureAnswered(
        instrument=instrument, version="1", title="Own", answers=(None,) * 9, score=None
    )

    [response] = answered(MEASURE, fold_measure([an_entry(1, data)]), SPACE, AT)

    assert "in-progress" == response["status"]
    assert "text" not in response["item"][8]


def test_without_answers_there_is_nothing() -> None:
    amended = MeasureAmended(answers=(1,))

    assert [] == answered(MEASURE, fold_measure([an_entry(2, amended)]), SPACE, AT)
