"""Measures: what stands, what was set right, and what stays as it was said."""

from tests.support.entries import a_text, an_entry
from trailmark_shared.events.measures import (
    AttainmentRated,
    MeasureAmended,
    MeasureAnswered,
    OccurrenceCorrected,
    OccurrenceRecorded,
    ScaleChanged,
    ScaleSet,
)
from trailmark_shared.projections.measures import fold_measure, fold_occurrence, fold_scale

LEVELS = ("a", "b", "c", "d", "e")
GOAL = a_text(9)


def test_an_occurrence_keeps_what_it_is_and_is_set_right() -> None:
    happened = an_entry(1, OccurrenceRecorded(what="Panic", intensity_tenths=60, goal=GOAL))
    right = OccurrenceCorrected(intensity_tenths=50, happened_on="2026-09-20")

    found = fold_occurrence([happened, an_entry(2, right, base=(1,))])

    assert (found.what, found.goal, found.occurred_at) == (
        "Panic",
        GOAL,
        happened.body.occurred_at,
    )
    assert (found.intensity_tenths.value, found.day.value) == (50, "2026-09-20")
    assert fold_occurrence([happened]).day.value == happened.body.day


def test_a_correction_alone_says_only_what_it_says() -> None:
    found = fold_occurrence([an_entry(2, OccurrenceCorrected(intensity_tenths=50))])

    assert (found.what, found.intensity_tenths.value, found.day.value) == (None, 50, None)


def test_amended_answers_take_the_place_of_the_earlier_ones() -> None:
    answered = an_entry(
        1,
        MeasureAnswered(
            instrument="phq-9", version="1", title="PHQ-9", answers=(1, None), score=None
        ),
    )
    amended = an_entry(2, MeasureAmended(answers=(1, 2), score=3), base=(1,))

    found = fold_measure([answered, amended])

    assert (found.instrument, found.version, found.title) == ("phq-9", "1", "PHQ-9")
    assert (found.answers.value, found.score.value, found.day) == ((1, 2), 3, answered.body.day)
    assert fold_measure([amended]).instrument is None


def test_answers_set_right_on_two_devices_are_both_kept() -> None:
    answered = an_entry(
        1, MeasureAnswered(instrument="phq-9", version="1", title="PHQ-9", answers=(1,), score=1)
    )
    apart = [an_entry(n, MeasureAmended(answers=(n,), score=n), base=(1,)) for n in (2, 3)]

    found = fold_measure([answered, *apart])

    assert found.answers.conflict
    assert {2, 3} == {each.value for each in found.score.values}


def test_a_rating_keeps_the_words_that_the_level_had() -> None:
    entries = [
        an_entry(1, ScaleSet(goal=GOAL, levels=LEVELS)),
        an_entry(2, AttainmentRated(level=-2, note="hard")),
        an_entry(3, ScaleChanged(levels=("v", "w", "x", "y", "z"), weight=3), base=(1,)),
        an_entry(4, AttainmentRated(level=2)),
    ]

    found = fold_scale(entries)

    assert (found.goal, found.weight.value, found.levels.value) == (
        GOAL,
        3,
        ("v", "w", "x", "y", "z"),
    )
    assert [(-2, "a", "hard"), (2, "z", None)] == [
        (each.level, each.words, each.note) for each in found.ratings
    ]


def test_ratings_stand_by_the_day_that_they_are_about() -> None:
    scale = an_entry(1, ScaleSet(goal=GOAL, levels=LEVELS))
    late = an_entry(2, AttainmentRated(level=1))
    earlier = an_entry(3, AttainmentRated(level=0), occurred_at="2026-09-01T12:00:00+02:00")

    assert [0, 1] == [each.level for each in fold_scale([scale, late, earlier]).ratings]


def test_a_rating_without_its_levels_has_no_words() -> None:
    [rating] = fold_scale([an_entry(2, AttainmentRated(level=1))]).ratings

    assert rating.words is None
