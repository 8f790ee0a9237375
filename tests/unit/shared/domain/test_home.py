"""Where a goal is at home: design of sharing, docs/events.md "Sharing moves a goal"."""

from tests.support.entries import CARE, CIRCLE, a_text, an_entry
from trailmark_shared.domain.home import Home, home_of
from trailmark_shared.events.goals import (
    GoalDrafted,
    GoalKept,
    GoalMoved,
    GoalReworded,
    GoalShared,
    GoalWithdrawn,
)
from trailmark_shared.ids import Lane
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.goal import GoalDocument, fold_goal

OTHER_CARE = Lane(f"care/{'0' * 25}3")


def drafted() -> Entry:
    return an_entry(1, GoalDrafted(title="Sleep"))


def moved(number: int = 2, *base: int, shared: int = 10, lane: str = CARE) -> Entry:
    return an_entry(number, GoalMoved(lane=lane, shared=a_text(shared)), base=base or (1,))


def shared(number: int = 10, lane: str = CARE, *, is_copy: bool = False) -> Entry:
    return an_entry(number, GoalShared(title="Sleep", is_copy=is_copy), lane=lane)


def withdrawn(number: int, *shares: int) -> Entry:
    data = GoalWithdrawn(shares=tuple(map(a_text, shares)))
    return an_entry(number, data, lane=CARE, base=shares)


def documents(**lanes: list[Entry]) -> dict[str, GoalDocument]:
    names = {"own": "self", "care": CARE, "circle": CIRCLE, "other": OTHER_CARE}
    return {names[lane]: fold_goal(entries) for lane, entries in lanes.items()}


def test_a_private_goal_is_at_home_in_self() -> None:
    assert home_of(documents(own=[drafted()])) == Home(lane=Lane("self"))


def test_a_shared_goal_is_at_home_where_it_was_shared() -> None:
    goals = documents(own=[drafted(), moved()], care=[shared()])

    assert home_of(goals) == Home(lane=Lane(CARE))


def test_a_goal_shared_from_the_start_needs_no_trace_in_self() -> None:
    assert home_of(documents(care=[shared()])) == Home(lane=Lane(CARE))


def test_a_refused_share_leaves_the_goal_in_self() -> None:
    """The move alone moves nothing: its goal_shared has no body anywhere."""
    assert home_of(documents(own=[drafted(), moved()])) == Home(lane=Lane("self"))


def test_a_copy_for_another_audience_is_no_home() -> None:
    goals = documents(own=[drafted()], circle=[shared(lane=CIRCLE, is_copy=True)])

    assert home_of(goals) == Home(lane=Lane("self"))


def test_a_withdrawn_goal_comes_back() -> None:
    kept = an_entry(4, GoalKept(title="Sleep"), base=(2,))
    goals = documents(own=[drafted(), moved(), kept], care=[shared(), withdrawn(11, 10)])

    assert home_of(goals) == Home(lane=Lane("self"))


def test_a_share_that_the_withdrawal_did_not_name_stays() -> None:
    goals = documents(care=[shared(10), shared(12), withdrawn(11, 10)])

    assert home_of(goals).lane == CARE


def test_of_two_shares_at_once_the_first_is_home() -> None:
    goals = documents(care=[shared(10)], other=[shared(9, OTHER_CARE)])

    assert home_of(goals) == Home(lane=OTHER_CARE, also=(Lane(CARE),))


def test_what_was_written_unaware_of_the_move_is_left_behind() -> None:
    unaware = an_entry(3, GoalReworded(title="Sleep well"), base=(1,), device=201)
    goals = documents(own=[drafted(), moved(), unaware], care=[shared()])

    assert home_of(goals).left_behind == (a_text(3),)


def test_sharing_again_carries_over_what_was_left_behind() -> None:
    unaware = an_entry(3, GoalReworded(title="Sleep well"), base=(1,), device=201)
    again = moved(4, 1, 3, shared=12)
    goals = documents(own=[drafted(), moved(), unaware, again], care=[shared(10), shared(12)])

    assert home_of(goals).left_behind == ()
