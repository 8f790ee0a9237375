"""What hangs under a goal, a line each: steps, check-ins, wins, setbacks and comments."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from trailmark_client.queries.readable import actor_name
from trailmark_shared.domain.targets import number_from_tenths
from trailmark_shared.ids import Lane, text_from_id
from trailmark_shared.projections.check_in import CheckInDocument
from trailmark_shared.projections.comment import CommentDocument
from trailmark_shared.projections.note import NoteDocument
from trailmark_shared.projections.step import StepDocument


class StepLine(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a goal.

    Attributes:
        id: Id of the step.
        text: What to do.
        due: The day hoped for, or null.
        status: ``open``, ``reached`` or ``dropped``.
        reached_on: The local date on which it was reached, or null.
        importance: How much it means: ``high``, ``medium``, ``low``, or null.
        urgency: How soon it is needed, or null.
        impact: How much it would change, or null.
        lane: Where it is at home.
    """

    id: str
    text: str
    due: str | None
    status: str
    reached_on: str | None
    importance: str | None
    urgency: str | None
    impact: str | None
    lane: str


class CheckInLine(msgspec.Struct, frozen=True, kw_only=True):
    """A check-in.

    Attributes:
        id: Id of the check-in.
        day: The local date it belongs to.
        happened: When it happened, RFC 3339.
        measure: ``rating``, ``count`` or ``value``.
        value: The number, or null for skipped.
        unit: What was counted, or null.
        note: The person's words, or null.
        lane: Where it was written.
    """

    id: str
    day: str
    happened: str
    measure: str
    value: int | float | None
    unit: str | None
    note: str | None
    lane: str


class NoteLine(msgspec.Struct, frozen=True, kw_only=True):
    """A win, a setback or a comment.

    Attributes:
        id: Its id.
        kind: ``win``, ``setback`` or ``comment``.
        day: The local date it belongs to.
        by: Who wrote it.
        text: The words, or null where they were taken back.
        helped: What helped, for a setback, or null.
        lane: Where it was written.
    """

    id: str
    kind: str
    day: str
    by: str
    text: str | None
    helped: str | None
    lane: str


def step_line(lane: Lane, step: bytes, document: StepDocument) -> StepLine:
    """Return the line of a step."""
    return StepLine(
        id=text_from_id(step),
        text=document.text.value or "",
        due=document.due.value,
        status=document.status.value or "open",
        reached_on=document.reached_on,
        importance=document.importance.value,
        urgency=document.urgency.value,
        impact=document.impact.value,
        lane=lane,
    )


def check_in_line(lane: Lane, check_in: bytes, document: CheckInDocument) -> CheckInLine:
    """Return the line of a check-in."""
    tenths = document.value_tenths.value
    return CheckInLine(
        id=text_from_id(check_in),
        day=document.day.value or "",
        happened=document.occurred_at or "",
        measure=document.measure or "rating",
        value=None if tenths is None else number_from_tenths(tenths),
        unit=document.unit,
        note=document.note.value,
        lane=lane,
    )


def note_line(
    lane: Lane,
    kind: str,
    note: bytes,
    document: NoteDocument | CommentDocument,
    names: Mapping[str, str],
) -> NoteLine:
    """Return the line of a win, a setback or a comment.

    Args:
        lane: The lane that it is read from.
        kind: ``win``, ``setback`` or ``comment``.
        note: Its id.
        document: Its document.
        names: Names of members, by actor.
    """
    return NoteLine(
        id=text_from_id(note),
        kind=kind,
        day=document.day,
        by=actor_name(document.created_by, names),
        text=document.text,
        helped=document.helped if isinstance(document, NoteDocument) else None,
        lane=lane,
    )
