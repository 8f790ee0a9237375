"""What a command did, and for whom: the answer of everything that records something."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.places import Place
from trailmark_client.commands.when import When
from trailmark_client.recorder import Recorder
from trailmark_shared.events.data import EventData
from trailmark_shared.events.envelope import Event
from trailmark_shared.events.registry import type_of
from trailmark_shared.ids import Lane


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """Something was recorded within the caller's transaction.

    Attributes:
        kind: What it is about.
        subject: Id of that.
        lane: The lane it was written to first.
        seen_by: Names of those who will see it; empty when it stays on this device.
        events: Ids of the events, in order.
        wished: It was asked to be shared, or goes along with its goal that was; it waits for
            somebody to be let in.
    """

    kind: str
    subject: bytes
    lane: Lane
    seen_by: tuple[str, ...]
    events: tuple[bytes, ...]
    wished: bool = False


def ids_of(events: Iterable[Event]) -> tuple[bytes, ...]:
    """Return the ids of ``events`` in order."""
    return tuple(each.id for each in events)


def write_new(
    conn: Connection, recorder: Recorder, place: Place, data: EventData, when: When
) -> Written:
    """Record something new in every lane of its place, under one id.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        place: Where it goes.
        data: What it is; it never changes afterwards, or only where it lives.
        when: When it happened.

    Returns:
        What was written.
    """
    subject = recorder.new_subject()
    events = [
        recorder.record(conn, lane, subject, data, when=when, is_new=True) for lane in place.lanes
    ]
    return Written(
        kind=type_of(data).kind,
        subject=subject,
        lane=place.lane,
        seen_by=place.seen_by,
        events=ids_of(events),
        wished=place.wished,
    )
