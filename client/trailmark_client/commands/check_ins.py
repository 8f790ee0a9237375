"""Checking in on a goal: a number, or a skipped one, at the time when it happened."""

from __future__ import annotations

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.places import AS_AGREED, Choice, place_under
from trailmark_client.commands.when import When
from trailmark_client.commands.written import Written, write_new
from trailmark_client.queries.homes import goal_at_home
from trailmark_client.recorder import Recorder
from trailmark_shared.domain.progress import Measure
from trailmark_shared.domain.targets import RATING_TENTHS_MAX, Target
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.check_ins import CheckInRecorded
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext


class CheckIn(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says when they check in.

    Attributes:
        value_tenths: The number, or ``None`` for skipped: a valid answer.
        measure: What the number is; ``None`` for what the goal's target counts.
        note: Their words.
        choice: For whom; a private one stays private whatever will be agreed.
    """

    value_tenths: int | None
    measure: Measure | None = None
    note: str | None = None
    choice: Choice = AS_AGREED


def check_in(
    conn: Connection, recorder: Recorder, goal: bytes, said: CheckIn, when: When
) -> Written:
    """Record a check-in.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        goal: The goal.
        said: What the person said.
        when: When it happened; may be back-dated.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``: no lane knows the goal; ``invalid_input``: a rating beyond 0 to
            10, or a count below 0; for a choice, as ``place_of_child``.
    """
    at_home = goal_at_home(conn, goal)
    target = at_home.document.target.value
    measure = said.measure or _measure_of(target)
    _refuse_impossible(measure, said.value_tenths)
    place = place_under(conn, at_home, "check_ins", recorder.today(), said.choice)
    data = CheckInRecorded(
        goal=text_from_id(goal),
        measure=measure,
        value_tenths=said.value_tenths,
        unit=target.unit if target is not None and measure == "count" else None,
        note=said.note,
        private=said.choice.private,
    )
    return write_new(conn, recorder, place, data, when)


def _measure_of(target: Target | None) -> Measure:
    if target is not None and target.kind in {"at_least", "at_most"}:
        return "count"
    return "rating"


def _refuse_impossible(measure: Measure, value_tenths: int | None) -> None:
    if value_tenths is None or measure == "value":
        return
    if measure == "rating" and not 0 <= value_tenths <= RATING_TENTHS_MAX:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("a rating goes from 0 to 10; for another scale say --measure value"),
        )
    if value_tenths < 0:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("a count is 0 or more"))
