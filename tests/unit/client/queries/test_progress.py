"""How a goal goes: from everything that was written down, wherever the goal lives."""

import pytest

from tests.support.person import Person
from trailmark_client.commands import check_ins, goals, sharing, steps
from trailmark_client.commands.when import When
from trailmark_client.queries.progress import GoalProgress, goal_progress
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason
from trailmark_shared.events.steps import StepAdded, StepDropped
from trailmark_shared.ids import SELF, text_from_id

WHY = Reason(code="too-ambitious")
TODAY = "2025-10-31"


def on(day: str) -> When:
    return When(f"{day}T18:00:00+02:00", "Europe/Berlin", day)


def said(person: Person, goal: bytes, day: str, number: int | None) -> None:
    tenths = None if number is None else number * 10
    what = check_ins.CheckIn(value_tenths=tenths)
    person.write(lambda c, r: check_ins.check_in(c, r, goal, what, on(day)))


def progress(person: Person, goal: bytes) -> GoalProgress:
    return person.read(lambda conn: goal_progress(conn, goal, TODAY))


def test_weeks_are_counted_by_local_date_in_whatever_order_they_were_written(
    person: Person,
) -> None:
    goal = person.goal(target=parse_target("at-least 2 walks per week"))
    for day, number in (("2025-10-20", 1), ("2025-10-14", 2), ("2025-10-26", 1)):
        said(person, goal, day, number)

    found = progress(person, goal)

    [segment] = found.segments
    assert [("2025-10-13", 2, True), ("2025-10-20", 2, True)] == [
        (each.first, each.total, each.met) for each in segment.bars
    ]
    assert (segment.summary, segment.measure) == ("as hoped for in 2 of 2 weeks", "count")
    assert (found.original_target, found.times_adjusted) == ("at-least 2 walks per week", 0)


def test_a_reduction_is_compared_with_the_start(person: Person) -> None:
    goal = person.goal(target=parse_target("reduce-by 50%"), baseline_tenths=85)
    for day, number in (("2025-10-20", 8), ("2025-10-21", None), ("2025-10-22", 5)):
        said(person, goal, day, number)

    found = progress(person, goal)

    [segment] = found.segments
    assert [8, None, 5] == [each.value for each in segment.points]
    assert (found.baseline, segment.hoped, segment.change_percent) == (8.5, 4.2, 41.1)
    assert (segment.reached, segment.trend, segment.measure) == (False, None, "rating")


def test_the_history_goes_along_when_a_goal_is_shared(person: Person) -> None:
    goal = person.goal(target=parse_target("reach 8"))
    person.let_in()
    person.write(lambda c, r: sharing.share_goal(c, r, goal, r.now()))
    easier = parse_target("reach 6")
    person.write(lambda c, r: goals.adjust_target(c, r, goal, easier, WHY))
    person.write(lambda c, r: goals.move_goal(c, r, goal, "completed", WHY))

    found = progress(person, goal)

    assert (found.original_target, found.times_adjusted) == ("reach 8", 1)
    assert (found.reached_on, found.reached_against) == ("2025-10-09", "adjusted")


def test_steps_that_were_let_go_do_not_count(person: Person) -> None:
    goal = person.goal()
    made = [
        person.write(
            lambda c, r, text=text: steps.add_step(
                c, r, StepAdded(goal=text_from_id(goal), text=text), r.now()
            )
        ).subject
        for text in ("one", "two", "three")
    ]
    person.write(lambda c, r: steps.reach_step(c, r, made[0], r.now()))
    person.write(lambda c, r: r.record(c, SELF, made[1], StepDropped(), reason=WHY))

    found = progress(person, goal)

    assert (found.steps, found.steps_reached) == (2, 1)
    assert [None] == [each.target for each in found.segments]


def test_an_unknown_goal_is_refused(person: Person) -> None:
    with pytest.raises(DomainError) as refused:
        progress(person, bytes(16))

    assert refused.value.code is ErrorCode.NOT_FOUND


def test_numbers_of_the_hour_that_comes_twice_stand_in_their_order(person: Person) -> None:
    goal = person.goal(target=parse_target("reach 7"))
    for number, at in ((2, "02:10:00+01:00"), (1, "02:50:00+02:00")):
        when = When(f"2025-10-26T{at}", "Europe/Berlin", "2025-10-26")
        what = check_ins.CheckIn(value_tenths=number * 10)
        person.write(lambda c, r, s=what, w=when: check_ins.check_in(c, r, goal, s, w))

    [segment] = progress(person, goal).segments

    assert [1, 2] == [each.value for each in segment.points]
