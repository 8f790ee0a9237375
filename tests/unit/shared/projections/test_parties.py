"""Both sides of a goal: each has a word of its own, and a later change visibly outdates it."""

import pytest

from tests.support.entries import CARE, a_text, an_entry
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.agreements import AgreementRecorded, GoalAssessedByMember
from trailmark_shared.events.body import Reason
from trailmark_shared.events.data import EventData
from trailmark_shared.events.goals import (
    GoalAchievementAssessed,
    GoalPutOnHold,
    GoalReprioritised,
    GoalReworded,
    GoalShared,
    GoalTargetAdjusted,
)
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.goal import fold_goal
from trailmark_shared.projections.parties import Agreement

SHARED = an_entry(1, GoalShared(title="Sleep", lifecycle="active"), lane=CARE)


def said(number: int, data: EventData, *base: int) -> Entry:
    return an_entry(number, data, lane=CARE, base=base)


def by_member(number: int, data: EventData, *base: int) -> Entry:
    return an_entry(number, data, lane=CARE, actor="member/a", device=210, base=base)


def agreements(*entries: Entry) -> list[Agreement]:
    return list(fold_goal([SHARED, *entries]).agreements)


class TestAgreement:
    def test_each_side_says_its_own(self) -> None:
        mine, theirs = AgreementRecorded(answer="agree"), AgreementRecorded(answer="pending")

        assert [("member/a", "pending"), ("person", "agree")] == [
            (each.by, each.answer) for each in agreements(said(2, mine, 1), by_member(3, theirs, 1))
        ]

    def test_the_last_word_of_a_side_stands_with_its_reason(self) -> None:
        reason = Reason(code="too-ambitious")
        later = an_entry(3, AgreementRecorded(answer="disagree"), lane=CARE, base=(1, 2))
        (only,) = agreements(said(2, AgreementRecorded(answer="agree"), 1), later)

        assert ("disagree", a_text(3), None) == (only.answer, only.event, only.reason)

        (why,) = agreements(
            an_entry(2, AgreementRecorded(answer="disagree"), lane=CARE, reason=reason)
        )

        assert why.reason == reason

    def test_two_devices_that_said_it_apart_are_both_shown(self) -> None:
        apart = [
            said(2, AgreementRecorded(answer="agree"), 1),
            said(3, AgreementRecorded(answer="disagree"), 1),
        ]

        assert ["disagree", "agree"] == [each.answer for each in agreements(*apart)]

    def test_it_changes_nothing_of_the_goal(self) -> None:
        goal = fold_goal([SHARED, by_member(2, AgreementRecorded(answer="disagree"), 1)])

        assert ("Sleep", False, a_text(1)) == (
            goal.title.value,
            goal.title.conflict,
            goal.title.values[0].event,
        )


class TestOutdating:
    agreed = by_member(2, AgreementRecorded(answer="agree"), 1)

    @pytest.mark.parametrize(
        ("data", "changed"),
        [
            (GoalReworded(title="Rest"), ("title",)),
            (GoalReworded(title="Sleep"), ()),
            (GoalReworded(why=None), ()),
            (GoalPutOnHold(), ("lifecycle",)),
            (GoalTargetAdjusted(target=parse_target("done")), ("target",)),
            (GoalReprioritised(rank=2), ()),
            (GoalAchievementAssessed(achievement="improving"), ()),
        ],
    )
    def test_a_later_change_is_named(self, data: EventData, changed: tuple[str, ...]) -> None:
        (agreement,) = agreements(self.agreed, said(3, data, 1))

        assert agreement.changed_since == changed

    def test_what_was_not_seen_is_named_too(self) -> None:
        """Written before, but by a device that the other side had not heard of."""
        (agreement,) = agreements(said(3, GoalReworded(title="Rest"), 1), self.agreed)

        assert agreement.changed_since == ("title",)

    def test_what_was_seen_is_not(self) -> None:
        reworded = said(2, GoalReworded(title="Rest"), 1)
        (agreement,) = agreements(reworded, by_member(3, AgreementRecorded(answer="agree"), 1, 2))

        assert agreement.changed_since == ()

    def test_a_field_that_nothing_ever_set_has_not_changed(self) -> None:
        goal = fold_goal([said(1, GoalReworded(title="t")), self.agreed])

        assert goal.agreements[0].changed_since == ()

    def test_a_side_that_saw_nothing_agreed_to_nothing_of_it(self) -> None:
        (agreement,) = agreements(by_member(2, AgreementRecorded(answer="agree")))

        assert agreement.changed_since == ("title", "lifecycle")


class TestAssessment:
    def test_it_stands_beside_the_persons_word(self) -> None:
        view = GoalAssessedByMember(achievement="improving", note="Four calm mornings.")
        own = said(2, GoalAchievementAssessed(achievement="no-change"), 1)
        goal = fold_goal([SHARED, own, by_member(3, view, 1)])
        (assessment,) = goal.assessments

        assert ("no-change", "improving", "Four calm mornings.") == (
            goal.achievement.value,
            assessment.achievement,
            assessment.note,
        )

    def test_a_later_view_takes_the_place_of_the_earlier_one(self) -> None:
        views = [
            by_member(2, GoalAssessedByMember(achievement="worsening"), 1),
            by_member(3, GoalAssessedByMember(achievement="improving"), 2),
        ]

        assert ["improving"] == [
            each.achievement for each in fold_goal([SHARED, *views]).assessments
        ]

    def test_a_view_can_be_taken_back(self) -> None:
        views = [
            by_member(2, GoalAssessedByMember(achievement="worsening"), 1),
            by_member(3, GoalAssessedByMember(), 2),
        ]

        assert () == fold_goal([SHARED, *views]).assessments

    def test_members_do_not_speak_for_each_other(self) -> None:
        one = by_member(2, GoalAssessedByMember(achievement="worsening"), 1)
        other = an_entry(
            3, GoalAssessedByMember(), lane=CARE, actor="member/b", device=211, base=(2,)
        )

        assert ["member/a"] == [each.by for each in fold_goal([SHARED, one, other]).assessments]
