"""What was taken back: named events only, and the first that still stands counts."""

from tests.support.entries import CIRCLE, a_text, an_entry
from trailmark_shared.events.goals import GoalShared, GoalWithdrawn
from trailmark_shared.events.notes import WinNoted, WinWithdrawn
from trailmark_shared.events.steps import StepWithdrawn
from trailmark_shared.projections.withdrawing import standing, withdrawals

FIRST, SECOND = (an_entry(number, WinNoted(text="t"), lane=CIRCLE) for number in (1, 2))


def test_the_earliest_withdrawal_of_each_event_is_told() -> None:
    entries = [
        an_entry(3, WinWithdrawn(shares=(a_text(1),)), lane=CIRCLE),
        an_entry(4, StepWithdrawn(shares=(a_text(1), a_text(2))), lane=CIRCLE),
        an_entry(5, GoalWithdrawn(shares=(a_text(2),)), lane=CIRCLE),
        an_entry(6, GoalShared(title="t"), lane=CIRCLE),
    ]

    assert {
        a_text(1): entries[0].effective_at,
        a_text(2): entries[1].effective_at,
    } == withdrawals(entries)


def test_the_first_that_stands_counts() -> None:
    assert (FIRST, None) == _told({})
    assert (SECOND, None) == _told({a_text(1): 7})


def test_where_none_stands_the_last_is_named_with_the_last_withdrawal() -> None:
    assert (SECOND, 9) == _told({a_text(1): 9, a_text(2): 7})


def test_nothing_shared_is_nothing_told() -> None:
    found = standing([], {a_text(1): 7})

    assert (None, None) == (found.entry, found.withdrawn_at)


def _told(withdrawn: dict[str, int]) -> tuple[object, int | None]:
    found = standing([FIRST, SECOND], withdrawn)
    return found.entry, found.withdrawn_at
