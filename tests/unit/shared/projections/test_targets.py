"""Which targets a goal had, and whether it was reached against the original or an adjusted one."""

import pytest

from tests.support.entries import CARE, CIRCLE, a_text, an_entry
from trailmark_shared.domain.progress import Rest
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.goals import (
    GoalAchievementAssessed,
    GoalCancelled,
    GoalCompleted,
    GoalDrafted,
    GoalPutOnHold,
    GoalReopened,
    GoalResumed,
    GoalReworded,
    GoalShared,
    GoalTargetAdjusted,
    GoalTargetSet,
)
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.targets import TargetHistory, target_history

TWO = parse_target("at-least 2 walks per week")
ONE = parse_target("at-least 1 walks per week")
DRAFT = an_entry(1, GoalDrafted(title="Walk", target=TWO), at=0)
EASED = an_entry(2, GoalTargetAdjusted(target=ONE), at=100, base=(1,))
REACHED = an_entry(3, GoalCompleted(), at=200, base=(1,))


def against(*entries: Entry) -> tuple[int, str | None, str | None]:
    found = target_history(entries)
    return found.times_adjusted, found.reached_on, found.reached_against


def test_reached_against_the_original_target() -> None:
    assert against(DRAFT, REACHED) == (0, REACHED.body.day, "original")


def test_reached_against_an_adjusted_target() -> None:
    assert against(DRAFT, EASED, REACHED) == (1, REACHED.body.day, "adjusted")


def test_a_target_that_is_back_where_it_began_is_the_original() -> None:
    back = an_entry(4, GoalTargetAdjusted(target=TWO), at=150, base=(2,))

    assert against(DRAFT, EASED, back, REACHED) == (2, REACHED.body.day, "original")


def test_what_is_adjusted_after_it_was_reached_changes_nothing_about_that() -> None:
    later = an_entry(4, GoalTargetAdjusted(target=ONE), at=300, base=(1,))

    assert against(DRAFT, REACHED, later) == (1, REACHED.body.day, "original")


def test_a_goal_that_is_taken_up_again_is_not_reached() -> None:
    again = an_entry(4, GoalReopened(), at=300, base=(3,))
    sustained = an_entry(5, GoalAchievementAssessed(achievement="sustaining"), at=400)

    assert against(DRAFT, REACHED, again) == (0, None, None)
    assert against(DRAFT, REACHED, sustained) == (0, REACHED.body.day, "original")


@pytest.mark.parametrize("achievement", ["improving", "not-achieved"])
def test_only_reached_is_reached(achievement: str) -> None:
    said = an_entry(4, GoalAchievementAssessed(achievement=achievement), at=300)  # pyright: ignore[reportArgumentType]

    assert against(DRAFT, said) == (0, None, None)


def test_a_goal_without_a_target_is_reached_against_none() -> None:
    bare = an_entry(1, GoalDrafted(title="Walk"), at=0)

    assert against(bare, REACHED) == (0, REACHED.body.day, None)
    assert target_history([bare]).original is None


def test_a_first_target_may_come_later_and_is_the_original() -> None:
    bare = an_entry(1, GoalDrafted(title="Walk"), at=0)
    first = an_entry(2, GoalTargetSet(target=TWO), at=100, base=(1,))
    words = an_entry(4, GoalReworded(title="Walk more"), at=120, base=(1,))

    found = target_history([bare, first, words, REACHED])

    assert (found.original, found.times_adjusted, found.reached_against) == (TWO, 0, "original")
    assert [None, TWO] == [each.target for each in found.targets]


def test_all_lanes_are_one_history_and_copies_are_none() -> None:
    shared = an_entry(5, GoalShared(title="Walk", target=TWO), at=50, lane=CARE)
    eased = an_entry(6, GoalTargetAdjusted(target=ONE), at=100, lane=CARE, base=(5,))
    copy = an_entry(7, GoalShared(title="Walk", target=TWO, is_copy=True), at=120, lane=CIRCLE)
    stray = an_entry(8, GoalTargetAdjusted(target=None), at=130, base=(1,))

    found = target_history([eased, stray, copy, shared, DRAFT], {a_text(8)})

    assert [TWO, ONE] == [each.target for each in found.targets]
    assert isinstance(found, TargetHistory)


def test_a_clock_that_was_set_back_moves_no_target_before_the_one_it_follows() -> None:
    back = an_entry(2, GoalTargetAdjusted(target=ONE), at=100, occurred_at="2020-01-01T12:00:00Z")

    first, second = target_history([DRAFT, back]).targets

    assert (first.day, second.day) == (DRAFT.body.day, DRAFT.body.day)


def test_a_goal_rests_until_the_day_before_it_is_taken_up_again() -> None:
    paused = an_entry(2, GoalPutOnHold(), at=100, occurred_at="2026-03-04T12:00:00Z")
    ended = an_entry(3, GoalCompleted(), at=200, occurred_at="2026-03-09T12:00:00Z")
    resumed = an_entry(4, GoalReopened(), at=300, occurred_at="2026-03-16T12:00:00Z")
    again = an_entry(5, GoalPutOnHold(), at=400, occurred_at="2026-03-20T08:00:00Z")
    at_once = an_entry(6, GoalResumed(), at=500, occurred_at="2026-03-20T09:00:00Z")
    gone = an_entry(7, GoalCancelled(), at=600, occurred_at="2026-04-01T12:00:00Z")
    eased = an_entry(8, GoalTargetAdjusted(target=ONE), at=700, occurred_at="2026-04-02T12:00:00Z")

    found = target_history([DRAFT, paused, ended, resumed, again, at_once, gone, eased]).targets

    rests = (Rest(first="2026-03-04", last="2026-03-15"), Rest(first="2026-04-01", last=None))
    assert [rests, rests] == [each.rests for each in found]
