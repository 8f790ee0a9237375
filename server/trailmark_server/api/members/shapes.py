"""What several answers hold: who wrote something, why, and where it belongs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec
from litestar.params import PathParameter, QueryParameter

from trailmark_shared.events.body import Reason
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Field

ID_PATTERN: Final = "^[0-7][0-9a-hjkmnp-tv-z]{25}$"
"""An id: 26 lower-case Crockford base-32 characters."""

LANE_PATTERN: Final = "^care/[0-7][0-9a-hjkmnp-tv-z]{25}$"
"""A lane that therapists may read."""

Id = Annotated[str, msgspec.Meta(pattern=ID_PATTERN)]
"""An id in a request's body."""

LaneName = Annotated[str, msgspec.Meta(pattern=LANE_PATTERN)]
"""A lane in a request's body."""

SpacePath = Annotated[
    str, PathParameter(description="The person: the id of their space.", pattern=ID_PATTERN)
]
GoalPath = Annotated[str, PathParameter(description="Id of the goal.", pattern=ID_PATTERN)]
CommentPath = Annotated[str, PathParameter(description="Id of the comment.", pattern=ID_PATTERN)]
LaneQuery = Annotated[
    str, QueryParameter(name="lane", description="The lane it is in.", pattern=LANE_PATTERN)
]


class ActorOut(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote something.

    Attributes:
        id: `person`, `member/ID` or `supporter/ID`.
        name: Their name as you know it.
    """

    id: str
    name: str


class ReasonOut(msgspec.Struct, frozen=True, kw_only=True):
    """Why something changed: a code of `docs/events.md`, and the writer's own words or null."""

    code: str
    text: str | None


class GoalRefOut(msgspec.Struct, frozen=True, kw_only=True):
    """The goal that something belongs to; the title is null where it is not shared."""

    id: str
    title: str | None


class ValueOut(msgspec.Struct, frozen=True, kw_only=True):
    """One current value of a field.

    Attributes:
        value: The value.
        event: The event that set it.
        actor: Who wrote that.
        effective_at: When, milliseconds UTC.
    """

    value: Any
    event: str
    actor: ActorOut
    effective_at: int


class FieldOut(msgspec.Struct, frozen=True, kw_only=True):
    """A field that has one value.

    Attributes:
        value: The value to show; null where nothing sets it.
        values: Everything that is current, the value shown in front.
        conflict: Current values differ; the person is asked to pick.
    """

    value: Any
    values: list[ValueOut]
    conflict: bool


def actor_out(actor: str, names: Mapping[str, str]) -> ActorOut:
    """Return who an actor of the log is."""
    return ActorOut(id=actor, name=names.get(actor, actor))


def reason_out(reason: Reason | None) -> ReasonOut | None:
    """Return why."""
    return None if reason is None else ReasonOut(code=reason.code, text=reason.text)


def field_out(field: Field[Any], names: Mapping[str, str]) -> FieldOut:
    """Return a field of a document."""
    return FieldOut(
        value=msgspec.to_builtins(field.value),
        values=[
            ValueOut(
                value=msgspec.to_builtins(each.value),
                event=each.event,
                actor=actor_out(each.actor, names),
                effective_at=each.effective_at,
            )
            for each in field.values
        ],
        conflict=field.conflict,
    )


class TimesOut(msgspec.Struct, frozen=True, kw_only=True):
    """When something happened, and when it came to be known.

    Attributes:
        day: The local date meant, `YYYY-MM-DD`.
        occurred_at: When it happened as its writer says, RFC 3339 with offset; may be back-dated.
        zone: IANA name of the time zone meant.
        recorded_at: The device's clock at recording, milliseconds UTC.
        effective_at: Best known time of recording, milliseconds UTC.
        received_at: When the server had it, milliseconds UTC.
        late_by_ms: How long it waited in between.
    """

    day: str
    occurred_at: str
    zone: str
    recorded_at: int
    effective_at: int
    received_at: int
    late_by_ms: int


def times_out(entry: Entry) -> TimesOut:
    """Return the times of an event that the server holds."""
    assert entry.received_at is not None, "it is in the log"
    return TimesOut(
        day=entry.body.day,
        occurred_at=entry.body.occurred_at,
        zone=entry.body.zone,
        recorded_at=entry.body.recorded_at,
        effective_at=entry.effective_at,
        received_at=entry.received_at,
        late_by_ms=max(0, entry.received_at - entry.effective_at),
    )
