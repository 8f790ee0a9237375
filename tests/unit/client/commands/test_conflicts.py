"""Two devices changed the same field apart: both values stay until the person picks one."""

from collections.abc import Callable

import pytest

from tests.support.person import Person
from trailmark_client.commands.conflicts import keep_value
from trailmark_client.queries.homes import goal_at_home
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events import goals
from trailmark_shared.events.body import Reason
from trailmark_shared.events.data import EventData
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.projections.fields import Field

WHY = Reason(code="new-insight")


def set_apart(person: Person, goal: bytes, *setters: EventData) -> list[str]:
    """Record setters none of which has seen another, as two devices would; return their ids."""
    base = tuple(each.id for each in person.entries(goal))
    return [
        text_from_id(
            person.write(
                lambda c, r, data=data: r.record(c, SELF, goal, data, reason=WHY, base=base)
            ).id
        )
        for data in setters
    ]


def field(person: Person, goal: bytes, name: str) -> Field[object]:
    return getattr(person.read(lambda conn: goal_at_home(conn, goal)).document, name)


def keep(person: Person, goal: bytes, name: str, event: str) -> None:
    person.write(lambda c, r: keep_value(c, r, goal, name, event, WHY))


CASES: list[tuple[str, Callable[[], tuple[EventData, EventData]]]] = [
    ("title", lambda: (goals.GoalReworded(title="A"), goals.GoalReworded(title="B"))),
    ("why", lambda: (goals.GoalReworded(why="A"), goals.GoalReworded(why="B"))),
    ("area", lambda: (goals.GoalReworded(area="A"), goals.GoalReworded(area="B"))),
    (
        "due",
        lambda: (
            goals.GoalRescheduled(due="2026-01-01"),
            goals.GoalRescheduled(due="2026-02-01"),
        ),
    ),
    (
        "target",
        lambda: (
            goals.GoalTargetAdjusted(target=parse_target("reach 7")),
            goals.GoalTargetAdjusted(target=parse_target("reach 8")),
        ),
    ),
    ("lifecycle", lambda: (goals.GoalPutOnHold(), goals.GoalCompleted())),
    ("lifecycle", lambda: (goals.GoalResumed(), goals.GoalCompleted())),
    (
        "achievement",
        lambda: (
            goals.GoalAchievementAssessed(achievement="improving"),
            goals.GoalAchievementAssessed(achievement="worsening"),
        ),
    ),
]


@pytest.mark.parametrize(("name", "setters"), CASES)
def test_the_pick_stands_and_names_both(
    person: Person, name: str, setters: Callable[[], tuple[EventData, EventData]]
) -> None:
    goal = person.goal()
    events = set_apart(person, goal, *setters())
    both = field(person, goal, name)
    picked = both.values[-1]
    assert both.conflict
    assert {each.event for each in both.values} == set(events)

    keep(person, goal, name, picked.event[:12])

    after = field(person, goal, name)
    assert not after.conflict
    assert after.value == picked.value


def test_a_field_without_conflict_has_nothing_to_settle(person: Person) -> None:
    goal = person.goal()

    with pytest.raises(DomainError) as refused:
        keep(person, goal, "title", "0")

    assert refused.value.code == ErrorCode.NOTHING_CHANGED


def test_only_an_event_that_set_a_value_can_be_picked(person: Person) -> None:
    goal = person.goal()
    events = set_apart(person, goal, goals.GoalReworded(title="A"), goals.GoalReworded(title="B"))
    other = text_from_id(bytes(16))
    assert not any(each.startswith(other) for each in events)

    with pytest.raises(DomainError) as refused:
        keep(person, goal, "title", other)

    assert refused.value.code == ErrorCode.NOT_FOUND


def test_a_field_that_goals_do_not_have_is_refused(person: Person) -> None:
    goal = person.goal()

    with pytest.raises(DomainError) as refused:
        keep(person, goal, "colour", "0")

    assert refused.value.code == ErrorCode.INVALID_INPUT
    assert "title" in refused.value.message
