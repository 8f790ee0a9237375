"""What is hard, what is tried and what reviews came to, as resources of FHIR R4.

Condition, an activity of CarePlan, and for a review an Encounter with what it came to, an
Observation.

Source:
    https://hl7.org/fhir/R4/, resources Condition, CarePlan, Encounter, Observation, Goal.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from trailmark_shared.events.joint import Decision, ReviewHeld
from trailmark_shared.exports.fhir_values import (
    TERMINOLOGY,
    Resource,
    coding,
    derived_id,
    instant,
    reference,
    without_nothing,
)
from trailmark_shared.projections.card_kinds import (
    ChallengeDocument,
    InterventionDocument,
    ReviewDocument,
)

_OUTCOME: Final = "trailmark-review-outcome/1"
_CLINICAL: Final = f"{TERMINOLOGY}/condition-clinical"


def challenge(challenge_id: str, document: ChallengeDocument, space: str) -> Resource | None:
    """Return what a person said is hard, or ``None`` where its words are not here.

    It is their own word and no diagnosis, so it has neither code nor verification.
    """
    said = document.said.value
    if said is None:
        return None
    return without_nothing(
        {
            "resourceType": "Condition",
            "id": challenge_id,
            "clinicalStatus": coding(_CLINICAL, "active"),
            "category": [{"text": said.area}] if said.area else None,
            "code": {"text": said.text},
            "subject": reference(space),
            "recordedDate": instant(document.created_at),
            "asserter": reference(space),
            "note": [{"text": said.effect}] if said.effect else None,
        }
    )


def intervention(document: InterventionDocument, goals: Collection[str]) -> Resource | None:
    """Return what is tried as an activity of the plan, or ``None`` where its words are not here.

    Args:
        document: The intervention.
        goals: Ids of the goals that there are.
    """
    said = document.said.value
    if said is None:
        return None
    return without_nothing(
        {
            "status": "completed" if document.status.value == "ended" else "in-progress",
            "description": said.text,
            "goal": [reference(each) for each in said.goals if each in goals],
            "scheduledString": said.often,
        }
    )


def outcome_id(review_id: str) -> str:
    """Return the id of what a review came to."""
    return derived_id(_OUTCOME, review_id)


def goals_of(document: ReviewDocument, goals: Collection[str]) -> list[str]:
    """Return the goals, of those that there are, for which a held review decided something."""
    held = document.outcome.value
    return [] if held is None else [each.goal for each in held.decisions if each.goal in goals]


def review(
    review_id: str, document: ReviewDocument, space: str, goals: Collection[str]
) -> list[Resource]:
    """Return a review, and what it came to once it was held; nothing where its words are gone.

    Args:
        review_id: Its id.
        document: The review.
        space: Id of the person.
        goals: Ids of the goals that there are.
    """
    said, held = document.said.value, document.outcome.value
    if said is None:
        return []
    encounter = without_nothing(
        {
            "resourceType": "Encounter",
            "id": review_id,
            "status": "planned" if held is None else "finished",
            "class": {
                "system": f"{TERMINOLOGY}/v3-ActCode",
                "code": "AMB",
                "display": "ambulatory",
            },
            "type": [{"text": "Review of goals"}],
            "subject": reference(space),
            "period": {"start": said.on},
            "reasonCode": [{"text": said.text}] if said.text else None,
        }
    )
    if held is None:
        return [encounter]
    return [encounter, _outcome(review_id, document, held, space, goals)]


def _outcome(
    review_id: str,
    document: ReviewDocument,
    held: ReviewHeld,
    space: str,
    goals: Collection[str],
) -> Resource:
    decided = [each for each in held.decisions if each.goal in goals]
    said = document.said.value
    assert said is not None, "asked before"
    return without_nothing(
        {
            "resourceType": "Observation",
            "id": outcome_id(review_id),
            "status": "final",
            "code": {"text": "Review of goals"},
            "subject": reference(space),
            "focus": [reference(each.goal) for each in decided],
            "encounter": reference(review_id),
            "effectiveDateTime": said.on,
            "issued": instant(document.changed_at),
            "valueString": held.text,
            "component": [_component(each, number) for number, each in enumerate(decided)],
        }
    )


def _component(decision: Decision, number: int) -> Resource:
    words = decision.outcome if decision.note is None else f"{decision.outcome}: {decision.note}"
    return {"code": {"text": f"Goal {number + 1} of the focus"}, "valueString": words}
