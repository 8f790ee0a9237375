"""Where to start, the days ahead, and what may want a look."""

import pytest

from tests.support.person import Person
from trailmark_client.commands import goals, planning
from trailmark_client.queries.ahead import ahead, attention, first_line, first_step, start_here
from trailmark_client.queries.lines import StepLine
from trailmark_shared.events.body import Reason
from trailmark_shared.ids import text_from_id

WHY = Reason(code="life-event")


def a_step(id_: str, status: str = "open", *ranks: str | None) -> StepLine:
    importance, urgency, impact = (*ranks, None, None, None)[:3]
    return StepLine(
        id=id_,
        text=id_,
        due=None,
        status=status,
        reached_on=None,
        importance=importance,
        urgency=urgency,
        impact=impact,
        lane="self",
    )


@pytest.mark.parametrize(
    ("steps", "first"),
    [
        ([a_step("a"), a_step("b")], "a"),
        ([a_step("a"), a_step("b", "open", "high")], "b"),
        ([a_step("a", "open", "low"), a_step("b")], "b"),
        ([a_step("a", "open", "high"), a_step("b", "open", "medium", "high", "high")], "b"),
        ([a_step("a", "reached", "high"), a_step("b")], "b"),
        ([a_step("a", "dropped")], None),
    ],
)
def test_the_open_step_that_matters_most_comes_first(
    steps: list[StepLine], first: str | None
) -> None:
    found = first_step(steps)

    assert first == (found.id if found else None)


def test_a_whole_comes_before_its_parts(person: Person) -> None:
    part, whole = person.goal("Ride", due="2025-12-01"), person.goal("Travel")
    person.write(lambda c, r: planning.place_goal(c, r, part, whole, r.now()))

    assert [] == person.read(lambda c: start_here(c, "2025-10-09"))
    assert [text_from_id(part)] == [
        each.id for each in person.read(lambda c: ahead(c, "2025-10-09"))
    ]


def test_a_goal_that_rests_asks_for_a_look_when_its_rest_is_over(person: Person) -> None:
    goal = person.goal("Ride", due="2025-10-01")
    before = person.read(lambda c: attention(c, "2025-10-09"))

    person.write(lambda c, r: goals.move_goal(c, r, goal, "on-hold", WHY))

    assert ["day_passed"] == [each.sign for each in before]
    assert [] == person.read(lambda c: attention(c, "2025-10-09"))


def test_what_says_nothing_here_has_no_line(person: Person) -> None:
    assert person.read(lambda c: first_line(c, bytes(16))) is None
