"""Settling what two devices said apart from each other: the person picks, both stay in history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.goals import LIFECYCLE_EVENTS, set_fields
from trailmark_client.commands.written import Written
from trailmark_client.queries.finding import matches_prefix
from trailmark_client.queries.homes import goal_at_home
from trailmark_client.recorder import Recorder
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events import goals
from trailmark_shared.events.body import Reason
from trailmark_shared.events.data import EventData
from trailmark_shared.projections.fields import FieldValue
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.words import gettext


def keep_value(
    conn: Connection, recorder: Recorder, goal: bytes, field: str, event: str, reason: Reason
) -> Written:
    """Settle a field that has several values: the one that ``event`` set stands from now on.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        goal: The goal.
        field: A field of the goal document.
        event: Id of the event whose value stays, or the beginning of it.
        reason: Why this one.

    Returns:
        What was written.

    Raises:
        DomainError: ``nothing_changed``: the field has one value; ``not_found`` or
            ``ambiguous_id``: none or several of its values were set by such an event;
            ``invalid_input``: a goal has no such field.
    """
    at_home = goal_at_home(conn, goal)
    if field not in _SETTERS:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("a goal has these fields: {fields}").format(fields=", ".join(_SETTERS)),
        )
    value = _picked(at_home.document, field, event)
    data = _SETTERS[field](value.value)
    return set_fields(conn, recorder, at_home, data, reason=reason)


def _picked(document: GoalDocument, field: str, event: str) -> FieldValue[Any]:
    values: tuple[FieldValue[Any], ...] = getattr(document, field).values
    if not values[1:]:
        raise DomainError(
            ErrorCode.NOTHING_CHANGED, gettext("there is one value only: nothing to settle")
        )
    found = [each for each in values if matches_prefix(each.event, event)]
    if len(found) > 1:
        raise DomainError(
            ErrorCode.AMBIGUOUS_ID, gettext("several of its values begin with that id")
        )
    if not found:
        raise DomainError(
            ErrorCode.NOT_FOUND,
            gettext("none of its values was set by that event; trailmark goal show has them all"),
        )
    return found[0]


def _lifecycle(value: Any) -> EventData:  # noqa: ANN401  (picked)
    if value in LIFECYCLE_EVENTS:
        return LIFECYCLE_EVENTS[value]
    if value == "active":
        return goals.GoalResumed()
    raise DomainError(ErrorCode.ILLEGAL_MOVE, gettext("this status is not one to go back to"))


_SETTERS: Final[Mapping[str, Callable[[Any], EventData]]] = {
    "title": lambda value: goals.GoalReworded(title=value),
    "why": lambda value: goals.GoalReworded(why=value),
    "area": lambda value: goals.GoalReworded(area=value),
    "target": lambda value: goals.GoalTargetAdjusted(target=value),
    "due": lambda value: goals.GoalRescheduled(due=value),
    "lifecycle": _lifecycle,
    "achievement": lambda value: goals.GoalAchievementAssessed(achievement=value),
}
"""The setter that says a value of a field again."""
