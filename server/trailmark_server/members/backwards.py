"""Rows of all lanes that a therapist may read, backwards in the order of arrival.

A place is one seq per lane: what stands before it comes next. Each lane is gapless, so that nothing
is missed and nothing doubled, whatever arrives meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from trailmark_server.members.audience import Audience
from trailmark_server.services import Services
from trailmark_server.storage.ports import Window
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import Lane

_FIRST = 1


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """Some rows, the newest first.

    Attributes:
        rows: At most as many as were asked for.
        before: The place where older ones begin, or ``None`` where there are none.
    """

    rows: Sequence[Row]
    before: Mapping[Lane, int] | None


async def read_backwards(
    services: Services, audience: Audience, before: Mapping[Lane, int], limit: int
) -> Stretch:
    """Return the newest rows before a place.

    Args:
        services: The server.
        audience: Who reads whose lanes.
        before: The place; a lane that it does not name begins at its head.
        limit: At most so many rows.

    Raises:
        RefusedError: A grant ended meanwhile.
    """
    found: list[Row] = []
    more: set[Lane] = set()
    for lane in audience.lanes:
        if before.get(lane) == _FIRST:
            continue
        window = Window(limit=limit, before=before.get(lane))
        rows = await services.events.timeline(audience.space, lane, window, audience.reader(lane))
        found += rows
        if len(rows) == limit:
            more.add(lane)
    ordered = sorted(found, key=_arrival, reverse=True)
    taken, rest = ordered[:limit], ordered[limit:]
    more |= {row.event.lane for row in rest}
    if not more:
        return Stretch(rows=taken, before=None)
    place = {lane: before.get(lane) for lane in audience.lanes}
    for row in taken:
        place[row.event.lane] = row.seq
    ended = dict.fromkeys(set(audience.lanes) - more, _FIRST)
    named = {lane: seq for lane, seq in place.items() if seq is not None}
    return Stretch(rows=taken, before=named | ended)


def _arrival(row: Row) -> tuple[int, str, int]:
    return row.received_at, row.event.lane, row.seq
