"""A shared goal in the words of those who read it."""

from tests.support.entries import an_entry
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.goals import (
    GoalEnteredInError,
    GoalPutOnHold,
    GoalReprioritised,
    GoalRescheduled,
    GoalShared,
    GoalWithdrawn,
)
from trailmark_shared.events.steps import StepAdded, StepDropped, StepReached, StepReworded
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.goal import fold_goal
from trailmark_shared.projections.step import fold_step
from trailmark_shared.views.goal import (
    goal_fields,
    goal_notice,
    goal_steps,
    shared_goal,
)

ACTORS = {"person": "Mira"}


def moment(at_ms: int) -> str:
    return f"at {at_ms}"


SHARED = an_entry(
    1,
    GoalShared(
        title="Paint",
        why="joy",
        lifecycle="active",
        target=parse_target("at-least 1 hour per week"),
        baseline_tenths=25,
    ),
)


def words_of(*entries: Entry) -> dict[str, str]:
    return {each.label: each.words for each in goal_fields(fold_goal(entries), ACTORS, moment)}


def test_fields_read_as_people_say_them() -> None:
    later = an_entry(2, GoalReprioritised(priority="high", rank=1), base=[1])
    due = an_entry(3, GoalRescheduled(due="2027-03-01"), base=[1])

    assert {
        "Why it matters": "joy",
        "Where it stands": "Working on it",
        "Target": "at least 1 hour per week",
        "At the start": "2.5",
        "Hoped for by": "1 Mar 2027",
        "Priority": "matters a lot now",
        "Place in their list": "1",
    } == words_of(SHARED, later, due)


def test_resting_goal_says_until_when() -> None:
    resting = an_entry(2, GoalPutOnHold(until="2026-12-01"), base=[1])

    assert "Resting until 1 Dec 2026" == words_of(SHARED, resting)["Where it stands"]


def test_conflict_shows_all_values_with_their_writers() -> None:
    two, three = (
        an_entry(number, GoalRescheduled(due=due), base=[1], device=device)
        for number, due, device in ((2, "2027-01-01", 200), (3, None, 201))
    )

    (field,) = [
        each
        for each in goal_fields(fold_goal([SHARED, two, three]), ACTORS, moment)
        if each.conflict
    ]

    assert {"1 Jan 2027", "nothing"} == {value.words for value in field.values}
    assert all(value.by.startswith("Mira, at ") for value in field.values)


def test_notices() -> None:
    shares = (text_from_id(SHARED.id),)
    withdrawn = an_entry(2, GoalWithdrawn(shares=shares))
    mistaken = an_entry(2, GoalEnteredInError(), base=[1])
    copy = an_entry(1, GoalShared(title="Paint", is_copy=True))

    assert goal_notice(fold_goal([SHARED]), "Mira", moment) is None
    assert "Mira stopped sharing this goal on at " in str(
        goal_notice(fold_goal([SHARED, withdrawn]), "Mira", moment)
    )
    assert "Mira marked this goal as entered by mistake." == goal_notice(
        fold_goal([SHARED, mistaken]), "Mira", moment
    )
    assert "This is a copy" in str(goal_notice(fold_goal([copy]), "Mira", moment))


def test_steps_stand_in_the_persons_order_and_those_let_go_last() -> None:
    goal = text_from_id(SHARED.body.subject)

    def added(number: int, text: str, order: str, due: str | None = None) -> Entry:
        data = StepAdded(goal=goal, text=text, order=order, due=due)
        return an_entry(number, data, subject=number)

    steps = {
        "reached": [added(1, "First", "b"), an_entry(2, StepReached(), subject=1, base=[1])],
        "open": [added(3, "Second", "c", "2026-12-01")],
        "plain": [added(4, "Third", "d")],
        "dropped": [added(5, "Last", "a"), an_entry(6, StepDropped(), subject=5, base=[5])],
        "wordless": [an_entry(7, StepReached(), subject=9)],
        "reworded": [an_entry(8, StepReworded(text="Words only"), subject=8)],
    }

    shown = goal_steps((name, fold_step(entries)) for name, entries in steps.items())

    assert [
        ("Words only", None),
        ("First", "Reached on 21 Sep 2026"),
        ("Second", "Hoped for by 1 Dec 2026"),
        ("Third", None),
        ("Last", "Let go"),
    ] == [(step.text, step.state) for step in shown]


def test_all_of_it_together() -> None:
    wordless = an_entry(7, StepReached(), subject=9)

    seen = shared_goal(fold_goal([SHARED]), [("9", fold_step([wordless]))], "Mira", ACTORS, moment)

    assert ("Paint", None, []) == (seen.title, seen.notice, seen.steps)
    assert "Why it matters" == seen.fields[0].label
    nameless = shared_goal(fold_goal([wordless]), [], "Mira", ACTORS, moment)
    assert "A goal" == nameless.title
