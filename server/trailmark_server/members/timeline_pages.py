"""Which rows one page of a timeline holds: whole days, newest first, a bounded number of rows.

The log is ordered by arrival, people read by day. So a page is a range of days, widened until it
holds enough and narrowed by halves where it holds too much; only a single day that alone is too
much is cut, by arrival. Whatever the log looks like, no more than ``ROWS_MAX`` rows of a lane are
read at a time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import Lane

ROWS_ENOUGH: Final = 40
"""A page holds at least this many rows, where there are as many."""

ROWS_MAX: Final = 120
"""A page holds at most this many rows of a lane."""

_SPANS_DAYS: Final = (3, 14, 60, 240, 1000)
_FIRST_DAY: Final = 0
_LAST_DAY: Final = date.max.toordinal()

LaneRows = dict[Lane, list[Row]]

ReadRows = Callable[[tuple[str, str], Mapping[Lane, int] | None, int], Awaitable[LaneRows]]
"""Reads rows: days (first, last), how many of a lane at most, and in between the lanes to read with
the seq before which, ``None`` for all lanes from their heads.
"""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a page begins.

    Attributes:
        day: Last day that it holds; ``None`` for the newest.
        before: The rest of that day alone: lanes that have more, each before this seq.
    """

    day: str | None = None
    before: Mapping[Lane, int] | None = None


class TimelinePage(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of one page.

    Attributes:
        rows: By lane, in no particular order.
        earlier: Where the next page begins, or ``None`` where there is nothing more.
    """

    rows: LaneRows
    earlier: Place | None


def day_text(ordinal: int) -> str:
    """Return the day with this ordinal; below the calendar's first day, a text before it."""
    return date.fromordinal(ordinal).isoformat() if ordinal > 0 else "0000-01-01"


def _day_number(day: str | None) -> int:
    if day is None:
        return _LAST_DAY
    try:
        return date.fromisoformat(day).toordinal()
    except ValueError:
        return _FIRST_DAY


def _most(rows: LaneRows) -> int:
    return max((len(each) for each in rows.values()), default=0)


async def read_timeline_page(read: ReadRows, place: Place, today: str) -> TimelinePage:
    """Return the page that begins at ``place``.

    Args:
        read: Reads rows of the lanes that the reader may see.
        place: Where it begins.
        today: The server's present day; what is meant for later days is on the newest page.
    """
    last = _day_number(place.day)
    if place.before is not None:
        return await _rest_of_day(read, last, place)
    start = min(last, _day_number(today))
    sparse, found = last + 1, LaneRows()
    for span in (*_SPANS_DAYS, start + 1):
        first = max(start - span + 1, _FIRST_DAY)
        rows = await read((day_text(first), day_text(last)), None, ROWS_MAX + 1)
        if _most(rows) > ROWS_MAX:
            return await _narrowed(read, first, sparse, last, found)
        sparse, found = first, rows
        if sum(map(len, rows.values())) >= ROWS_ENOUGH or first == _FIRST_DAY:
            break
    return TimelinePage(rows=found, earlier=await _before(read, sparse))


async def _narrowed(
    read: ReadRows, dense: int, sparse: int, last: int, found: LaneRows
) -> TimelinePage:
    """Halve between a first day that gives too much and one that does not."""
    while sparse - dense > 1:
        middle = (dense + sparse) // 2
        rows = await read((day_text(middle), day_text(last)), None, ROWS_MAX + 1)
        if _most(rows) > ROWS_MAX:
            dense = middle
        else:
            sparse, found = middle, rows
    if any(found.values()):
        return TimelinePage(rows=found, earlier=await _before(read, sparse))
    day = day_text(dense)
    rows = await read((day, day), None, ROWS_MAX + 1)
    return await _cut(read, rows, dense)


async def _rest_of_day(read: ReadRows, day: int, place: Place) -> TimelinePage:
    text = day_text(day)
    rows = await read((text, text), place.before, ROWS_MAX + 1)
    return await _cut(read, rows, day)


async def _cut(read: ReadRows, rows: LaneRows, day: int) -> TimelinePage:
    """The newest rows of one day; lanes that have more are continued on the next page."""
    kept = {lane: newest(each, ROWS_MAX) for lane, each in rows.items()}
    more = {lane: kept[lane][-1].seq for lane, each in rows.items() if len(each) > ROWS_MAX}
    if more:
        return TimelinePage(rows=kept, earlier=Place(day=day_text(day), before=more))
    return TimelinePage(rows=kept, earlier=await _before(read, day))


async def _before(read: ReadRows, day: int) -> Place | None:
    """Return the place before a day, or ``None`` where nothing is meant for an earlier one."""
    if day <= _FIRST_DAY:
        return None
    last = day_text(day - 1)
    rows = await read((day_text(_FIRST_DAY), last), None, 1)
    return Place(day=last) if any(rows.values()) else None


def newest(rows: Sequence[Row], count: int) -> list[Row]:
    """Return the ``count`` rows with the highest seq, the highest first."""
    return sorted(rows, key=lambda row: row.seq, reverse=True)[:count]
