"""Goals, steps and check-ins as resources of HL7 FHIR R4 (4.0.1).

Pure functions of values, so that the same things give the same resources. Whole reflections are
never among them. Every id is the one that Trailmark uses; a reference is the URN of that id, which
is also the entry's ``fullUrl``, so that a bundle resolves in itself.

Source:
    https://hl7.org/fhir/R4/, resources Patient, Practitioner, RelatedPerson, CarePlan, Goal,
    Observation, Bundle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from trailmark_shared.domain.statuses import ACHIEVEMENT_WORDS, Achievement
from trailmark_shared.domain.targets import Target, number_from_tenths
from trailmark_shared.exports.fhir_text import with_narrative
from trailmark_shared.exports.fhir_values import (
    PERSON_ELEMENT,
    TERMINOLOGY,
    Resource,
    coding,
    date_time,
    derived_id,
    instant,
    reference,
    urn,
    without_nothing,
)
from trailmark_shared.projections.check_in import CheckInDocument
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.note import NoteDocument
from trailmark_shared.projections.parties import Agreement
from trailmark_shared.projections.readers import Reading
from trailmark_shared.projections.sentences import target_words
from trailmark_shared.projections.step import StepDocument

_ACCEPTANCE: Final = "http://hl7.org/fhir/StructureDefinition/goal-acceptance"
_RELATIONSHIP: Final = "http://hl7.org/fhir/StructureDefinition/goal-relationship"
_STEP_STATUS: Final[Mapping[str, str]] = {
    "open": "not-started",
    "reached": "completed",
    "dropped": "cancelled",
}
_RATING: Final = "How close to the goal, 0 to 10"


class Links(NamedTuple):
    """What a goal refers to.

    Attributes:
        parts: Ids of the goals that are part of it.
        replaced_by: Id of the goal that took its place, if one did.
        challenges: Ids of the challenges that it is about.
        outcomes: Ids of what reviews decided for it.
    """

    parts: Sequence[str] = ()
    replaced_by: Sequence[str] = ()
    challenges: Sequence[str] = ()
    outcomes: Sequence[str] = ()


NO_LINKS: Final = Links()


def entry(resource: Resource) -> Resource:
    """Return a resource as an entry of a bundle, with a text for people."""
    return {"fullUrl": urn(resource["id"]), "resource": with_narrative(resource)}


def person(space: str) -> Resource:
    """Return the person: an id and nothing else, as Trailmark knows nothing else."""
    return {"resourceType": "Patient", "id": space}


def member(reading: Reading, space: str) -> Resource:
    """Return somebody who was let in, by the name that was shown."""
    name = [{"text": reading.name}]
    if reading.role == "supporter":
        return {
            "resourceType": "RelatedPerson",
            "id": reading.member,
            PERSON_ELEMENT: reference(space),
            "name": name,
        }
    return {"resourceType": "Practitioner", "id": reading.member, "name": name}


def goal(
    goal_id: str,
    document: GoalDocument,
    space: str,
    started_on: str,
    links: Links = NO_LINKS,
) -> Resource:
    """Return a goal as it stands.

    Args:
        goal_id: Its id.
        document: The goal where it is at home.
        space: Id of the person.
        started_on: The local date on which it was written down.
        links: What it refers to.
    """
    achievement, priority = document.achievement.value, document.priority.value
    area = document.area.value
    notes = [each for each in (document.why.value, document.limits.value) if each]
    return without_nothing(
        {
            "resourceType": "Goal",
            "id": goal_id,
            "extension": [
                *(_acceptance(each, space) for each in document.agreements),
                *(_related("milestone", each) for each in links.parts),
                *(_related("replacement", each) for each in links.replaced_by),
            ],
            "lifecycleStatus": document.lifecycle.value or "planned",
            "achievementStatus": None if achievement is None else _achievement(achievement),
            "category": [{"text": area}] if area else None,
            "priority": None
            if priority is None
            else coding(f"{TERMINOLOGY}/goal-priority", f"{priority}-priority"),
            "description": {"text": document.title.value or "-"},
            "subject": reference(space),
            "startDate": started_on,
            "target": _targets(document.target.value, document.due.value),
            "expressedBy": reference(space),
            "addresses": [reference(each) for each in links.challenges],
            "note": [{"text": each} for each in notes] or None,
            "outcomeReference": [reference(each) for each in links.outcomes],
        }
    )


def _achievement(code: Achievement) -> Resource:
    return coding(f"{TERMINOLOGY}/goal-achievement", code, ACHIEVEMENT_WORDS[code])


def _acceptance(agreement: Agreement, space: str) -> Resource:
    """The extension ``goal-acceptance``: what one side says to the goal."""
    member_id = agreement.by.partition("/")[2]
    return {
        "url": _ACCEPTANCE,
        "extension": [
            {"url": "individual", "valueReference": reference(member_id or space)},
            {"url": "status", "valueCode": agreement.answer},
        ],
    }


def _related(type_: str, other: str) -> Resource:
    """The extension ``goal-relationship``: what another goal is to this one."""
    return {
        "url": _RELATIONSHIP,
        "extension": [
            {
                "url": "type",
                "valueCodeableConcept": coding(f"{TERMINOLOGY}/goal-relationship-type", type_),
            },
            {"url": "target", "valueReference": reference(other)},
        ],
    }


def _targets(target: Target | None, due: str | None) -> list[Resource]:
    """A detail needs a measure (gol-1); a day hoped for may stand alone."""
    said: Resource = {"dueDate": due or (target.by if target else None)}
    if target is not None and target.value_tenths is not None:
        per = f" per {target.per}" if target.per else ""
        said["measure"] = {"text": f"{target.unit or _MEASURES[target.kind]}{per}"}
        said["detailQuantity"] = without_nothing(
            {
                "value": number_from_tenths(target.value_tenths),
                "comparator": _COMPARATORS.get(target.kind),
                "unit": "%" if target.kind == "reduce_by_percent" else target.unit,
            }
        )
    elif target is not None:
        said["measure"] = {"text": target_words(target)}
        said["detailBoolean"] = True
    found = without_nothing(said)
    return [found] if found else []


def care_plan(
    space: str,
    goals: Sequence[str],
    steps: Iterable[tuple[str, StepDocument]],
    made_at: int,
    *,
    challenges: Sequence[str] = (),
    tried: Sequence[Resource] = (),
) -> Resource:
    """Return the plan: what it is about, the person's goals, and what is done as activities.

    Args:
        space: Id of the person.
        goals: Ids of the goals.
        steps: Each step by its id.
        made_at: When this was written, milliseconds UTC.
        challenges: Ids of what is hard.
        tried: What is tried in therapy, from ``fhir_plan.intervention``.
    """
    return without_nothing(
        {
            "resourceType": "CarePlan",
            "id": derived_id("trailmark-care-plan/1", space),
            "status": "active",
            "intent": "plan",
            "title": "Goals and steps",
            "subject": reference(space),
            "created": instant(made_at),
            "author": reference(space),
            "addresses": [reference(each) for each in challenges],
            "goal": [reference(each) for each in goals],
            "activity": [{"detail": each} for each in (*(_activity(s) for _, s in steps), *tried)],
        }
    )


def _activity(step: StepDocument) -> Resource:
    return without_nothing(
        {
            "status": _STEP_STATUS[step.status.value or "open"],
            "description": step.text.value,
            "goal": [reference(step.goal)] if step.goal else None,
            "scheduledPeriod": {"end": step.due.value} if step.due.value else None,
        }
    )


def check_in(check_in_id: str, document: CheckInDocument, space: str) -> Resource | None:
    """Return a check-in as an observation, or ``None`` where its first entry is not here."""
    if document.occurred_at is None:
        return None
    tenths, note = document.value_tenths.value, document.note.value
    quantity: Resource | None = None
    if tenths is not None:
        quantity = without_nothing({"value": number_from_tenths(tenths), "unit": document.unit})
    reason = coding(f"{TERMINOLOGY}/data-absent-reason", "asked-declined")
    is_corrected = document.changed_at != document.created_at
    return without_nothing(
        {
            "resourceType": "Observation",
            "id": check_in_id,
            "status": "amended" if is_corrected else "final",
            "code": {"text": document.unit or _CODES[document.measure or "rating"]},
            "subject": reference(space),
            "focus": [reference(document.goal)] if document.goal else None,
            "effectiveDateTime": date_time(document.occurred_at),
            "issued": instant(document.created_at),
            "performer": [reference(space)],
            "valueQuantity": quantity,
            "dataAbsentReason": reason if quantity is None else None,
            "note": [{"text": note}] if note else None,
        }
    )


def noted(kind: str, note_id: str, document: NoteDocument, space: str) -> Resource | None:
    """Return a win or a hard moment as an observation, or ``None`` where it has no words now.

    Args:
        kind: ``win`` or ``setback``.
        note_id: Its id.
        document: The note.
        space: Id of the person.
    """
    if document.text is None:
        return None
    return without_nothing(
        {
            "resourceType": "Observation",
            "id": note_id,
            "status": "final",
            "code": {"text": "Win" if kind == "win" else "Hard moment"},
            "subject": reference(space),
            "focus": [reference(document.goal)] if document.goal else None,
            "effectiveDateTime": date_time(document.occurred_at),
            "issued": instant(document.created_at),
            "performer": [reference(space)],
            "valueString": document.text,
            "note": [{"text": document.helped}] if document.helped else None,
        }
    )


_MEASURES: Final[Mapping[str, str]] = {
    "at_least": "times",
    "at_most": "times",
    "reduce_by_percent": "reduction from the start",
    "reach_rating": _RATING,
}
_COMPARATORS: Final[Mapping[str, str]] = {
    "at_least": ">=",
    "at_most": "<=",
    "reduce_by_percent": ">=",
    "reach_rating": ">=",
}
_CODES: Final[Mapping[str, str]] = {"rating": _RATING, "count": "Occurrences", "value": "Value"}
