"""The person's goals as they stand: a line each, or one goal with everything under it."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any, Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import children, children_at_home
from trailmark_client.queries.homes import GoalAtHome, goal_at_home, goals_at_home
from trailmark_client.queries.lanes import audience, everybody_who_sees, member_names
from trailmark_client.queries.lines import (
    CheckInLine,
    NoteLine,
    StepLine,
    check_in_line,
    note_line,
    step_line,
)
from trailmark_client.queries.measures import OccurrenceLine, occurrences_of_goal
from trailmark_client.queries.parties import (
    AgreementLine,
    AssessmentLine,
    agreement_lines,
    assessment_lines,
)
from trailmark_client.queries.planning import Around, around
from trailmark_client.queries.proposals import ProposalLine, list_proposals
from trailmark_client.queries.readable import actor_name, plain_field, plain_value
from trailmark_client.queries.sent import SentTo, sent_everywhere
from trailmark_client.queries.succession import successors
from trailmark_shared.domain.dates import place_in_time
from trailmark_shared.domain.statuses import LIFECYCLE_WORDS
from trailmark_shared.events.registry import WHOLE_GOAL
from trailmark_shared.ids import SELF, id_from_text, text_from_id
from trailmark_shared.projections.check_in import CheckInDocument
from trailmark_shared.projections.comment import CommentDocument
from trailmark_shared.projections.fields import Field
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.note import NoteDocument
from trailmark_shared.projections.step import StepDocument

_PRIORITIES: Final = ("high", "medium", None, "low")
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
        priority: ``high``, ``medium``, ``low``, or null.
        rank: Its place in the person's own order, or null.
        replaced_by: Id of the goal that took its place, or null.
        lane: Where it is at home.
        seen_by: Names of those who see it as it changes.
        copied_to: Names of those who have a copy of it, as it read when it was shared with them.
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
    priority: str | None
    rank: int | None
    replaced_by: str | None
    lane: str
    seen_by: list[str]
    copied_to: list[str]
    wished: bool
    conflicts: list[str]
    left_behind: int


class GoalView(msgspec.Struct, frozen=True, kw_only=True):
    """One goal with everything under it.

    Attributes:
        goal: The goal as in the list.
        why: Why it matters, or null.
        limits: What limits it, or null.
        around: Challenges, other goals that it belongs with, a look back on it.
        baseline: Where the person stood at the start, or null.
        achievement: How it goes, a code, or null.
        resting_until: The day to look at a resting goal again, or null.
        conflicts: Fields that two devices changed apart.
        left_behind: What was written privately before this device knew of the sharing.
        needs_review: Events that moved the status where the rules know no such move.
        steps: Its steps in order.
        check_ins: Its check-ins, the earliest first.
        occurrences: What happened that it counts, the earliest first.
        notes: Wins, setbacks and comments, the earliest first.
        agreements: What each side says to it as it stands, or as their copy of it does.
        assessments: How members see it go.
        proposals: What waits for your answer, the oldest first.
        sent: What of it was sent to supporters: the goal itself, its steps and wins.
    """

    goal: GoalLine
    why: str | None
    limits: str | None
    around: Around
    baseline: int | float | None
    achievement: str | None
    resting_until: str | None
    conflicts: list[Conflict]
    left_behind: list[Earlier]
    needs_review: list[str]
    steps: list[StepLine]
    check_ins: list[CheckInLine]
    occurrences: list[OccurrenceLine]
    notes: list[NoteLine]
    agreements: list[AgreementLine]
    assessments: list[AssessmentLine]
    proposals: list[ProposalLine]
    sent: list[SentTo]


def list_goals(conn: Connection, day: str) -> list[GoalLine]:
    """Return every goal that was not entered by mistake, in the person's own order.

    Those with a place come first, then by how much they matter, then by when they were written.

    Args:
        conn: The store.
        day: The person's local date, on which grants count.
    """
    at_home = goals_at_home(conn)
    new = successors(conn, at_home)
    lines = [_line(conn, each, day, new) for each in at_home]
    return sorted((each for each in lines if each.status not in _HIDDEN_STATUS), key=_own_order)


def _own_order(line: GoalLine) -> tuple[float, int]:
    place = inf if line.rank is None else line.rank
    return place, _PRIORITIES.index(line.priority)


def show_goal(conn: Connection, goal: bytes, day: str) -> GoalView:
    """Return one goal with everything under it.

    Raises:
        DomainError: ``not_found``: no lane knows it.
    """
    at_home = goal_at_home(conn, goal)
    document, names = at_home.document, member_names(conn)
    copies = [document, *(at_home.copies[lane] for lane in at_home.copied_into)]
    steps, notes = _steps(conn, at_home), _notes(conn, at_home, names)
    parts = [goal, *(id_from_text(each.id) for each in (*steps, *notes))]
    return GoalView(
        goal=_line(conn, at_home, day, successors(conn, [at_home])),
        why=document.why.value,
        limits=document.limits.value,
        around=around(conn, goal),
        baseline=plain_value("baseline_tenths", document.baseline_tenths.value),
        achievement=document.achievement.value,
        resting_until=document.resting_until,
        conflicts=_conflicts(document, names),
        left_behind=left_behind(at_home),
        needs_review=[each.event for each in document.needs_review],
        steps=steps,
        check_ins=_check_ins(conn, at_home),
        occurrences=occurrences_of_goal(conn, at_home),
        notes=notes,
        agreements=[line for each in copies for line in agreement_lines(each, names)],
        assessments=[line for each in copies for line in assessment_lines(each, names)],
        proposals=list_proposals(conn, day, goal),
        sent=sent_everywhere(conn, parts),
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


def _line(conn: Connection, at_home: GoalAtHome, day: str, new: Mapping[str, str]) -> GoalLine:
    document = at_home.document
    status = document.lifecycle.value or "planned"
    own = at_home.copies.get(SELF)
    seen_by = list(audience(conn, at_home.lane, day))
    everybody = everybody_who_sees(conn, at_home, day)
    return GoalLine(
        id=text_from_id(at_home.id),
        title=document.title.value or "",
        status=status,
        status_words=LIFECYCLE_WORDS[status],
        area=document.area.value,
        target=plain_value("target", document.target.value),
        due=document.due.value,
        priority=document.priority.value,
        rank=at_home.own_place,
        replaced_by=new.get(text_from_id(at_home.id)),
        lane=at_home.lane,
        seen_by=seen_by,
        copied_to=[name for name in everybody if name not in seen_by],
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
    return [step_line(each.lane, each.subject, each.document) for each in ordered]


def _check_ins(conn: Connection, at_home: GoalAtHome) -> list[CheckInLine]:
    held = children_at_home(conn, "check_in", at_home.id, at_home.lane, CheckInDocument)
    lines = [check_in_line(each.lane, each.subject, each.document) for each in held]
    return sorted(lines, key=lambda each: (place_in_time(each.day, each.happened), each.id))


def _notes(conn: Connection, at_home: GoalAtHome, names: Mapping[str, str]) -> list[NoteLine]:
    """Wins and setbacks where the goal lives, comments from wherever it is shown."""
    notes = [
        each
        for kind in ("win", "setback")
        for each in children_at_home(conn, kind, at_home.id, at_home.lane, NoteDocument)
    ]
    # What the person answers to several who do not read one lane stands in each of theirs.
    comments = {
        each.subject: each
        for lane in at_home.copies
        for each in children(conn, "comment", lane, at_home.id, CommentDocument)
    }
    # Those of one day stand in the order of writing: an answer behind what it answers.
    ordered = sorted(
        (*notes, *comments.values()), key=lambda each: (each.document.day, each.document.created_at)
    )
    return [note_line(each.lane, each.kind, each.subject, each.document, names) for each in ordered]
