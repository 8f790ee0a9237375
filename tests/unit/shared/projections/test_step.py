"""Steps: open, reached, dropped, and under which goal."""

from tests.support.entries import CIRCLE, a_text, an_entry
from trailmark_shared.events.steps import (
    StepAdded,
    StepDropped,
    StepReached,
    StepRescheduled,
    StepReworded,
    StepUnreached,
    StepWithdrawn,
)
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.step import fold_step

ADDED = an_entry(1, StepAdded(goal=a_text(100), text="Lamp", due="2026-10-01", order="i"))


def test_a_new_step_is_open() -> None:
    step = fold_step([ADDED])

    assert (step.text.value, step.due.value, step.status.value) == ("Lamp", "2026-10-01", "open")
    assert (a_text(100), "i", None) == (step.goal, step.order, step.reached_on)


def test_a_reached_step_knows_its_day() -> None:
    reached = an_entry(2, StepReached(), base=(1,), occurred_at="2026-09-30T20:00:00+02:00")

    assert fold_step([ADDED, reached]).reached_on == "2026-09-30"


def test_an_open_again_or_dropped_step_has_none() -> None:
    reached = an_entry(2, StepReached(), base=(1,))

    for data in (StepUnreached(), StepDropped()):
        assert fold_step([ADDED, reached, an_entry(3, data, base=(2,))]).reached_on is None


def test_words_and_day_change_apart() -> None:
    entries = [
        ADDED,
        an_entry(2, StepReworded(text="A lamp"), base=(1,)),
        an_entry(3, StepRescheduled(due=None), base=(1,)),
    ]
    step = fold_step(entries)

    assert (step.text.value, step.due.value, step.text.conflict) == ("A lamp", None, False)


def test_a_step_whose_first_event_is_gone_is_still_told() -> None:
    step = fold_step([an_entry(2, StepReworded(text="A lamp"))])

    assert (step.goal, step.text.value, step.status.value) == (None, "A lamp", None)


def test_a_step_sent_and_taken_back_says_since_when() -> None:
    sent = an_entry(1, StepAdded(goal=a_text(100), text="Lamp"), lane=CIRCLE)
    back = an_entry(2, StepWithdrawn(shares=(a_text(1),)), lane=CIRCLE)

    assert (a_text(1), sent.effective_at, None) == _standing([sent])
    assert (a_text(1), sent.effective_at, back.effective_at) == _standing([sent, back])


def test_a_step_sent_again_stands_again() -> None:
    entries = [
        an_entry(1, StepAdded(goal=a_text(100), text="Lamp"), lane=CIRCLE),
        an_entry(2, StepWithdrawn(shares=(a_text(1),)), lane=CIRCLE),
        an_entry(3, StepAdded(goal=a_text(100), text="Lamp"), lane=CIRCLE, base=(1,)),
    ]

    assert (a_text(3), entries[2].effective_at, None) == _standing(entries)
    assert not fold_step(entries).text.conflict


def _standing(entries: list[Entry]) -> tuple[str | None, int | None, int | None]:
    step = fold_step(entries)
    return step.event, step.event_at, step.withdrawn_at
