"""What was measured: names by their beginning, a series for each wording, one score over goals."""

import pytest

from tests.support.person import Person
from trailmark_client.commands import measures
from trailmark_client.commands.when import When
from trailmark_client.queries.erasing import what_goes
from trailmark_client.queries.measures import (
    attainment,
    list_measures,
    list_occurrences,
    occurrence_meant,
    scale_of_goal,
)
from trailmark_client.queries.progress import goal_progress
from trailmark_shared.domain.shipped_instruments import GAD_7, PHQ_9
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason
from trailmark_shared.events.measures import (
    AttainmentRated,
    OccurrenceCorrected,
    OccurrenceRecorded,
    ScaleSet,
)
from trailmark_shared.ids import SELF, text_from_id

LEVELS = ("a", "b", "c", "d", "e")


def on(day: str) -> When:
    return When(f"{day}T18:00:00+02:00", "Europe/Berlin", day)


def happened(
    person: Person, what: str, day: str = "2025-10-09", strong: int | None = None, goal: bytes = b""
) -> bytes:
    about = text_from_id(goal) if goal else None
    tenths = None if strong is None else strong * 10
    data = OccurrenceRecorded(what=what, intensity_tenths=tenths, goal=about)
    return person.write(lambda c, r: measures.record_occurrence(c, r, data, on(day))).subject


def test_a_beginning_is_enough_for_what_happened_before(person: Person) -> None:
    goal = person.goal()
    happened(person, "Panic attack", goal=goal)
    happened(person, "Pain")

    panic = person.read(lambda c: occurrence_meant(c, "pan"))
    new = person.read(lambda c: occurrence_meant(c, "  Slept   well "))

    assert (panic.what, panic.goal) == ("Panic attack", text_from_id(goal))
    assert (new.what, new.goal) == ("Slept well", None)
    with pytest.raises(DomainError) as refused:
        person.read(lambda c: occurrence_meant(c, "pa"))
    assert refused.value.code is ErrorCode.AMBIGUOUS_ID


def test_the_whole_name_is_meant_before_a_longer_one(person: Person) -> None:
    happened(person, "Panic")
    happened(person, "Panic attack")

    assert person.read(lambda c: occurrence_meant(c, "PANIC")).what == "Panic"


def test_what_happened_is_listed_by_day(person: Person) -> None:
    happened(person, "Panic", "2025-10-09", 6)
    happened(person, "Panic", "2025-10-02")

    lines = person.read(list_occurrences)

    assert [("2025-10-02", None), ("2025-10-09", 6)] == [(e.day, e.intensity) for e in lines]


def test_a_target_counts_what_happened_and_reads_how_strong_it_was(person: Person) -> None:
    often = person.goal(target=parse_target("at-most 2 panic attacks per week"))
    strong = person.goal(target=parse_target("reduce-by 50%"), baseline_tenths=80)
    for day, intensity in (("2025-10-14", 8), ("2025-10-16", 6), ("2025-10-16", 4)):
        happened(person, "Panic", day, intensity, often)
        happened(person, "Fear", day, intensity, strong)
    lone = happened(person, "Panic", "2025-10-21", None, often)
    moved = OccurrenceCorrected(happened_on="2025-10-15")
    why = Reason(code="correction")
    person.write(lambda c, r: measures.correct_occurrence(c, r, lone, moved, why))

    [counted] = person.read(lambda c: goal_progress(c, often, "2025-10-31")).segments
    [read] = person.read(lambda c: goal_progress(c, strong, "2025-10-31")).segments

    assert [("2025-10-13", 4, False)] == [(e.first, e.total, e.met) for e in counted.bars]
    assert [8, 6, 4] == [each.value for each in read.points]
    assert (read.reached, read.change_percent, read.trend) == (True, 50, "falling")


def test_another_wording_is_another_series(person: Person) -> None:
    for day, first in (("2025-10-01", 3), ("2025-10-08", 2), ("2025-10-15", 0)):
        person.write(
            lambda c, r, day=day, first=first: measures.answer_measure(
                c, r, GAD_7, [first, *[1] * 6, None], on(day)
            )
        )
    person.write(lambda c, r: measures.answer_measure(c, r, PHQ_9, [None] * 10, on("2025-10-01")))

    gad, phq = person.read(list_measures)

    assert (gad.instrument, gad.trend) == ("gad-7", "falling")
    assert [9, 8, 6] == [each.score for each in gad.measures]
    assert (phq.title, phq.trend, phq.measures[0].score) == ("PHQ-9", None, None)


def test_the_latest_level_of_each_goal_makes_the_score(person: Person) -> None:
    rated = {"Walk": (0, 2), "Sleep": (1,), "Paint": ()}
    for title, levels in rated.items():
        goal = person.goal(title)
        data = ScaleSet(goal=text_from_id(goal), levels=LEVELS)
        person.write(lambda c, r, g=goal, d=data: measures.set_scale(c, r, g, d, r.now()))
        for level in levels:
            said = AttainmentRated(level=level)
            person.write(lambda c, r, g=goal, s=said: measures.rate_attainment(c, r, g, s, r.now()))

    found = person.read(attainment)

    assert (found.t_score, [each.title for each in found.scales]) == (68.61, list(rated))
    assert ["c", "e"] == [each.words for each in found.scales[0].ratings]


def test_without_a_rating_there_is_no_score(person: Person) -> None:
    assert person.read(attainment).t_score is None
    assert person.read(lambda c: scale_of_goal(c, bytes(16))) is None


def test_levels_go_with_their_goal_and_what_happened_stays(person: Person) -> None:
    goal = person.goal()
    data = ScaleSet(goal=text_from_id(goal), levels=LEVELS)
    person.write(lambda c, r: measures.set_scale(c, r, goal, data, r.now()))
    happened(person, "Panic", goal=goal)

    going = person.read(lambda c: what_goes(c, text_from_id(goal)))

    assert going.along == {"scale": 1}
    assert len(going.events[SELF]) == 3


def test_answers_of_one_day_stand_in_the_order_of_answering(person: Person) -> None:
    for first in (3, 1, 2, 0, 3):
        answers = [first, *[0] * 7]
        person.write(
            lambda c, r, answers=answers: measures.answer_measure(c, r, GAD_7, answers, r.now())
        )

    [series] = person.read(list_measures)

    assert [3, 1, 2, 0, 3] == [each.score for each in series.measures]


def test_what_happened_in_the_hour_that_comes_twice_stands_in_its_order(person: Person) -> None:
    for what, at in (("later", "02:10:00+01:00"), ("earlier", "02:50:00+02:00")):
        when = When(f"2025-10-26T{at}", "Europe/Berlin", "2025-10-26")
        data = OccurrenceRecorded(what=what)
        person.write(lambda c, r, s=data, w=when: measures.record_occurrence(c, r, s, w))

    assert ["earlier", "later"] == [each.what for each in person.read(list_occurrences)]
