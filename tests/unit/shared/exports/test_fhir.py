"""Resources of FHIR R4, one by one; that a library accepts them is tried with whole bundles."""

from typing import Any

import msgspec
import pytest

from tests.support.entries import CARE, START, a_text, an_entry
from trailmark_shared.domain.targets import parse_target
from trailmark_shared.events.access import AccessGranted, ConsentText
from trailmark_shared.events.agreements import AgreementRecorded
from trailmark_shared.events.check_ins import CheckInCorrected, CheckInRecorded
from trailmark_shared.events.goals import GoalAchievementAssessed, GoalDrafted
from trailmark_shared.events.notes import SetbackNoted, WinNoted
from trailmark_shared.events.steps import StepAdded, StepReached, StepReworded
from trailmark_shared.exports import fhir
from trailmark_shared.exports.fhir_values import urn
from trailmark_shared.projections.check_in import fold_check_in
from trailmark_shared.projections.goal import fold_goal
from trailmark_shared.projections.note import fold_note
from trailmark_shared.projections.readers import readings
from trailmark_shared.projections.step import fold_step

SPACE = a_text(1)
ID = a_text(2)


def goal(**fields: Any) -> dict[str, Any]:  # noqa: ANN401
    document = fold_goal([an_entry(1, GoalDrafted(title="Walk", **fields))])
    return fhir.goal(ID, document, SPACE, "2026-09-21")


def test_a_bare_goal_says_only_what_is_known() -> None:
    assert goal() == {
        "resourceType": "Goal",
        "id": ID,
        "lifecycleStatus": "planned",
        "description": {"text": "Walk"},
        "subject": {"reference": urn(SPACE)},
        "startDate": "2026-09-21",
        "expressedBy": {"reference": urn(SPACE)},
    }


def test_how_goals_belong_together_is_said_in_codes() -> None:
    document = fold_goal([an_entry(1, GoalDrafted(title="Walk", why="air", limits="no time"))])

    links = fhir.Links(parts=[a_text(3)], replaced_by=[a_text(4)], challenges=[a_text(5)])
    found = fhir.goal(ID, document, SPACE, "2026-09-21", links._replace(outcomes=[a_text(6)]))

    said = [
        (
            each["extension"][0]["valueCodeableConcept"]["coding"][0]["code"],
            each["extension"][1]["valueReference"]["reference"],
        )
        for each in found["extension"]
    ]
    assert [("milestone", urn(a_text(3))), ("replacement", urn(a_text(4)))] == said
    assert [{"text": "air"}, {"text": "no time"}] == found["note"]
    assert [{"reference": urn(a_text(5))}] == found["addresses"]
    assert [{"reference": urn(a_text(6))}] == found["outcomeReference"]


def test_a_goal_with_all_its_parts() -> None:
    entries = [
        an_entry(1, GoalDrafted(title="Walk", why="air", area="rest", priority="high")),
        an_entry(2, GoalAchievementAssessed(achievement="improving"), base=(1,)),
        an_entry(3, AgreementRecorded(answer="agree"), base=(1,), actor=f"member/{a_text(7)}"),
        an_entry(4, AgreementRecorded(answer="pending"), base=(1,)),
    ]
    found = fhir.goal(ID, fold_goal(entries), SPACE, "2026-09-21")

    assert found["achievementStatus"]["coding"][0]["code"] == "improving"
    assert found["priority"]["coding"][0]["code"] == "high-priority"
    assert (found["category"], found["note"]) == ([{"text": "rest"}], [{"text": "air"}])
    said = {
        each["extension"][0]["valueReference"]["reference"]: each["extension"][1]["valueCode"]
        for each in found["extension"]
    }
    assert said == {urn(a_text(7)): "agree", urn(SPACE): "pending"}


@pytest.mark.parametrize(
    ("target", "due", "expected"),
    [
        (
            "at-least 2.5 walks per week",
            None,
            {
                "measure": {"text": "walks per week"},
                "detailQuantity": {"value": 2.5, "comparator": ">=", "unit": "walks"},
            },
        ),
        (
            "reduce-by 50% by 2030-01-31",
            None,
            {
                "measure": {"text": "reduction from the start"},
                "detailQuantity": {"value": 50, "comparator": ">=", "unit": "%"},
                "dueDate": "2030-01-31",
            },
        ),
        ("done", None, {"measure": {"text": "done"}, "detailBoolean": True}),
        (None, "2030-02-01", {"dueDate": "2030-02-01"}),
    ],
)
def test_a_detail_has_a_measure(target: str | None, due: str | None, expected: object) -> None:
    fields = {"target": None if target is None else parse_target(target), "due": due}

    assert goal(**fields)["target"] == [expected]


def test_steps_are_activities_of_the_plan() -> None:
    added = an_entry(1, StepAdded(goal=ID, text="shoes", due="2030-01-31"))
    steps = [
        (a_text(3), fold_step([added, an_entry(2, StepReached(), base=(1,))])),
        (a_text(4), fold_step([an_entry(3, StepReworded(text="laces"))])),
    ]
    plan = fhir.care_plan(SPACE, [ID], steps, START)

    assert [each["detail"]["status"] for each in plan["activity"]] == ["completed", "not-started"]
    assert plan["activity"][0]["detail"]["scheduledPeriod"] == {"end": "2030-01-31"}
    assert "goal" not in plan["activity"][1]["detail"]
    assert plan["goal"] == [{"reference": urn(ID)}]


class TestObservations:
    def test_a_check_in_is_an_observation(self) -> None:
        data = CheckInRecorded(goal=ID, measure="count", value_tenths=15, unit="walks", note="sun")
        found = fhir.check_in(a_text(3), fold_check_in([an_entry(1, data)]), SPACE)

        assert found is not None
        assert (found["status"], found["code"]) == ("final", {"text": "walks"})
        assert found["valueQuantity"] == {"value": 1.5, "unit": "walks"}
        assert found["note"] == [{"text": "sun"}]
        assert found["effectiveDateTime"] == "2026-09-21T16:13:20+02:00"

    def test_a_corrected_one_says_so_and_a_skipped_one_has_no_number(self) -> None:
        entries = [
            an_entry(1, CheckInRecorded(goal=ID, value_tenths=50)),
            an_entry(2, CheckInCorrected(value_tenths=None), base=(1,)),
        ]
        found = fhir.check_in(a_text(3), fold_check_in(entries), SPACE)

        assert found is not None
        assert found["status"] == "amended"
        assert found["dataAbsentReason"]["coding"][0]["code"] == "asked-declined"
        assert "valueQuantity" not in found

    def test_what_lacks_its_beginning_is_left_out(self) -> None:
        corrected = fold_check_in([an_entry(2, CheckInCorrected(value_tenths=None))])
        rated = fold_check_in([an_entry(1, CheckInRecorded(goal=ID, value_tenths=50))])
        without_goal = msgspec.structs.replace(rated, goal=None, measure=None)
        found = fhir.check_in(a_text(3), without_goal, SPACE)

        assert fhir.check_in(a_text(3), corrected, SPACE) is None
        assert found is not None
        assert "focus" not in found

    def test_wins_and_hard_moments_are_said_in_words(self) -> None:
        win = fhir.noted("win", ID, fold_note([an_entry(1, WinNoted(text="out", goal=ID))]), SPACE)
        hard = fold_note([an_entry(1, SetbackNoted(text="in bed", helped="tea"))])
        setback = fhir.noted("setback", ID, hard, SPACE)
        assert win is not None
        assert setback is not None
        assert (win["code"], win["valueString"]) == ({"text": "Win"}, "out")
        assert (setback["note"], "focus" in setback) == ([{"text": "tea"}], False)
        without_words = msgspec.structs.replace(hard, text=None)
        assert fhir.noted("setback", ID, without_words, SPACE) is None


def test_members_are_called_as_they_were_shown() -> None:
    granted = AccessGranted(
        member=a_text(7),
        name="Dr Demo",
        role="therapist",
        classes=(),
        consent=ConsentText(version=2, sha256="0" * 64),
    )
    [therapist] = readings([[an_entry(1, granted, lane=CARE)]])
    supporter = msgspec.structs.replace(therapist, role="supporter")

    assert fhir.member(therapist, SPACE)["resourceType"] == "Practitioner"
    assert fhir.member(supporter, SPACE)["resourceType"] == "RelatedPerson"
    assert fhir.person(SPACE) == {"resourceType": "Patient", "id": SPACE}
    assert fhir.entry(fhir.person(ID))["fullUrl"] == urn(ID)
