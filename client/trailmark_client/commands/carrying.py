"""Steps and check-ins that follow their goal into another lane, as they read now.

Each is written again as ordinary events of its own with the time at which it happened; earlier
wordings stay where they were written, and so does why something changed in the person's own words:
they were meant for whoever read them there. The subject stays the same, so that a view which knows
both lanes shows it once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.when import When
from trailmark_client.queries.documents import children_at_home, entries_of, of_subject
from trailmark_client.recorder import Recorder
from trailmark_shared.domain.statuses import StepStatus
from trailmark_shared.events.body import Body, Reason
from trailmark_shared.events.check_ins import CheckInCorrected, CheckInRecorded
from trailmark_shared.events.data import EventData
from trailmark_shared.events.registry import EVENT_TYPES, type_of
from trailmark_shared.events.steps import (
    StepAdded,
    StepDropped,
    StepRanked,
    StepReached,
    StepRescheduled,
    StepReworded,
    StepUnreached,
)
from trailmark_shared.ids import SELF, Lane, text_from_id
from trailmark_shared.projections.check_in import CheckInDocument
from trailmark_shared.projections.fields import Facts
from trailmark_shared.projections.step import StepDocument

_MOVED: Final = Reason(code="other")

_DATA_BY_STATUS: Final[Mapping[StepStatus, Callable[[], EventData]]] = {
    "open": StepUnreached,
    "reached": StepReached,
    "dropped": StepDropped,
}

RANKS: Final = EVENT_TYPES["step_ranked"].sets
"""How a step is ranked, by field."""


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """From where to where a goal's steps and check-ins go.

    Attributes:
        source: Where they are.
        target: Where they go.
        classes: Kinds that may go: ``steps``, ``check_ins``.
        check_ins_since: Check-ins recorded from here on go, milliseconds UTC; ``None`` for none.
        private_too: The person picked them one by one: what was written as private goes, too.
    """

    source: Lane
    target: Lane
    classes: AbstractSet[str]
    check_ins_since: int | None = None
    private_too: bool = False


def carry_children(
    conn: Connection,
    recorder: Recorder,
    goal: bytes,
    way: Way,
) -> list[bytes]:
    """Write a goal's steps and check-ins into another lane, where they are not yet.

    Each comes from where it lives: beside the goal in ``way.source``, else in ``self``. Those that
    were written as private stay behind.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        goal: The goal.
        way: From where to where, and what goes along.

    Returns:
        Ids of the events written, in order.
    """
    events: list[bytes] = []
    if "steps" in way.classes:
        for held in children_at_home(conn, "step", goal, way.source, StepDocument):
            events += carry_step(conn, recorder, held.subject, _from(way, held.lane))
    if "check_ins" in way.classes and way.check_ins_since is not None:
        for held in children_at_home(conn, "check_in", goal, way.source, CheckInDocument):
            if held.document.created_at >= way.check_ins_since:
                events += carry_check_in(conn, recorder, held.subject, _from(way, held.lane))
    return events


def _from(way: Way, source: Lane) -> Way:
    return msgspec.structs.replace(way, source=source)


def carry_step(conn: Connection, recorder: Recorder, step: bytes, way: Way) -> list[bytes]:
    """Write one step into another lane, or bring it up to date there.

    Returns:
        Ids of the events written, in order.
    """
    lanes = of_subject(conn, "step", step, StepDocument)
    document, there = lanes[way.source], lanes.get(way.target)
    writer = _Writer(conn, recorder, step, way)
    if way.source == way.target:
        return []
    if there is None:
        if document.goal is None or document.text.value is None or writer.stays:
            return []
        added = StepAdded(
            goal=document.goal,
            text=document.text.value,
            due=document.due.value,
            order=document.order,
        )
        writer.write(added, writer.first_body(), ())
    elif document.text.value not in (None, there.text.value):
        reworded = StepReworded(text=document.text.value)
        writer.write(reworded, writer.body_of(document, "text"), ("text",))
    if there is not None and there.due.value != document.due.value:
        rescheduled = StepRescheduled(due=document.due.value)
        writer.write(rescheduled, writer.body_of(document, "due"), ("due",))
    otherwise = _ranked(document, there)
    if otherwise:
        ranked = StepRanked(**{name: getattr(document, name).value for name in RANKS})
        writer.write(ranked, writer.body_of(document, otherwise[0]), RANKS)
    stands, before = document.status.value, "open" if there is None else there.status.value
    if stands is not None and stands != before:
        writer.write(_DATA_BY_STATUS[stands](), writer.body_of(document, "status"), ("status",))
    return writer.events


def _ranked(document: StepDocument, there: StepDocument | None) -> list[str]:
    """Return in what the rank of a step stands otherwise there."""
    return [
        name
        for name in RANKS
        if getattr(document, name).values
        and getattr(document, name).value != (there and getattr(there, name).value)
    ]


def carry_check_in(conn: Connection, recorder: Recorder, check_in: bytes, way: Way) -> list[bytes]:
    """Write one check-in into another lane, or bring it up to date there.

    Returns:
        Ids of the events written, in order.
    """
    lanes = of_subject(conn, "check_in", check_in, CheckInDocument)
    document, there = lanes[way.source], lanes.get(way.target)
    writer = _Writer(conn, recorder, check_in, way)
    value, note = document.value_tenths.value, document.note.value
    if way.source == way.target:
        return []
    if there is None:
        if document.goal is None or writer.stays:
            return []
        data = CheckInRecorded(
            goal=document.goal,
            measure=document.measure or "rating",
            value_tenths=value,
            unit=document.unit,
            note=note,
        )
        writer.write(data, writer.first_body(), ())
    elif (there.value_tenths.value, there.note.value) != (value, note):
        corrected = CheckInCorrected(value_tenths=value, note=note)
        writer.write(corrected, writer.body_of(document, "value_tenths"), ("value_tenths", "note"))
    return writer.events


class _Writer:
    """Writes one subject's events from one lane into another, each with its own time."""

    def __init__(self, conn: Connection, recorder: Recorder, subject: bytes, way: Way) -> None:
        self.events: list[bytes] = []
        self._conn = conn
        self._recorder = recorder
        self._subject = subject
        self._target = way.target
        self._private_too = way.private_too
        self._bodies = {
            text_from_id(each.id): each.body for each in entries_of(conn, way.source, subject)
        }

    @property
    def stays(self) -> bool:
        """It was written as private: no agreement overrules that, only the person's own pick."""
        return not self._private_too and any(
            isinstance(body.data, StepAdded | CheckInRecorded) and body.data.private
            for body in self._bodies.values()
        )

    def first_body(self) -> Body:
        return next(iter(self._bodies.values()))

    def body_of(self, document: Facts, field: str) -> Body:
        return self._bodies[getattr(document, field).values[0].event]

    def write(self, data: EventData, body: Body, fields: tuple[str, ...]) -> None:
        base: dict[bytes, None] = {}
        for field in fields:
            base.update(
                dict.fromkeys(
                    self._recorder.base_of(self._conn, self._target, self._subject, field)
                )
            )
        reason = body.reason
        if reason is not None and self._target != SELF:
            reason = Reason(code=reason.code)
        if reason is None and type_of(data).reason_required:
            reason = _MOVED
        event = self._recorder.record(
            self._conn,
            self._target,
            self._subject,
            data,
            when=When(occurred_at=body.occurred_at, zone=body.zone, day=body.day),
            reason=reason,
            base=tuple(base),
        )
        self.events.append(event.id)
