"""A check-in is a number or a skipped one, measured as the goal's target counts."""

from typing import cast

import pytest

from tests.support.person import Person
from trailmark_client.commands.check_ins import CheckIn, check_in
from trailmark_client.commands.places import Choice
from trailmark_client.commands.when import When
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.check_ins import CheckInRecorded
from trailmark_shared.ids import SELF, text_from_id

YESTERDAY = When("2025-10-08T18:30:00+02:00", "Europe/Berlin", "2025-10-08")


def recorded(person: Person, goal: bytes, said: CheckIn) -> CheckInRecorded:
    written = person.write(lambda c, r: check_in(c, r, goal, said, YESTERDAY))
    [entry] = person.entries(written.subject, written.lane)
    assert (entry.body.occurred_at, entry.body.day) == (YESTERDAY.occurred_at, YESTERDAY.day)
    assert entry.body.zone == "Europe/Berlin"
    return cast("CheckInRecorded", entry.body.data)


def test_a_goal_without_target_is_rated(person: Person) -> None:
    goal = person.goal()

    found = recorded(person, goal, CheckIn(value_tenths=65, note="better"))

    assert found == CheckInRecorded(
        goal=text_from_id(goal), measure="rating", value_tenths=65, note="better"
    )


def test_a_target_that_counts_makes_it_a_count(person: Person) -> None:
    goal = person.goal(target=parse_target("at-most 3 panic attacks per week"))

    found = recorded(person, goal, CheckIn(value_tenths=20))

    assert (found.measure, found.unit) == ("count", "panic attacks")


@pytest.mark.parametrize("text", ["reach 7", "reduce-by 50%", "done"])
def test_other_targets_are_rated(person: Person, text: str) -> None:
    goal = person.goal(target=parse_target(text))

    assert recorded(person, goal, CheckIn(value_tenths=20)).measure == "rating"


def test_the_person_may_say_what_the_number_is(person: Person) -> None:
    goal = person.goal(target=parse_target("at-most 3 panic attacks per week"))

    found = recorded(person, goal, CheckIn(value_tenths=80, measure="rating"))

    assert (found.measure, found.unit) == ("rating", None)


def test_skipping_is_an_answer(person: Person) -> None:
    assert recorded(person, person.goal(), CheckIn(value_tenths=None)).value_tenths is None


def test_a_measured_value_may_be_anything(person: Person) -> None:
    found = recorded(person, person.goal(), CheckIn(value_tenths=-125, measure="value"))

    assert found.value_tenths == -125


@pytest.mark.parametrize(
    "said",
    [
        CheckIn(value_tenths=101),
        CheckIn(value_tenths=-1),
        CheckIn(value_tenths=-10, measure="count"),
    ],
)
def test_an_impossible_number_is_refused(person: Person, said: CheckIn) -> None:
    goal = person.goal()

    with pytest.raises(DomainError) as refused:
        person.write(lambda c, r: check_in(c, r, goal, said, YESTERDAY))

    assert refused.value.code == ErrorCode.INVALID_INPUT


def test_one_can_stay_private(person: Person) -> None:
    person.let_in()
    goal = person.goal()
    said = CheckIn(value_tenths=30, choice=Choice(private=True))

    written = person.write(lambda c, r: check_in(c, r, goal, said, YESTERDAY))

    assert (written.kind, written.lane) == ("check_in", SELF)
