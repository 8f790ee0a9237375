"""The person's goals as they stand: a line each, or one goal with everything under it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import children_at_home
from trailmark_client.queries.homes import GoalAtHome, goal_at_home, goals_at_home
from trailmark_client.queries.lanes import audience, member_names
from trailmark_client.queries.readable import (
    actor_name,
    number_from_tenths,
    plain_field,
    plain_value,
)
from trailmark_shared.domain.statuses import LIFECYCLE_WORDS
from trailmark_shared.events.registry import WHOLE_GOAL
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.projections.check_in import CheckInDocument
from trailmark_shared.projections.comment import CommentDocument
from trailmark_shared.projections.fields import Field
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.note import NoteDocument
from trailmark_shared.projections.step import StepDocument

_HIDDEN_STATUS: Final = frozenset({"entered-in-error"})


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """One of several values that are current at once.

    Attributes:
        value: The value.
        event: Id of the event that set it; ``goal keep`` takes it.
        by: Who wrote it.
        device: Id of the device it was written on.
        at: When, milliseconds UTC.
        received_at: When the server had it, milliseconds UTC, or null.
    """

    value: Any
    event: str
    by: str
    device: str
    at: int
    received_at: int | None


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """A field that two devices changed apart from each other.

    Attributes:
        field: The field.
        values: All its values, the one shown first in front.
    """

    field: str
    values: list[Value]


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """A value that was written privately before this device knew that the goal is shared.

    Attributes:
        field: The field.
        value: The value.
        event: Id of the event that set it.
    """

    field: str
    value: Any
    event: str


class GoalLine(msgspec.Struct, frozen=True, kw_only=True):
    """A goal in a list.

    Attributes:
        id: Id of the goal.
        title: The goal in the person's own words.
        status: Its lifecycle code.
        status_words: The same as people read it.
        area: The part of life, or null.
        target: Its target as a sentence, or null.
        due: The day hoped for, or null.
        lane: Where it is at home.
        seen_by: Names of those who see it.
        wished: It is to be shared as soon as somebody is let in.
        conflicts: Fields with several values.
        left_behind: How many values were "written before you shared this".
    """

    id: str
    title: str
    status: str
    status_words: str
    area: str | None
    target: str | None
    due: str | None
    lane: str
    seen_by: list[str]
    wished: bool
    conflicts: list[str]
    left_behind: int


class StepLine(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a goal.

    Attributes:
        id: Id of the step.
        text: What to do.
        due: The day hoped for, or null.
        status: ``open``, ``reached`` or ``dropped``.
        reached_on: The local date on which it was reached, or null.
        lane: Where it is at home.
    """

    id: str
    text: str
    due: str | None
    status: str
    reached_on: str | None
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


class GoalView(msgspec.Struct, frozen=True, kw_only=True):
    """One goal with everything under it.

    Attributes:
        goal: The goal as in the list.
        why: Why it matters, or null.
        baseline: Where the person stood at the start, or null.
        achievement: How it goes, a code, or null.
        resting_until: The day to look at a resting goal again, or null.
        conflicts: Fields that two devices changed apart.
        left_behind: What was written privately before this device knew of the sharing.
        needs_review: Events that moved the status where the rules know no such move.
        steps: Its steps in order.
        check_ins: Its check-ins, the earliest first.
        notes: Wins, setbacks and comments, the earliest first.
    """

    goal: GoalLine
    why: str | None
    baseline: int | float | None
    achievement: str | None
    resting_until: str | None
    conflicts: list[Conflict]
    left_behind: list[Earlier]
    needs_review: list[str]
    steps: list[StepLine]
    check_ins: list[CheckInLine]
    notes: list[NoteLine]


def list_goals(conn: Connection, day: str) -> list[GoalLine]:
    """Return every goal that was not entered by mistake, the one written first in front.

    Args:
        conn: The store.
        day: The person's local date, on which grants count.
    """
    lines = [_line(conn, each, day) for each in goals_at_home(conn)]
    return [each for each in lines if each.status not in _HIDDEN_STATUS]


def show_goal(conn: Connection, goal: bytes, day: str) -> GoalView:
    """Return one goal with everything under it.

    Raises:
        DomainError: ``not_found``: no lane knows it.
    """
    at_home = goal_at_home(conn, goal)
    document, names = at_home.document, member_names(conn)
    return GoalView(
        goal=_line(conn, at_home, day),
        why=document.why.value,
        baseline=plain_value("baseline_tenths", document.baseline_tenths.value),
        achievement=document.achievement.value,
        resting_until=document.resting_until,
        conflicts=_conflicts(document, names),
        left_behind=left_behind(at_home),
        needs_review=[each.event for each in document.needs_review],
        steps=_steps(conn, at_home),
        check_ins=_check_ins(conn, at_home),
        notes=_notes(conn, at_home, names),
    )


def left_behind(at_home: GoalAtHome) -> list[Earlier]:
    """Return what was "written before you shared this": sharing again carries it over."""
    own, wanted = at_home.copies.get(SELF), set(at_home.home.left_behind)
    if own is None:
        return []
    return [
        Earlier(
            field=plain_field(name) or name, value=plain_value(name, each.value), event=each.event
        )
        for name in WHOLE_GOAL
        for each in getattr(own, name).values
        if each.event in wanted
    ]


def _line(conn: Connection, at_home: GoalAtHome, day: str) -> GoalLine:
    document = at_home.document
    status = document.lifecycle.value or "planned"
    own = at_home.copies.get(SELF)
    return GoalLine(
        id=text_from_id(at_home.id),
        title=document.title.value or "",
        status=status,
        status_words=LIFECYCLE_WORDS[status],
        area=document.area.value,
        target=plain_value("target", document.target.value),
        due=document.due.value,
        lane=at_home.lane,
        seen_by=list(audience(conn, at_home.lane, day)),
        wished=own is not None and own.wish is not None,
        conflicts=[plain_field(name) or name for name in _conflicting(document)],
        left_behind=len(at_home.home.left_behind),
    )


def _conflicting(document: GoalDocument) -> list[str]:
    return [name for name in WHOLE_GOAL if getattr(document, name).conflict]


def _conflicts(document: GoalDocument, names: Mapping[str, str]) -> list[Conflict]:
    return [
        Conflict(field=plain_field(name) or name, values=_values(name, document, names))
        for name in _conflicting(document)
    ]


def _values(name: str, document: GoalDocument, names: Mapping[str, str]) -> list[Value]:
    field: Field[Any] = getattr(document, name)
    return [
        Value(
            value=plain_value(name, each.value),
            event=each.event,
            by=actor_name(each.actor, names),
            device=each.device,
            at=each.effective_at,
            received_at=each.received_at,
        )
        for each in field.values
    ]


def _steps(conn: Connection, at_home: GoalAtHome) -> list[StepLine]:
    held = children_at_home(conn, "step", at_home.id, at_home.lane, StepDocument)
    ordered = sorted(held, key=lambda h: (h.document.order or "", h.document.created_at, h.subject))
    return [
        StepLine(
            id=text_from_id(each.subject),
            text=each.document.text.value or "",
            due=each.document.due.value,
            status=each.document.status.value or "open",
            reached_on=each.document.reached_on,
            lane=each.lane,
        )
        for each in ordered
    ]


def _check_ins(conn: Connection, at_home: GoalAtHome) -> list[CheckInLine]:
    held = children_at_home(conn, "check_in", at_home.id, at_home.lane, CheckInDocument)
    lines = [
        CheckInLine(
            id=text_from_id(each.subject),
            day=each.document.day.value or "",
            happened=each.document.occurred_at or "",
            measure=each.document.measure or "rating",
            value=_number(each.document.value_tenths.value),
            unit=each.document.unit,
            note=each.document.note.value,
            lane=each.lane,
        )
        for each in held
    ]
    return sorted(lines, key=lambda each: (each.day, each.happened, each.id))


def _number(tenths: int | None) -> int | float | None:
    return None if tenths is None else number_from_tenths(tenths)


def _notes(conn: Connection, at_home: GoalAtHome, names: Mapping[str, str]) -> list[NoteLine]:
    lines = [
        NoteLine(
            id=text_from_id(each.subject),
            kind=kind,
            day=each.document.day,
            by=actor_name(each.document.created_by, names),
            text=each.document.text,
            helped=each.document.helped,
            lane=each.lane,
        )
        for kind in ("win", "setback")
        for each in children_at_home(conn, kind, at_home.id, at_home.lane, NoteDocument)
    ]
    lines += [
        NoteLine(
            id=text_from_id(each.subject),
            kind="comment",
            day=each.document.day,
            by=actor_name(each.document.created_by, names),
            text=each.document.text,
            helped=None,
            lane=each.lane,
        )
        for each in children_at_home(conn, "comment", at_home.id, at_home.lane, CommentDocument)
    ]
    return sorted(lines, key=lambda each: (each.day, each.id))
