"""A proposal beside what stands there: "theirs was written for …, now it is …"."""

from tests.support.entries import CARE, a_text, an_entry
from trailmark_shared.events.data import EventData
from trailmark_shared.events.goals import GoalReworded, GoalShared
from trailmark_shared.events.proposals import ProposalMade, ProposalWithdrawn, ProposedValues
from trailmark_shared.events.steps import StepAdded, StepReworded
from trailmark_shared.projections.comparison import Compared, compared
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.proposal import ProposalDocument, fold_proposal

SHARED = an_entry(1, GoalShared(title="Sleep", due="2026-12-01"), lane=CARE)


def by_member(number: int, data: EventData, *seen: int) -> Entry:
    return an_entry(number, data, lane=CARE, actor="member/a", device=210, subject=170, base=seen)


def proposal(values: ProposedValues, *seen: int) -> ProposalDocument:
    made = ProposalMade(what="goal_change", goal=a_text(100), values=values)
    return fold_proposal([by_member(9, made, *seen)])


def title(one: ProposalDocument, *entries: Entry) -> Compared:
    (found,) = compared(one, entries)
    return found


REST = proposal(ProposedValues(title="Rest"), 1)


def test_where_nothing_changed_both_are_the_same() -> None:
    assert title(REST, SHARED) == Compared(
        field="title",
        proposed="Rest",
        written_for="Sleep",
        now="Sleep",
        has_moved=False,
        is_there=False,
    )


def test_where_it_changed_meanwhile_both_are_told() -> None:
    changed = an_entry(2, GoalReworded(title="Sleep well"), lane=CARE, base=(1,))
    found = title(REST, SHARED, changed)

    assert ("Sleep", "Sleep well", True) == (found.written_for, found.now, found.has_moved)


def test_what_stands_there_already_is_said() -> None:
    changed = an_entry(2, GoalReworded(title="Rest"), lane=CARE, base=(1,))

    assert title(REST, SHARED, changed).is_there


def test_a_writer_that_saw_nothing_wrote_for_nothing() -> None:
    found = title(proposal(ProposedValues(title="Rest")), SHARED)

    assert (None, "Sleep", True) == (found.written_for, found.now, found.has_moved)


def test_taking_away_what_is_not_there() -> None:
    (found,) = compared(proposal(ProposedValues(due=None), 1), [])

    assert (None, None, False) == (found.proposed, found.now, found.is_there)


def test_a_step_compares_with_the_step() -> None:
    made = ProposalMade(
        what="step_change", goal=a_text(100), step=a_text(120), values=ProposedValues(text="b")
    )
    step = [
        an_entry(1, StepAdded(goal=a_text(100), text="a"), lane=CARE),
        an_entry(2, StepReworded(text="c"), lane=CARE, base=(1,)),
    ]
    found = title(fold_proposal([by_member(9, made, 1)]), *step)

    assert ("a", "c", "b") == (found.written_for, found.now, found.proposed)


def test_what_was_taken_back_compares_with_nothing() -> None:
    made = ProposalMade(what="goal", values=ProposedValues(title="t"))
    entries = [by_member(9, made), by_member(10, ProposalWithdrawn())]

    assert compared(fold_proposal(entries), [SHARED]) == ()
