"""Answered questionnaires as FHIR resources."""

import msgspec
import pytest

from tests.support.entries import a_text, an_entry
from trailmark_shared.events.measures import (
    AttainmentRated,
    MeasureAmended,
    MeasureAnswered,
    OccurrenceCorrected,
    OccurrenceRecorded,
    ScaleSet,
)
from trailmark_shared.exports.fhir_measures import answered, attained, occurred
from trailmark_shared.projections.measures import fold_measure, fold_occurrence, fold_scale

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


def test_what_happened_says_how_strong_it_was_or_that_it_did() -> None:
    strong = OccurrenceRecorded(what="Panic", intensity_tenths=75, goal=a_text(9), note="bus")
    first = occurred(MEASURE, fold_occurrence([an_entry(1, strong)]), SPACE)
    plain = occurred(
        MEASURE, fold_occurrence([an_entry(1, OccurrenceRecorded(what="Panic"))]), SPACE
    )

    assert first is not None
    assert plain is not None
    assert ({"text": "Panic"}, {"value": 7.5, "unit": "of 10"}, [{"text": "bus"}], "final") == (
        first["code"],
        first["valueQuantity"],
        first["note"],
        first["status"],
    )
    assert 1 == len(first["focus"])
    assert plain["valueBoolean"] is True
    assert set() == {"valueQuantity", "focus"} & plain.keys()
    assert "2026-09-21T16:13:20+02:00" == plain["effectiveDateTime"]


def test_what_happened_on_another_day_has_that_day() -> None:
    entries = [
        an_entry(1, OccurrenceRecorded(what="Panic", intensity_tenths=70)),
        an_entry(2, OccurrenceCorrected(intensity_tenths=50, happened_on="2026-09-01"), base=(1,)),
    ]

    found = occurred(MEASURE, fold_occurrence(entries), SPACE)

    assert found is not None
    assert ("2026-09-01", "amended", 5) == (
        found["effectiveDateTime"],
        found["status"],
        found["valueQuantity"]["value"],
    )


def test_what_happened_is_nothing_without_its_words() -> None:
    assert occurred(MEASURE, fold_occurrence([an_entry(2, OccurrenceCorrected())]), SPACE) is None


def test_each_time_a_level_was_said_is_an_observation_of_its_goal() -> None:
    levels = ("a", "b", "c", "d", "e")
    entries = [
        an_entry(1, ScaleSet(goal=a_text(9), levels=levels)),
        an_entry(2, AttainmentRated(level=-1)),
        an_entry(3, AttainmentRated(level=1, note="two stops")),
    ]

    first, second = attained(fold_scale(entries), SPACE)

    assert [(-1, [{"text": "b"}]), (1, [{"text": "d"}])] == [
        (each["valueInteger"], each["interpretation"]) for each in (first, second)
    ]
    assert ("note" in first, second["note"]) == (False, [{"text": "two stops"}])
    assert first["id"] != second["id"]


def test_a_level_without_its_goal_is_nothing_and_without_words_a_number() -> None:
    rated = an_entry(2, AttainmentRated(level=1))
    scale = fold_scale([an_entry(1, ScaleSet(goal=a_text(9), levels=("a",) * 5)), rated])

    [told] = attained(
        msgspec.structs.replace(
            scale, ratings=(msgspec.structs.replace(scale.ratings[0], words=None),)
        ),
        SPACE,
    )

    assert [] == attained(fold_scale([rated]), SPACE)
    assert "interpretation" not in told
