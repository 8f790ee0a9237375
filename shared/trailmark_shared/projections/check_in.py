"""Check-ins: the fold of one check-in and its corrections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from trailmark_shared.domain.dates import place_in_time
from trailmark_shared.domain.progress import Measure, Point
from trailmark_shared.events.check_ins import CheckInCorrected, CheckInRecorded
from trailmark_shared.events.data import EventData
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import (
    Facts,
    Field,
    Values,
    facts_of,
    fields_of,
    set_values,
)

LATE_POINT_MS: Final = 24 * 60 * 60 * 1000
"""A number that waited this long on its device is marked as late."""


class CheckInDocument(Facts, frozen=True, kw_only=True):
    """A check-in.

    Attributes:
        goal: The goal it belongs to; ``None`` where its first event is not here.
        measure: What the number is.
        unit: What was counted or measured.
        value_tenths: The number; a value of ``None`` means skipped.
        note: The person's words.
        day: The local date it belongs to.
        occurred_at: When it happened, as the person said.
    """

    goal: str | None = None
    measure: Measure | None = None
    unit: str | None = None
    value_tenths: Field[int | None] = Field()
    note: Field[str | None] = Field()
    day: Field[str] = Field()
    occurred_at: str | None = None


class SetAt(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """When a value was set, as ``fields.FieldValue`` has it."""

    effective_at: int
    received_at: int | None


class AnswerNumber(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The number of an answer, and when each current value of it was set."""

    value: int | None = None
    values: tuple[SetAt, ...] = ()


class AnswerDay(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The day of an answer."""

    value: str | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What charts read of a check-in: read out of its document without building the rest.

    Attributes are those of ``CheckInDocument``.
    """

    created_at: int
    measure: Measure | None = None
    unit: str | None = None
    value_tenths: AnswerNumber = AnswerNumber()
    day: AnswerDay = AnswerDay()
    occurred_at: str | None = None


def check_in_values(entry: Entry, data: EventData) -> Values:
    """Return the fields that one event sets."""
    day: object = entry.body.day
    if isinstance(data, CheckInCorrected):
        day = data.happened_on or msgspec.UNSET
    return set_values(entry, data, {"day": day})


def fold_check_in(entries: Sequence[Entry]) -> CheckInDocument:
    """Return the check-in that ``entries`` (all of one check-in, in lane order) tell of."""
    facts = facts_of(entries)
    facts.update(fields_of(entries, check_in_values))
    for entry in entries:
        data = entry.body.data
        if isinstance(data, CheckInRecorded):
            return CheckInDocument(
                **facts,
                goal=data.goal,
                measure=data.measure,
                unit=data.unit,
                occurred_at=entry.body.occurred_at,
            )
    return CheckInDocument(**facts)


def points_of(
    documents: Iterable[CheckInDocument | Answer],
) -> list[tuple[tuple[str, int], Point]]:
    """Return the numbers of check-ins, each with its place in time, in order of writing.

    Args:
        documents: Check-ins of one goal; those whose first event is not here are left out.
    """
    return [
        (
            place_in_time(each.day.value, each.occurred_at),
            Point(
                day=each.day.value,
                measure=each.measure or "rating",
                value_tenths=each.value_tenths.value,
                unit=each.unit,
                is_late=_is_late(each),
            ),
        )
        for each in sorted(documents, key=lambda one: one.created_at)
        if each.day.value is not None
    ]


def _is_late(document: CheckInDocument | Answer) -> bool:
    shown = document.value_tenths.values[:1]
    return any(
        each.received_at is not None and each.received_at - each.effective_at >= LATE_POINT_MS
        for each in shown
    )
