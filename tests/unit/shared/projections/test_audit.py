"""What an audit asks beyond each change, from entries alone."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.support.entries import START, a_text, an_entry, an_id
from tests.unit.shared.projections.test_fold import lanes
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.agreements import AgreementRecorded
from trailmark_shared.events.body import UnknownData
from trailmark_shared.events.goals import (
    GoalCompleted,
    GoalDrafted,
    GoalRescheduled,
    GoalReworded,
    GoalShared,
    GoalTargetAdjusted,
)
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.events.proposals import ProposalMade, ProposedValues
from trailmark_shared.events.steps import StepAdded, StepReworded
from trailmark_shared.projections.audit import (
    ClockDoubt,
    Difference,
    Numbering,
    Placed,
    Said,
    clock_doubts,
    differences,
    not_seen,
    numberings,
    said_of,
    target_story,
)
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fold import fold_subject
from trailmark_shared.projections.goal import fold_goal
from trailmark_shared.projections.history import as_of, happened_by

ONE = parse_target("at-least 1 walks per week")
TWO = parse_target("at-least 2 walks per week")
GOAL = 100
STEP = 101
CARE = "care/x"


def unknown(entry: Entry) -> Entry:
    body = msgspec.structs.replace(entry.body, type="goal_dreamt", data=UnknownData(b"{}"))
    return msgspec.structs.replace(entry, body=body)


class TestWhatTheWriterHadSeen:
    def test_seen_directly_or_through_what_was_seen_is_seen(self) -> None:
        entries = [
            an_entry(1, GoalDrafted(title="a")),
            an_entry(2, GoalReworded(title="b"), base=(1,)),
            an_entry(3, GoalReworded(title="c"), base=(2,)),
        ]

        assert not_seen(entries) == {}

    def test_an_earlier_word_that_was_not_seen_is_named(self) -> None:
        entries = [
            an_entry(1, GoalDrafted(title="a")),
            an_entry(2, GoalReworded(title="b"), base=(1,)),
            an_entry(3, GoalReworded(title="c"), base=(1,)),
        ]

        assert not_seen(entries) == {a_text(3): (a_text(2),)}

    def test_other_fields_and_other_things_do_not_count(self) -> None:
        entries = [
            an_entry(1, GoalDrafted(title="a")),
            an_entry(2, GoalRescheduled(due="2030-01-31"), base=(1,)),
            an_entry(3, GoalReworded(title="c"), base=(1,)),
            an_entry(4, GoalReworded(title="d"), subject=7),
            unknown(an_entry(5, GoalReworded(title="e"))),
            an_entry(6, WinNoted(text="w")),
        ]

        assert not_seen(entries) == {}

    def test_who_agrees_speaks_of_all_that_people_agree_on(self) -> None:
        entries = [
            an_entry(1, GoalDrafted(title="a")),
            an_entry(2, GoalRescheduled(due="2030-01-31"), base=(1,)),
            an_entry(3, AgreementRecorded(answer="agree"), base=(1,)),
        ]

        assert not_seen(entries) == {a_text(3): (a_text(2),)}

    def test_a_proposal_speaks_of_what_it_would_change(self) -> None:
        of_goal = ProposalMade(
            what="goal_change", goal=a_text(GOAL), values=ProposedValues(title="x")
        )
        of_step = ProposalMade(
            what="step_change",
            goal=a_text(GOAL),
            step=a_text(STEP),
            values=ProposedValues(text="y"),
        )
        entries = [
            an_entry(1, GoalDrafted(title="a")),
            an_entry(2, StepAdded(goal=a_text(GOAL), text="s"), subject=STEP),
            an_entry(3, GoalRescheduled(due="2030-01-31"), base=(1,)),
            an_entry(4, GoalReworded(title="b"), base=(1,)),
            an_entry(5, StepReworded(text="t"), subject=STEP, base=(2,)),
            an_entry(6, of_goal, subject=50, base=(1,)),
            an_entry(7, of_step, subject=51, base=(2,)),
        ]

        assert not_seen(entries) == {a_text(6): (a_text(4),), a_text(7): (a_text(5),)}


def test_who_agreed_to_a_goal_as_an_event_had_left_it() -> None:
    entries = [
        an_entry(1, GoalDrafted(title="a")),
        an_entry(2, AgreementRecorded(answer="agree"), base=(1,), actor="member/x"),
        an_entry(3, AgreementRecorded(answer="pending"), base=(1,)),
    ]

    assert said_of(entries) == {
        a_text(1): (
            Said(event=a_text(2), by="member/x", answer="agree"),
            Said(event=a_text(3), by="person", answer="pending"),
        )
    }


class TestTarget:
    def test_sharing_with_the_same_target_moves_nothing(self) -> None:
        drafted = an_entry(1, GoalDrafted(title="a", target=ONE))
        shared = an_entry(2, GoalShared(title="a", target=ONE, lifecycle="active"), lane=CARE)
        adjusted = an_entry(3, GoalTargetAdjusted(target=TWO), base=(2,), lane=CARE)
        done = an_entry(4, GoalCompleted(), lane=CARE)
        story = target_story({"self": [drafted], CARE: [shared, adjusted, done]})

        assert (ONE, (a_text(3),)) == (story.original, story.moves)
        [completion] = story.completions
        assert (TWO, "adjusted") == (completion.target, completion.against)

    def test_what_was_reached_before_the_move_was_reached_as_it_was(self) -> None:
        entries = [
            an_entry(1, GoalDrafted(title="a", target=ONE)),
            an_entry(2, GoalCompleted(), base=(1,)),
            an_entry(3, GoalTargetAdjusted(target=TWO), base=(1,)),
            an_entry(4, GoalTargetAdjusted(target=TWO), base=(3,)),
            an_entry(5, WinNoted(text="w")),
            unknown(an_entry(6, GoalTargetAdjusted(target=ONE))),
        ]
        story = target_story({"self": entries})

        assert [each.against for each in story.completions] == ["original"]
        assert story.moves == (a_text(3),)

    def test_without_a_target_it_was_reached_against_none(self) -> None:
        entries = [an_entry(1, GoalDrafted(title="a")), an_entry(2, GoalCompleted(), base=(1,))]
        story = target_story({"self": entries})
        bare = target_story({"self": [an_entry(2, GoalCompleted())]})

        assert [each.against for each in (*story.completions, *bare.completions)] == [None, None]
        assert (None, ()) == (story.original, story.moves)


def test_clocks_far_off_are_told_with_the_worst_of_them() -> None:
    minute = 60_000
    entries = [
        an_entry(1, WinNoted(text="w"), offset=-10 * minute),
        an_entry(2, WinNoted(text="w"), offset=7 * minute),
        an_entry(3, WinNoted(text="w"), offset=minute, device=201),
    ]

    assert clock_doubts(entries) == (ClockDoubt(device=a_text(200), offset=-10 * minute, events=2),)


class TestNumberings:
    @staticmethod
    def placed(dseq: int, seq: int | None = 1, *, has_body: bool = True, epoch: int = 0) -> Placed:
        return Placed(
            device=an_id(200), epoch=bytes([epoch] * 8), dseq=dseq, seq=seq, has_body=has_body
        )

    def test_what_is_not_there_is_told_by_its_number(self) -> None:
        events = [self.placed(each) for each in (2, 3, 7)]

        assert numberings(events) == (
            Numbering(
                device=a_text(200),
                epoch="00" * 8,
                last=7,
                unconfirmed=0,
                without_words=0,
                missing=((1, 1), (4, 6)),
            ),
        )

    def test_each_numbering_counts_by_itself(self) -> None:
        events = [self.placed(1), self.placed(1, None, epoch=1), self.placed(2, has_body=False)]
        found = numberings(events)

        assert [(0, 1), (1, 0)] == [(each.unconfirmed, each.without_words) for each in found]
        assert [each.missing for each in found] == [(), ()]


_FIELDS = st.dictionaries(st.sampled_from("abc"), st.one_of(st.none(), st.integers(0, 2)))


def applied(before: dict[str, Any], found: tuple[Difference, ...]) -> dict[str, Any]:
    after = {**before, **{each.field: each.after for each in found}}
    return {name: value for name, value in after.items() if value is not None}


@given(_FIELDS, _FIELDS, _FIELDS)
def test_differences_compose(first: Any, second: Any, third: Any) -> None:  # noqa: ANN401
    """Going to a third instant by way of a second one is going there at once."""
    by_way = applied(applied(first, differences(first, second)), differences(second, third))

    assert by_way == applied(first, differences(first, third))
    assert differences(first, first) == ()


@given(lanes())
def test_as_of_the_present_is_the_present(entries: list[Entry]) -> None:
    """Whatever the clocks said: all that arrived, in lane order, is the document."""
    last = max(each.received_at or 0 for each in entries)
    latest = max(each.effective_at for each in entries)

    assert fold_subject("self", as_of(entries, last)) == fold_subject("self", entries)
    assert fold_subject("self", happened_by(entries, latest)) == fold_subject("self", entries)


@given(lanes(), st.integers(-200, 200), st.integers(-200, 200))
def test_known_by_an_instant_stays_known(entries: list[Entry], one: int, other: int) -> None:

    first, second = sorted((START + one * 1000, START + other * 1000))
    known = as_of(entries, first)

    assert as_of(as_of(entries, second), first) == known
    assert {each.id for each in known} <= {each.id for each in as_of(entries, second)}


def test_an_audit_reads_the_goal_as_its_document_does() -> None:
    entries = [
        an_entry(1, GoalDrafted(title="a", target=ONE)),
        an_entry(2, GoalTargetAdjusted(target=TWO), base=(1,)),
        an_entry(3, GoalCompleted(), base=(1,)),
    ]
    [completion] = target_story({"self": entries}).completions

    assert completion.target == fold_goal(entries).target.value
