"""What a person measures: what happened, answered questionnaires, five levels of a goal.

All of it stays on the person's own devices.
"""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.fields import base_of_fields
from trailmark_client.commands.places import PRIVATE
from trailmark_client.commands.when import When
from trailmark_client.commands.written import Written, write_new
from trailmark_client.queries.documents import of_subject
from trailmark_client.queries.homes import goal_at_home
from trailmark_client.queries.measures import scale_of_goal
from trailmark_client.recorder import Recorder
from trailmark_shared.domain.instruments import Instrument, score_of
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.body import Reason
from trailmark_shared.events.data import EventData
from trailmark_shared.events.measures import (
    AttainmentRated,
    MeasureAmended,
    MeasureAnswered,
    OccurrenceCorrected,
    OccurrenceRecorded,
    ScaleChanged,
    ScaleSet,
)
from trailmark_shared.events.registry import type_of
from trailmark_shared.ids import SELF, id_from_text
from trailmark_shared.projections.measures import OccurrenceDocument
from trailmark_shared.words import gettext


def record_occurrence(
    conn: Connection, recorder: Recorder, data: OccurrenceRecorded, when: When
) -> Written:
    """Record that something happened.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``: its goal is not on this device.
    """
    if data.goal is not None:
        goal_at_home(conn, id_from_text(data.goal))
    return write_new(conn, recorder, PRIVATE, data, when)


def correct_occurrence(
    conn: Connection,
    recorder: Recorder,
    occurrence: bytes,
    data: OccurrenceCorrected,
    reason: Reason,
) -> Written:
    """Set right how strong something was, on which day, and what was noted.

    Returns:
        What was written.

    Raises:
        DomainError: ``nothing_changed``: it reads like that already.
    """
    stood = of_subject(conn, "occurrence", occurrence, OccurrenceDocument)[SELF]
    same_day = data.happened_on in {None, stood.day.value}
    if same_day and (data.intensity_tenths, data.note) == (
        stood.intensity_tenths.value,
        stood.note.value,
    ):
        raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("it already says exactly that"))
    return _set(conn, recorder, occurrence, data, reason=reason)


def answer_measure(
    conn: Connection,
    recorder: Recorder,
    instrument: Instrument,
    answers: Sequence[int | None],
    when: When,
) -> Written:
    """Record the answers to a questionnaire, with their sum.

    Returns:
        What was written.

    Raises:
        DomainError: ``invalid_input``: they do not answer its questions.
    """
    data = MeasureAnswered(
        instrument=instrument.code,
        version=instrument.version,
        title=instrument.title,
        answers=tuple(answers),
        score=score_of(instrument, answers),
    )
    return write_new(conn, recorder, PRIVATE, data, when)


def amend_measure(
    conn: Connection,
    recorder: Recorder,
    measure: bytes,
    instrument: Instrument,
    answers: Sequence[int | None],
    reason: Reason,
) -> Written:
    """Set answers right; the earlier ones stay in the history.

    Returns:
        What was written.

    Raises:
        DomainError: ``invalid_input``: they do not answer its questions.
    """
    data = MeasureAmended(answers=tuple(answers), score=score_of(instrument, answers))
    return _set(conn, recorder, measure, data, reason=reason)


def set_scale(
    conn: Connection,
    recorder: Recorder,
    goal: bytes,
    data: ScaleSet,
    when: When,
    reason: Reason | None = None,
) -> Written:
    """Write down what five levels of a goal look like, or change it.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``: no such goal; ``nothing_changed``: it reads like that already;
            ``reason_required``: it changes, and nothing says why.
    """
    goal_at_home(conn, goal)
    held = scale_of_goal(conn, goal)
    if held is None:
        return write_new(conn, recorder, PRIVATE, data, when)
    if (held.document.levels.value, held.document.weight.value) == (data.levels, data.weight):
        raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("it already says exactly that"))
    if reason is None:
        raise DomainError(
            ErrorCode.REASON_REQUIRED,
            gettext("levels that change say why: --reason CODE or CODE:TEXT"),
        )
    changed = ScaleChanged(levels=data.levels, weight=data.weight)
    return _set(conn, recorder, held.subject, changed, reason=reason)


def rate_attainment(
    conn: Connection, recorder: Recorder, goal: bytes, data: AttainmentRated, when: When
) -> Written:
    """Say which of a goal's five levels describes how it is.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``: the goal has no levels yet.
    """
    held = scale_of_goal(conn, goal)
    if held is None:
        raise DomainError(
            ErrorCode.NOT_FOUND,
            gettext("this goal has no levels yet; trailmark scale set writes them down"),
        )
    event = recorder.record(conn, SELF, held.subject, data, when=when)
    return Written(kind="scale", subject=held.subject, lane=SELF, seen_by=(), events=(event.id,))


def _set(
    conn: Connection,
    recorder: Recorder,
    subject: bytes,
    data: EventData,
    *,
    reason: Reason | None,
) -> Written:
    known = type_of(data)
    base = base_of_fields(conn, recorder, SELF, subject, known.sets)
    event = recorder.record(conn, SELF, subject, data, reason=reason, base=base)
    return Written(kind=known.kind, subject=subject, lane=SELF, seen_by=(), events=(event.id,))
