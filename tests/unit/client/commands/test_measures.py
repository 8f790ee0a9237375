"""Measuring: everything stays on the person's own devices, and what is set right says why."""

import pytest

from tests.support.person import Person
from trailmark_client.commands import measures
from trailmark_client.queries.documents import of_subject
from trailmark_shared.domain.shipped_instruments import GAD_7
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason
from trailmark_shared.events.measures import (
    AttainmentRated,
    OccurrenceCorrected,
    OccurrenceRecorded,
    ScaleSet,
)
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.projections.measures import (
    MeasureDocument,
    OccurrenceDocument,
    ScaleDocument,
)

WHY = Reason(code="correction")
LEVELS = ("a", "b", "c", "d", "e")


def test_an_occurrence_is_private_whoever_is_let_in(person: Person) -> None:
    person.let_in()
    goal = person.goal()
    data = OccurrenceRecorded(what="Panic", intensity_tenths=60, goal=text_from_id(goal))

    written = person.write(lambda c, r: measures.record_occurrence(c, r, data, r.now()))

    assert (written.kind, written.lane, written.seen_by) == ("occurrence", SELF, ())


def test_an_occurrence_of_no_goal_that_is_here_is_refused(person: Person) -> None:
    data = OccurrenceRecorded(what="Panic", goal=text_from_id(bytes(16)))

    with pytest.raises(DomainError) as refused:
        person.write(lambda c, r: measures.record_occurrence(c, r, data, r.now()))

    assert refused.value.code is ErrorCode.NOT_FOUND


def test_an_occurrence_is_set_right(person: Person) -> None:
    data = OccurrenceRecorded(what="Panic", intensity_tenths=60)
    happened = person.write(lambda c, r: measures.record_occurrence(c, r, data, r.now())).subject
    right = OccurrenceCorrected(intensity_tenths=50)

    person.write(lambda c, r: measures.correct_occurrence(c, r, happened, right, WHY))

    found = person.read(lambda c: of_subject(c, "occurrence", happened, OccurrenceDocument)[SELF])
    assert (found.intensity_tenths.value, found.intensity_tenths.conflict) == (50, False)


def test_answers_are_added_up_and_amended(person: Person) -> None:
    first, second = [1, 0, 2, 1, 0, 0, 1, None], [1, 0, 2, None, 0, 0, 1, None]
    answered = person.write(
        lambda c, r: measures.answer_measure(c, r, GAD_7, first, r.now())
    ).subject

    before = person.read(lambda c: of_subject(c, "measure", answered, MeasureDocument)[SELF])
    person.write(lambda c, r: measures.amend_measure(c, r, answered, GAD_7, second, WHY))
    after = person.read(lambda c: of_subject(c, "measure", answered, MeasureDocument)[SELF])

    assert (before.score.value, before.version) == (5, "2006-en")
    assert (after.score.value, after.answers.value) == (None, tuple(second))
    assert ["measure_answered", "measure_amended"] == person.types(answered)


def test_five_levels_are_written_changed_with_a_reason_and_rated(person: Person) -> None:
    goal = person.goal()
    data = ScaleSet(goal=text_from_id(goal), levels=LEVELS)
    scale = person.write(lambda c, r: measures.set_scale(c, r, goal, data, r.now())).subject

    with pytest.raises(DomainError) as same:
        person.write(lambda c, r: measures.set_scale(c, r, goal, data, r.now()))
    heavier = ScaleSet(goal=text_from_id(goal), levels=LEVELS, weight=3)
    with pytest.raises(DomainError) as unsaid:
        person.write(lambda c, r: measures.set_scale(c, r, goal, heavier, r.now()))
    person.write(lambda c, r: measures.set_scale(c, r, goal, heavier, r.now(), WHY))
    rated = AttainmentRated(level=1)
    person.write(lambda c, r: measures.rate_attainment(c, r, goal, rated, r.now()))

    found = person.read(lambda c: of_subject(c, "scale", scale, ScaleDocument)[SELF])
    assert same.value.code is ErrorCode.NOTHING_CHANGED
    assert unsaid.value.code is ErrorCode.REASON_REQUIRED
    assert (found.weight.value, [each.words for each in found.ratings]) == (3, ["d"])


def test_a_goal_without_levels_is_not_rated(person: Person) -> None:
    goal, rated = person.goal(), AttainmentRated(level=0)

    with pytest.raises(DomainError) as refused:
        person.write(lambda c, r: measures.rate_attainment(c, r, goal, rated, r.now()))

    assert refused.value.code is ErrorCode.NOT_FOUND
