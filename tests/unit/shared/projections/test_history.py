"""History: the questions that an audit of a goal must answer, from the log alone."""

import msgspec
import pytest

from tests.support.entries import START, a_text, an_entry
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.body import Reason, UnknownData
from trailmark_shared.events.check_ins import CheckInCorrected, CheckInRecorded
from trailmark_shared.events.comments import CommentAdded
from trailmark_shared.events.coping import BarrierIdentified
from trailmark_shared.events.goals import (
    GoalActivated,
    GoalDrafted,
    GoalEnteredInError,
    GoalKept,
    GoalMoved,
    GoalPutOnHold,
    GoalReworded,
    GoalTargetAdjusted,
    GoalTargetSet,
)
from trailmark_shared.events.journal import EntryTakenBack
from trailmark_shared.events.notes import WinNoted
from trailmark_shared.events.proposals import ProposalAccepted, ProposalDeclined
from trailmark_shared.events.support import SupportPersonNamed
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.history import (
    CLOCK_DOUBT_MS,
    Change,
    as_of,
    goal_history,
    happened_by,
    has_clock_doubt,
    label_of,
    late_by_ms,
    standing,
)

DRAFT = an_entry(1, GoalDrafted(title="Sleep"))


def reworded(number: int, title: str, *base: int) -> Entry:
    return an_entry(number, GoalReworded(title=title), base=base)


def of_event(changes: list[Change], number: int) -> list[Change]:
    return [each for each in changes if each.event == a_text(number)]


class TestWhatChanged:
    def test_a_change_answers_who_what_when_and_why(self) -> None:
        reason = Reason(code="new-insight", text="Two is possible.")
        entries = [
            an_entry(1, GoalTargetSet(target=parse_target("at-least 1 per week"))),
            an_entry(
                2,
                GoalTargetAdjusted(target=parse_target("at-least 2 per week")),
                base=(1,),
                reason=reason,
                cause=1,
                delay=30,
            ),
        ]
        [change] = of_event(goal_history(entries), 2)

        assert ("person", "target", reason, a_text(1)) == (
            change.actor,
            change.field,
            change.reason,
            change.cause,
        )
        assert (parse_target("at-least 1 per week"), parse_target("at-least 2 per week")) == (
            change.before,
            change.after,
        )
        assert (START + 2_000, START + 32_000, 30_000, 2) == (
            change.effective_at,
            change.received_at,
            change.late_by_ms,
            change.seq,
        )
        assert change.sentence == "raised the target from 1 to 2 per week, because of a new insight"

    def test_an_event_has_one_change_per_field(self) -> None:
        changed = {each.field for each in goal_history([DRAFT])}

        assert changed == {"title", "lifecycle"}

    def test_an_event_that_changes_nothing_is_still_told(self) -> None:
        entries = [DRAFT, reworded(2, "Sleep", 1)]
        [change] = of_event(goal_history(entries), 2)

        assert (None, None, None) == (change.field, change.before, change.after)
        assert change.sentence.startswith("confirmed what stood there")

    def test_kinds_without_fields_are_told_too(self) -> None:
        [change] = goal_history([an_entry(1, WinNoted(text="t"))])

        assert (None, "noted a win") == (change.field, change.sentence)

    def test_what_is_not_understood_is_passed_over(self) -> None:
        body = msgspec.structs.replace(DRAFT.body, data=UnknownData(b"{}"))

        assert goal_history([msgspec.structs.replace(DRAFT, body=body)]) == []

    def test_the_value_before_is_the_one_the_writer_saw(self) -> None:
        """Not the one that another device had written in between."""
        entries = [DRAFT, reworded(2, "a", 1), reworded(3, "b", 1)]
        [change] = of_event(goal_history(entries), 3)

        assert ("Sleep", "b") == (change.before, change.after)

    def test_of_several_values_seen_the_one_shown_first_is_before(self) -> None:
        entries = [DRAFT, reworded(2, "a", 1), reworded(3, "b", 1), reworded(4, "c", 2, 3)]
        [change] = of_event(goal_history(entries), 4)

        assert "b" == change.before

    def test_what_came_back_compares_with_what_moved_out(self) -> None:
        entries = [
            DRAFT,
            an_entry(2, GoalMoved(lane="self", shared=a_text(9)), base=(1,)),
            an_entry(3, GoalKept(title="Sleep well"), base=(2,)),
        ]
        [change] = of_event(goal_history(entries), 3)

        assert ("title", "Sleep", "Sleep well") == (change.field, change.before, change.after)


class TestCards:
    named = an_entry(1, BarrierIdentified(text="far", goal=a_text(9)))
    again = an_entry(2, BarrierIdentified(text="far", where="practical", goal=a_text(9)), base=(1,))

    def test_what_is_said_as_a_whole_is_told_part_by_part(self) -> None:
        changes = goal_history([self.named, self.again])

        assert [
            (a_text(1), "text", None, "far"),
            (a_text(1), "goal", None, a_text(9)),
            (a_text(1), "status", None, "open"),
            (a_text(2), "where", None, "practical"),
        ] == [(each.event, each.field, each.before, each.after) for each in changes]

    def test_a_list_without_items_is_nothing(self) -> None:
        entry = an_entry(1, SupportPersonNamed(name="Ana"))

        assert ["name"] == [each.field for each in goal_history([entry])]

    def test_it_stands_with_its_parts_and_without_what_was_taken_back(self) -> None:
        gone = an_entry(3, EntryTakenBack(events=(a_text(2),)))

        assert {"text": "far", "where": "practical", "goal": a_text(9), "status": "open"} == (
            standing([self.named, self.again])
        )
        assert {"text": "far", "goal": a_text(9), "status": "open"} == (
            standing([self.named, self.again, gone])
        )

    def test_what_has_no_fields_stands_as_nothing(self) -> None:
        assert {} == standing([an_entry(1, WinNoted(text="t"))])


class TestConcurrency:
    def test_setters_that_did_not_see_each_other_name_each_other(self) -> None:
        entries = [DRAFT, reworded(2, "a", 1), reworded(3, "b", 1)]
        changes = goal_history(entries)

        assert (a_text(3),) == of_event(changes, 2)[0].concurrent_with
        assert (a_text(2),) == of_event(changes, 3)[0].concurrent_with

    def test_seeing_through_another_event_is_seeing(self) -> None:
        entries = [DRAFT, reworded(2, "a", 1), reworded(3, "b", 2)]

        assert [each.concurrent_with for each in goal_history(entries)] == [()] * 4

    def test_the_same_words_at_once_are_told_with_their_twin(self) -> None:
        entries = [DRAFT, reworded(2, "Sleep", 1), reworded(3, "b", 1)]
        [change] = of_event(goal_history(entries), 2)

        assert (None, (a_text(3),)) == (change.field, change.concurrent_with)

    def test_other_fields_are_no_matter(self) -> None:
        entries = [DRAFT, reworded(2, "a", 1), an_entry(3, GoalActivated(), base=(1,))]

        assert of_event(goal_history(entries), 3)[0].concurrent_with == ()

    def test_answers_on_two_devices_name_each_other(self) -> None:
        entries = [an_entry(1, ProposalAccepted()), an_entry(2, ProposalDeclined(), device=201)]

        assert [(a_text(2),), (a_text(1),)] == [
            each.concurrent_with for each in goal_history(entries)
        ]


class TestLabels:
    @pytest.mark.parametrize(
        ("entry", "replaces", "label"),
        [
            (
                an_entry(1, GoalReworded(title="t"), reason=Reason(code="correction")),
                True,
                "correction",
            ),
            (an_entry(1, CheckInCorrected()), True, "correction"),
            (an_entry(1, GoalEnteredInError()), False, "correction"),
            (an_entry(1, GoalReworded(title="t")), True, "amendment"),
            (an_entry(1, CommentAdded(text="t", about=a_text(1)), cause=2), False, "addendum"),
            (an_entry(1, GoalPutOnHold(), cause=2), False, None),
            (an_entry(1, ProposalAccepted(), cause=2), False, None),
            (
                an_entry(
                    1,
                    CheckInRecorded(goal=a_text(1)),
                    occurred_at="2026-09-19T12:00:00+02:00",
                ),
                False,
                "late entry",
            ),
            (an_entry(1, CheckInRecorded(goal=a_text(1))), False, None),
        ],
    )
    def test_records_management_has_a_word_for_it(
        self,
        entry: Entry,
        replaces: bool,  # noqa: FBT001 - a parameter of the test
        label: str | None,
    ) -> None:
        assert label_of(entry, replaces=replaces) == label

    def test_new_words_amend_and_a_new_status_does_not(self) -> None:
        entries = [DRAFT, reworded(2, "a", 1), an_entry(3, GoalActivated(), base=(1,))]

        assert [each.label for each in goal_history(entries)] == [None, None, "amendment", None]


class TestClocks:
    @pytest.mark.parametrize(
        ("offset", "doubt"),
        [(CLOCK_DOUBT_MS, False), (CLOCK_DOUBT_MS + 1, True), (-CLOCK_DOUBT_MS - 1, True)],
    )
    def test_a_clock_far_off_is_flagged(self, offset: int, doubt: bool) -> None:  # noqa: FBT001
        assert has_clock_doubt(an_entry(1, GoalActivated(), offset=offset)) == doubt

    def test_what_is_not_sent_yet_is_neither_late_nor_doubtful(self) -> None:
        entry = an_entry(1, GoalActivated(), confirmed=False)

        assert (None, False) == (late_by_ms(entry), has_clock_doubt(entry))


class TestPastStates:
    early = an_entry(1, GoalDrafted(title="a"), at=10, delay=1)
    offline = an_entry(3, GoalReworded(title="b"), at=20, delay=1_000)
    late = an_entry(2, GoalReworded(title="c"), at=30, delay=1)
    own = an_entry(4, GoalReworded(title="d"), at=40, confirmed=False)
    entries = (offline, own, late, early)

    def test_as_the_therapist_saw_it_then(self) -> None:
        assert as_of(self.entries, START + 100_000) == [self.early, self.late]

    def test_nothing_is_seen_before_it_arrived(self) -> None:
        assert as_of(self.entries, START + 10_999) == []
        assert as_of(self.entries, START + 11_000) == [self.early]

    def test_by_seq_and_never_with_what_is_not_sent(self) -> None:
        assert as_of(self.entries, START + 9_999_000) == [self.early, self.late, self.offline]

    def test_as_later_known_to_have_been_recorded(self) -> None:
        assert happened_by(self.entries, START + 20_000) == [self.offline, self.early]
