"""Challenges, interventions and reviews as resources; a library accepts them as a whole bundle."""

from tests.support.entries import a_text, an_entry
from trailmark_shared.events.joint import (
    Decision,
    InterventionAnswered,
    InterventionEnded,
    InterventionPlanned,
    ReviewAnswered,
    ReviewHeld,
    ReviewScheduled,
)
from trailmark_shared.events.planning import ChallengeAddressed, ChallengeDescribed
from trailmark_shared.exports import fhir_plan
from trailmark_shared.exports.fhir_values import urn
from trailmark_shared.projections.card import card_fold
from trailmark_shared.projections.card_kinds import (
    ChallengeDocument,
    InterventionDocument,
    ReviewDocument,
)
from trailmark_shared.projections.joint import joint_fold

SPACE, ID, GOAL, GONE = (a_text(number) for number in (1, 2, 3, 4))


def reviewed(*data: ReviewScheduled | ReviewHeld | ReviewAnswered) -> ReviewDocument:
    entries = [an_entry(number, each) for number, each in enumerate(data, start=1)]
    return joint_fold(ReviewDocument)(entries)


def test_a_challenge_is_the_person_s_word_and_no_diagnosis() -> None:
    data = ChallengeDescribed(text="Nights are short", effect="tired at work", area="rest")
    found = fhir_plan.challenge(ID, card_fold(ChallengeDocument)([an_entry(1, data)]), SPACE)

    assert found is not None
    assert ("Condition", {"text": "Nights are short"}) == (found["resourceType"], found["code"])
    assert [{"text": "tired at work"}] == found["note"]
    assert [{"text": "rest"}] == found["category"]
    assert found["asserter"] == found["subject"] == {"reference": urn(SPACE)}
    assert "verificationStatus" not in found


def test_what_lacks_its_words_is_left_out() -> None:
    linked = card_fold(ChallengeDocument)([an_entry(2, ChallengeAddressed(goal_addressing=GOAL))])
    agreed = joint_fold(InterventionDocument)([an_entry(2, InterventionAnswered(answer="agree"))])

    assert fhir_plan.challenge(ID, linked, SPACE) is None
    assert fhir_plan.intervention(agreed, {GOAL}) is None
    assert [] == fhir_plan.review(ID, reviewed(ReviewAnswered(answer="agree")), SPACE, {GOAL})


def test_what_is_tried_is_an_activity_until_it_ends() -> None:
    planned = an_entry(
        1, InterventionPlanned(text="Sleep diary", often="each night", goals=(GOAL, GONE))
    )
    ended = an_entry(2, InterventionEnded(), base=(1,))

    going = fhir_plan.intervention(joint_fold(InterventionDocument)([planned]), {GOAL})
    over = fhir_plan.intervention(joint_fold(InterventionDocument)([planned, ended]), {GOAL})

    assert going == {
        "status": "in-progress",
        "description": "Sleep diary",
        "goal": [{"reference": urn(GOAL)}],
        "scheduledString": "each night",
    }
    assert over is not None
    assert "completed" == over["status"]


def test_a_review_is_planned_until_it_was_held() -> None:
    planned = reviewed(ReviewScheduled(on="2026-10-01", text="all goals"))

    [found] = fhir_plan.review(ID, planned, SPACE, {GOAL})

    assert ("Encounter", "planned") == (found["resourceType"], found["status"])
    assert [{"text": "all goals"}] == found["reasonCode"]
    assert [] == fhir_plan.goals_of(planned, {GOAL})


def test_a_review_that_was_held_says_what_it_decided() -> None:
    decided = (
        Decision(goal=GOAL, outcome="changed", note="smaller steps"),
        Decision(goal=GONE, outcome="kept"),
        Decision(goal=GOAL, outcome="kept"),
    )
    held = reviewed(
        ReviewScheduled(on="2026-10-01"), ReviewHeld(decisions=decided, text="It went well")
    )

    encounter, outcome = fhir_plan.review(ID, held, SPACE, {GOAL})

    assert "finished" == encounter["status"]
    assert fhir_plan.outcome_id(ID) == outcome["id"]
    assert {"reference": urn(ID)} == outcome["encounter"]
    assert "It went well" == outcome["valueString"]
    assert ["changed: smaller steps", "kept"] == [
        each["valueString"] for each in outcome["component"]
    ]
    assert [GOAL, GOAL] == fhir_plan.goals_of(held, {GOAL})
