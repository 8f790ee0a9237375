"""Fields of a goal: their values as they are shown, and what a setter of several of them names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from trailmark_adapters.sqlite import Connection
from trailmark_client.recorder import Recorder
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.registry import WHOLE_GOAL
from trailmark_shared.ids import Lane
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.words import gettext

HOME_FIELDS: Final = (*WHOLE_GOAL, "home")
"""What a goal that changes its home sets."""


def base_of_fields(
    conn: Connection, recorder: Recorder, lane: Lane, subject: bytes, fields: Iterable[str]
) -> tuple[bytes, ...]:
    """Return every id that a setter of ``fields`` names, each once."""
    named: dict[bytes, None] = {}
    for field in fields:
        named.update(dict.fromkeys(recorder.base_of(conn, lane, subject, field)))
    return tuple(named)


def goal_fields(document: GoalDocument) -> dict[str, Any]:
    """Return the values of a whole goal as they are shown, without those that are not set.

    Raises:
        DomainError: ``not_found``: its words are not on this device.
    """
    values = {name: getattr(document, name).value for name in WHOLE_GOAL}
    if values["title"] is None:
        raise DomainError(
            ErrorCode.NOT_FOUND,
            gettext("this goal's words are not on this device: locked, or erased"),
        )
    return {name: value for name, value in values.items() if value is not None}
