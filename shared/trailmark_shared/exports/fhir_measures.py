"""What a person measures as resources of FHIR R4: QuestionnaireResponse and Observation."""

from __future__ import annotations

from typing import Final

from trailmark_shared.domain.shipped_instruments import SHIPPED
from trailmark_shared.domain.targets import number_from_tenths
from trailmark_shared.exports.fhir_values import (
    OURS,
    Resource,
    date_time,
    derived_id,
    instant,
    reference,
    without_nothing,
)
from trailmark_shared.projections.measures import (
    MeasureDocument,
    OccurrenceDocument,
    ScaleDocument,
)

_SUM: Final = "trailmark-sum/1"
_RATING: Final = "trailmark-attainment/1"


def answered(
    measure_id: str, document: MeasureDocument, space: str, occurred_at: str
) -> list[Resource]:
    """Return an answered questionnaire and its sum; nothing where its answers are not here.

    Args:
        measure_id: Its id.
        document: The answers.
        space: Id of the person.
        occurred_at: When it was answered, as the person said.
    """
    answers = document.answers.value
    if answers is None or document.instrument is None:
        return []
    status = "amended" if document.changed_at != document.created_at else "completed"
    if document.score.value is None:
        status = "in-progress"
    response = without_nothing(
        {
            "resourceType": "QuestionnaireResponse",
            "id": measure_id,
            "questionnaire": f"{OURS}:questionnaire:{document.instrument}|{document.version}",
            "status": status,
            "subject": reference(space),
            "authored": date_time(occurred_at),
            "author": reference(space),
            "source": reference(space),
            "item": [
                _item(number, answer, document.instrument) for number, answer in enumerate(answers)
            ],
        }
    )
    if document.score.value is None:
        return [response]
    return [response, _total(measure_id, document, space, occurred_at)]


def _item(number: int, answer: int | None, instrument: str) -> Resource:
    known = SHIPPED.get(instrument)
    items = () if known is None else known.items
    return without_nothing(
        {
            "linkId": str(number + 1),
            "text": items[number].words if number < len(items) else None,
            "answer": None if answer is None else [{"valueInteger": answer}],
        }
    )


def _total(measure_id: str, document: MeasureDocument, space: str, occurred_at: str) -> Resource:
    return {
        "resourceType": "Observation",
        "id": derived_id(_SUM, measure_id),
        "status": "amended" if document.changed_at != document.created_at else "final",
        "code": {"text": f"{document.title or document.instrument}: sum of the answers"},
        "subject": reference(space),
        "effectiveDateTime": date_time(occurred_at),
        "issued": instant(document.created_at),
        "performer": [reference(space)],
        "valueInteger": document.score.value,
        "derivedFrom": [reference(measure_id)],
    }


def occurred(occurrence_id: str, document: OccurrenceDocument, space: str) -> Resource | None:
    """Return something that happened as an observation, or ``None`` where it is not here.

    Args:
        occurrence_id: Its id.
        document: What happened; without how strong it was, the observation says that it did.
        space: Id of the person.
    """
    if document.what is None or document.occurred_at is None:
        return None
    tenths, note, day = document.intensity_tenths.value, document.note.value, document.day.value
    was_moved = day is not None and not document.occurred_at.startswith(day)
    quantity = None if tenths is None else {"value": number_from_tenths(tenths), "unit": "of 10"}
    return without_nothing(
        {
            "resourceType": "Observation",
            "id": occurrence_id,
            "status": "amended" if document.changed_at != document.created_at else "final",
            "code": {"text": document.what},
            "subject": reference(space),
            "focus": [reference(document.goal)] if document.goal else None,
            "effectiveDateTime": day if was_moved else date_time(document.occurred_at),
            "issued": instant(document.created_at),
            "performer": [reference(space)],
            "valueQuantity": quantity,
            "valueBoolean": True if quantity is None else None,
            "note": [{"text": note}] if note else None,
        }
    )


def attained(document: ScaleDocument, space: str) -> list[Resource]:
    """Return where a goal stood on its five levels, an observation for each time it was said.

    Args:
        document: The scale; nothing follows from one whose goal is not here.
        space: Id of the person.
    """
    if document.goal is None:
        return []
    return [
        without_nothing(
            {
                "resourceType": "Observation",
                "id": derived_id(_RATING, each.event),
                "status": "final",
                "code": {"text": "Goal attainment, from -2 to +2"},
                "subject": reference(space),
                "focus": [reference(document.goal)],
                "effectiveDateTime": each.day,
                "performer": [reference(space)],
                "valueInteger": each.level,
                "interpretation": [{"text": each.words}] if each.words else None,
                "note": [{"text": each.note}] if each.note else None,
            }
        )
        for each in document.ratings
    ]
