"""What each side says of a goal, as answers show it: named people, plain fields."""

from tests.support.entries import CARE, an_entry
from trailmark_client.queries.parties import agreement_lines, assessment_lines
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.agreements import AgreementRecorded, GoalAssessedByMember
from trailmark_shared.events.body import Reason
from trailmark_shared.events.goals import GoalShared, GoalTargetSet
from trailmark_shared.projections.goal import fold_goal

NAMES = {"member/a": "Dr Demo"}
SHARED = an_entry(1, GoalShared(title="Sleep"), lane=CARE)


def test_each_side_is_named_and_what_changed_since_is_plain() -> None:
    reason = Reason(code="too-ambitious", text="Slowly.")
    target = GoalTargetSet(target=parse_target("done"), baseline_tenths=10)
    goal = fold_goal(
        [
            SHARED,
            an_entry(2, AgreementRecorded(answer="agree"), lane=CARE, base=(1,)),
            an_entry(
                3,
                AgreementRecorded(answer="pending"),
                lane=CARE,
                base=(1,),
                actor="member/a",
                reason=reason,
            ),
            an_entry(4, target, lane=CARE, base=(1,)),
        ]
    )
    theirs, own = agreement_lines(goal, NAMES)

    assert ("Dr Demo", "pending", "too-ambitious", "Slowly.") == (
        theirs.by,
        theirs.answer,
        theirs.reason,
        theirs.reason_text,
    )
    assert ("you", "agree", None, ["target", "baseline"]) == (
        own.by,
        own.answer,
        own.reason,
        own.changed_since,
    )


def test_a_view_is_its_writers() -> None:
    view = GoalAssessedByMember(achievement="improving", note="Four mornings.")
    goal = fold_goal([SHARED, an_entry(2, view, lane=CARE, base=(1,), actor="member/a")])
    (line,) = assessment_lines(goal, NAMES)

    assert ("Dr Demo", "improving", "Four mornings.") == (line.by, line.achievement, line.note)
