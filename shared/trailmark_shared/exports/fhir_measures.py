"""Answered questionnaires as resources of FHIR R4: QuestionnaireResponse, and its sum."""

from __future__ import annotations

from typing import Final

from trailmark_shared.domain.shipped_instruments import SHIPPED
from trailmark_shared.exports.fhir_values import (
    OURS,
    Resource,
    date_time,
    derived_id,
    instant,
    reference,
    without_nothing,
)
from trailmark_shared.projections.measures import MeasureDocument

_SUM: Final = "trailmark-sum/1"


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
