"""Goals: statuses, shares, moves and what stays visible of each."""

from tests.support.entries import CARE, CIRCLE, a_text, an_entry
from trailmark_shared.events.goals import (
    GoalActivated,
    GoalCancelled,
    GoalCompleted,
    GoalDrafted,
    GoalEnteredInError,
    GoalKept,
    GoalMoved,
    GoalPutOnHold,
    GoalReopened,
    GoalReplaced,
    GoalResumed,
    GoalReworded,
    GoalShared,
    GoalWithdrawn,
)
from trailmark_shared.events.journal import EntryTakenBack
from trailmark_shared.events.reflections import ReflectionWritten
from trailmark_shared.projections.goal import fold_goal

DRAFT = an_entry(1, GoalDrafted(title="Sleep", lifecycle="active"))


class TestStatus:
    def test_a_legal_move_needs_no_review(self) -> None:
        goal = fold_goal([DRAFT, an_entry(2, GoalCompleted(), base=(1,))])

        assert (
            goal.lifecycle.value,
            goal.achievement.value,
            goal.needs_review,
        ) == ("completed", "achieved", ())

    def test_an_event_of_both_axes_is_judged_by_the_status_that_it_left(self) -> None:
        """It also names the draft, which set how it goes and no status that still stands."""
        draft = an_entry(1, GoalDrafted(title="Sleep", lifecycle="planned"))
        begun = an_entry(2, GoalActivated(), base=(1,))

        goal = fold_goal([draft, begun, an_entry(3, GoalCompleted(), base=(2, 1))])

        assert () == goal.needs_review

    def test_an_illegal_move_shows_both_sides(self) -> None:
        entries = [
            DRAFT,
            an_entry(2, GoalCancelled(), base=(1,)),
            an_entry(3, GoalResumed(), base=(2,)),
        ]
        [review] = fold_goal(entries).needs_review

        assert (review.before.value, review.after.value) == ("cancelled", "active")
        assert review.event == a_text(3)

    def test_a_later_move_settles_the_review(self) -> None:
        entries = [
            DRAFT,
            an_entry(2, GoalCancelled(), base=(1,)),
            an_entry(3, GoalResumed(), base=(2,)),
            an_entry(4, GoalCompleted(), base=(3,)),
        ]

        assert fold_goal(entries).needs_review == ()

    def test_a_base_that_is_no_status_or_not_here_is_no_reason_for_review(self) -> None:
        entries = [DRAFT, an_entry(2, GoalReworded(title="t"), base=(1,))]

        assert fold_goal([*entries, an_entry(3, GoalCompleted(), base=(2, 9))]).needs_review == ()

    def test_a_mistake_that_was_put_right_counts_no_more(self) -> None:
        mistake = an_entry(2, GoalEnteredInError(), base=(1,))
        back = an_entry(3, EntryTakenBack(events=(a_text(2),)))

        assert "entered-in-error" == fold_goal([DRAFT, mistake]).lifecycle.value
        assert "active" == fold_goal([DRAFT, mistake, back]).lifecycle.value

    def test_reopening_sets_the_goal_on_its_way_again(self) -> None:
        entries = [DRAFT, an_entry(2, GoalCompleted(), base=(1,))]
        goal = fold_goal([*entries, an_entry(3, GoalReopened(), base=(2,))])

        assert (goal.lifecycle.value, goal.achievement.value) == ("active", "in-progress")

    def test_a_goal_rests_until_a_day_and_then_no_longer(self) -> None:
        rest = an_entry(2, GoalPutOnHold(until="2026-12-01"), base=(1,))

        assert fold_goal([DRAFT, rest]).resting_until == "2026-12-01"
        assert fold_goal([DRAFT, rest, an_entry(3, GoalResumed(), base=(2,))]).resting_until is None

    def test_a_successor_is_named(self) -> None:
        goal = fold_goal([DRAFT, an_entry(2, GoalReplaced(successor=a_text(101)), base=(1,))])

        assert ("cancelled", a_text(101)) == (goal.lifecycle.value, goal.replaced_by.value)

    def test_a_goal_without_any_status_is_still_a_goal(self) -> None:
        goal = fold_goal([an_entry(1, GoalReworded(title="t"))])

        assert (goal.lifecycle.value, goal.title.value, goal.needs_review) == (None, "t", ())


class TestSharing:
    def test_a_private_goal_is_at_home_where_it_was_written(self) -> None:
        goal = fold_goal([DRAFT])

        assert (goal.home.value, goal.shares, goal.frozen) == ("self", (), False)

    def test_a_shared_goal_can_be_written(self) -> None:
        goal = fold_goal([an_entry(1, GoalShared(title="t"), lane=CARE)])

        assert (goal.home.value, goal.frozen) == (CARE, False)

    def test_a_copy_is_frozen_and_no_home(self) -> None:
        goal = fold_goal([an_entry(1, GoalShared(title="t", is_copy=True), lane=CIRCLE)])

        assert (goal.home.value, goal.frozen) == (None, True)

    def test_a_withdrawn_goal_is_frozen_from_the_first_withdrawal(self) -> None:
        shared = an_entry(1, GoalShared(title="t"), lane=CARE)
        withdrawn = [
            an_entry(number, GoalWithdrawn(shares=(a_text(1),)), lane=CARE, at=at, base=(1,))
            for number, at in ((2, 30), (3, 20))
        ]
        goal = fold_goal([shared, *withdrawn])

        assert (goal.home.value, goal.frozen) == ("self", True)
        assert goal.shares[0].withdrawn_at == withdrawn[1].effective_at

    def test_sharing_again_sets_every_field(self) -> None:
        entries = [
            an_entry(1, GoalShared(title="t"), lane=CARE),
            an_entry(2, GoalWithdrawn(shares=(a_text(1),)), lane=CARE, base=(1,)),
            an_entry(3, GoalShared(title="u"), lane=CARE, base=(1, 2)),
        ]
        goal = fold_goal(entries)

        assert (goal.title.value, goal.home.value, goal.frozen) == ("u", CARE, False)


class TestMoving:
    moved = an_entry(2, GoalMoved(lane=CARE, shared=a_text(90)), base=(1,))

    def test_what_moved_is_frozen_but_shown(self) -> None:
        goal = fold_goal([DRAFT, self.moved])

        assert (goal.title.value, goal.home.value, goal.frozen) == ("Sleep", CARE, True)
        assert goal.moves[0].left_behind == ()

    def test_what_was_seen_through_another_value_did_move(self) -> None:
        """The move names the newest value, which names the one before."""
        entries = [
            DRAFT,
            an_entry(3, GoalReworded(title="t"), base=(1,)),
            an_entry(4, GoalActivated(), base=(1,)),
            an_entry(5, GoalMoved(lane=CARE, shared=a_text(90)), base=(3, 4)),
        ]

        assert fold_goal(entries).moves[0].left_behind == ()

    def test_what_the_move_did_not_see_is_left_behind(self) -> None:
        late = an_entry(3, GoalReworded(title="late"), base=(1,))

        assert fold_goal([DRAFT, self.moved, late]).moves[0].left_behind == (a_text(3),)

    def test_what_came_back_is_not_left_behind(self) -> None:
        kept = an_entry(3, GoalKept(title="back"), base=(2,))
        goal = fold_goal([DRAFT, self.moved, kept])

        assert (goal.title.value, goal.title.conflict, goal.frozen) == ("back", False, False)
        assert goal.moves[0].left_behind == ()


class TestOtherKinds:
    """What a goal's id names besides is passed over; fields of other kinds bear the same names."""

    STRANGE = an_entry(2, ReflectionWritten(text="only mine", title="Not its title"))

    def test_they_set_nothing(self) -> None:
        assert "Sleep" == fold_goal([DRAFT, self.STRANGE]).title.value

    def test_a_moment_at_which_nothing_else_was_there_is_a_goal_without_words(self) -> None:
        goal = fold_goal([self.STRANGE])

        assert (None, ()) == (goal.title.value, goal.shares)
