"""Events and rows to SQL values and back, in the one order of columns that all statements use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from trailmark_adapters.sqlite import SqlValue
from trailmark_shared.events.envelope import Event, Row
from trailmark_shared.ids import DeviceId, Epoch, EventId, KeyId, Lane, SpaceId

EVENT_COLUMNS: Final = (
    "id, space, lane, device, epoch, dseq, key, commitment, prev, hash, salt, body"
)
"""Columns of ``event_from_values``."""

ROW_COLUMNS: Final = f"{EVENT_COLUMNS}, seq, received_at, offset, actor, code, lane_hash"
"""Columns of ``row_from_values``."""

EVENT_WIDTH: Final = 12


def event_from_values(values: Sequence[Any]) -> Event:
    """Return the event of a selected ``EVENT_COLUMNS``; what follows them is left alone."""
    return Event(
        id=EventId(values[0]),
        space=SpaceId(values[1]),
        lane=Lane(values[2]),
        device=DeviceId(values[3]),
        epoch=Epoch(values[4]),
        dseq=values[5],
        key=KeyId(values[6]),
        commit=values[7],
        prev=values[8],
        hash=values[9],
        salt=values[10],
        body=values[11],
    )


def row_from_values(values: Sequence[Any]) -> Row:
    """Return the row of a selected ``ROW_COLUMNS``."""
    return Row(
        event=event_from_values(values),
        seq=values[12],
        received_at=values[13],
        offset=values[14],
        actor=values[15],
        code=values[16],
        lane_hash=values[17],
    )


def values_from_event(event: Event) -> tuple[SqlValue, ...]:
    """Return the values of ``EVENT_COLUMNS``."""
    return (
        event.id,
        event.space,
        event.lane,
        event.device,
        event.epoch,
        event.dseq,
        event.key,
        event.commit,
        event.prev,
        event.hash,
        event.salt,
        event.body,
    )


def values_from_row(row: Row) -> tuple[SqlValue, ...]:
    """Return the values of ``ROW_COLUMNS``."""
    return (
        *values_from_event(row.event),
        row.seq,
        row.received_at,
        row.offset,
        row.actor,
        row.code,
        row.lane_hash,
    )


def places(count: int) -> str:
    """Return ``count`` placeholders for an SQL list."""
    return ",".join("?" * count)
