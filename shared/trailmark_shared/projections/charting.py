"""Charts of how a goal goes, drawn from what was computed of it.

Rules of honesty:

- One scale from nought, the same for the whole chart; nothing is smoothed.
- Numbers are joined only while the same target held and while no more than ``GAP_DAYS`` lie between
  them; a skipped answer leaves a gap.
- Where the measure was another one, another chart begins.
- Everything that a picture says is in its table and its sentences as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import msgspec

from trailmark_shared.domain.progress import (
    Bar,
    Measure,
    Point,
    Segment,
    TargetSince,
    segments_of,
)
from trailmark_shared.domain.targets import text_from_tenths
from trailmark_shared.projections.chart import (
    Chart,
    Column,
    DayTick,
    Dot,
    Level,
    Line,
    Mark,
    Moment,
    Phase,
    TableRow,
    Tick,
)
from trailmark_shared.projections.chart_marks import marks_of
from trailmark_shared.projections.progress import progress_sentence

HEIGHT: Final = 160
"""Pixels from the foot of a chart to its top."""

GAP_DAYS: Final = 14
"""Numbers that lie further apart are not joined: what was in between is not known."""

CHART_ITEMS_MAX: Final = 200
"""Numbers, or periods, that one chart shows: the latest ones."""

SMALL_CHART_ITEMS_MAX: Final = 40
"""The same for a small chart beside others; more would run into each other."""

_RATING_TOP: Final = 100
_TOPS: Final = (4, 6, 8, 10, 20, 40, 60, 80)
"""Ends of a scale whose half is a whole number; further ones are these times a hundred, …"""

_BAR_SHARE: Final = 0.8
_UNDER: Final = frozenset({"at_most", "reduce_by_percent"})


def charts_of(
    points: Sequence[Point],
    targets: Sequence[TargetSince],
    baseline_tenths: int | None,
    moments: Sequence[Moment],
    today: str,
) -> tuple[Chart, ...]:
    """Return the charts of a goal, that of the present measure first.

    Args:
        points: Every answer, the earliest first.
        targets: Every target that it had, from ``projections.targets``, at least one.
        baseline_tenths: Where the person stood at the start, or ``None``.
        moments: When target or wording changed, the earliest first.
        today: The last local date of the newest chart.

    Returns:
        One chart for each measure that was used in a row and has a number, and one more for
        ratings that no target of their time can be compared with; none where nothing was written
        down.
    """
    return tuple(
        _Drawing(each, moments, today, CHART_ITEMS_MAX).chart()
        for each in _groups(points, targets, baseline_tenths, today)
    )


def small_chart_of(
    points: Sequence[Point],
    targets: Sequence[TargetSince],
    baseline_tenths: int | None,
    moments: Sequence[Moment],
    today: str,
) -> Chart | None:
    """Return the first of ``charts_of`` with its ``SMALL_CHART_ITEMS_MAX`` latest numbers.

    Args:
        points: As for ``charts_of``, and so are the others.
        targets: Every target that the goal had.
        baseline_tenths: Where the person stood at the start, or ``None``.
        moments: When target or wording changed.
        today: The last local date of the newest chart.

    Returns:
        The chart; ``None`` where nothing was written down.
    """
    for each in _groups(points, targets, baseline_tenths, today):
        return _Drawing(each, moments, today, SMALL_CHART_ITEMS_MAX).chart()
    return None


def sentences_of(
    points: Sequence[Point],
    targets: Sequence[TargetSince],
    baseline_tenths: int | None,
    today: str,
) -> tuple[str, ...]:
    """Return the sentence of what holds now for each of ``charts_of``, without drawing them.

    Args:
        points: As for ``charts_of``, and so are the others.
        targets: Every target that the goal had.
        baseline_tenths: Where the person stood at the start, or ``None``.
        today: The last local date of the newest chart.
    """
    return tuple(
        progress_sentence(each.segments[-1], each.baseline_tenths)
        for each in _groups(points, targets, baseline_tenths, today)
    )


class _Group(msgspec.Struct, frozen=True):
    """Segments of one measure, the earliest first, and the start that they are compared with."""

    segments: Sequence[Segment]
    baseline_tenths: int | None


def _groups(
    points: Sequence[Point],
    targets: Sequence[TargetSince],
    baseline_tenths: int | None,
    today: str,
) -> list[_Group]:
    """Return what is drawn together, that of the present measure first."""
    segments = segments_of(points, targets, baseline_tenths, today)
    held = {id(each) for segment in segments for each in segment.points}
    loose = [each for each in points if each.measure == "rating" and id(each) not in held]
    found = [_Group(each, baseline_tenths) for each in _by_measure(segments)]
    if loose:
        alone = segments_of(loose, [TargetSince(day=loose[0].day, target=None)], None, today)
        found += [_Group(each, None) for each in _by_measure(alone)]
    return found


def _by_measure(segments: Sequence[Segment]) -> list[list[Segment]]:
    groups: list[list[Segment]] = []
    for segment in segments:
        if not (segment.points or segment.bars):
            continue
        if groups and _measure(groups[-1][-1]) == _measure(segment):
            groups[-1].append(segment)
        else:
            groups.append([segment])
    return groups[::-1]


def _measure(segment: Segment) -> tuple[Measure, str, str]:
    target = segment.target
    if segment.bars and target is not None:
        return "count", target.unit or "", target.per or ""
    return segment.points[0].measure, segment.points[-1].unit or "", ""


def _days(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


class _Drawing:
    """Segments of one measure on one scale."""

    def __init__(
        self, group: _Group, moments: Sequence[Moment], today: str, items_max: int
    ) -> None:
        self._segments, self._left_out = _latest(group.segments, items_max)
        shown = {each.since for each in self._segments}
        # Told over all of their numbers, those that are not shown among them.
        self._told = [each for each in group.segments if each.since in shown]
        self._baseline = group.baseline_tenths
        self._moments = moments
        self._first, self._last = self._span(today)
        self._whole = _days(self._first, self._last) + 1
        self._top = self._scale()

    def chart(self) -> Chart:
        """Return the chart."""
        measure, unit, per = _measure(self._segments[-1])
        return Chart(
            measure=measure,
            unit=unit,
            per=per,
            ticks=tuple(self._tick(each) for each in (0, self._top // 2, self._top)),
            days=self._day_ticks(),
            lines=tuple(line for each in self._segments for line in self._lines(each)),
            dots=tuple(dot for each in self._segments for dot in self._dots(each)),
            columns=tuple(self._column(bar) for each in self._segments for bar in each.bars),
            levels=tuple(self._levels()),
            baseline=None if self._baseline is None else self._tick(self._baseline),
            marks=tuple(self._marks()),
            table=tuple(row for each in self._segments for row in _rows(each)),
            phases=tuple(self._phase(each) for each in reversed(self._told)),
            left_out=self._left_out,
        )

    def _span(self, today: str) -> tuple[str, str]:
        days = [day for each in self._segments for day in _days_of(each)]
        until = self._segments[-1].until
        return min(days), max([*days, today if until is None else until])

    def _scale(self) -> int:
        """Return the end of the scale in tenths."""
        if _measure(self._segments[-1])[0] == "rating":
            return _RATING_TOP
        values = [each.value_tenths for part in self._segments for each in part.points]
        values += [each.total_tenths for part in self._segments for each in part.bars]
        values += [part.hoped_tenths for part in self._segments]
        highest = max(each for each in (*values, self._baseline, 0) if each is not None)
        return next(top for top in _tops() if top >= highest)

    def _x(self, day: str, share: float = 0.5) -> float:
        """Return a place within a day; what lies before the chart is at its left side."""
        place = (_days(self._first, day) + share) / self._whole * 100
        return round(min(max(place, 0.0), 100.0), 2)

    def _y(self, tenths: int) -> float:
        held = min(max(tenths, 0), self._top)
        return round(HEIGHT - HEIGHT * held / self._top, 1)

    def _tick(self, tenths: int) -> Tick:
        return Tick(self._y(tenths), text_from_tenths(tenths))

    def _day_ticks(self) -> tuple[DayTick, ...]:
        bars = [each for part in self._segments for each in part.bars]
        return self._period_ticks(bars) if bars else self._date_ticks()

    def _period_ticks(self, bars: Sequence[Bar]) -> tuple[DayTick, ...]:
        """Name the first, the middle and the last period by the day each began on."""
        first, middle, last = bars[0].period, bars[len(bars) // 2].period, bars[-1].period
        if len(bars) == 1:
            return (DayTick(50.0, first.first, "middle"),)
        ends = (
            DayTick(self._x(first.first, 0), first.first, "start"),
            DayTick(self._x(last.last, 1), last.first, "end"),
        )
        if middle == last:
            return ends
        between = (self._x(middle.first, 0) + self._x(middle.last, 1)) / 2
        return ends[0], DayTick(round(between, 2), middle.first, "middle"), ends[1]

    def _date_ticks(self) -> tuple[DayTick, ...]:
        first, last = date.fromisoformat(self._first), date.fromisoformat(self._last)
        if self._whole == 1:
            return (DayTick(50.0, self._first, "middle"),)
        ends = DayTick(0.0, self._first, "start"), DayTick(100.0, self._last, "end")
        middle = date.fromordinal((first.toordinal() + last.toordinal()) // 2).isoformat()
        if middle == self._first:
            return ends
        return ends[0], DayTick(self._x(middle), middle, "middle"), ends[1]

    def _dots(self, segment: Segment) -> Iterator[Dot]:
        for each in segment.points:
            if each.value_tenths is not None:
                yield Dot(
                    x=self._x(each.day),
                    y=self._y(each.value_tenths),
                    day=each.day,
                    words=text_from_tenths(each.value_tenths),
                    is_late=each.is_late,
                )

    def _lines(self, segment: Segment) -> Iterator[Line]:
        for before, after in zip(segment.points, segment.points[1:], strict=False):
            if before.value_tenths is None or after.value_tenths is None:
                continue
            if _days(before.day, after.day) <= GAP_DAYS:
                yield Line(
                    self._x(before.day),
                    self._y(before.value_tenths),
                    self._x(after.day),
                    self._y(after.value_tenths),
                )

    def _column(self, bar: Bar) -> Column:
        left, right = self._x(bar.period.first, 0), self._x(bar.period.last, 1)
        width = (right - left) * _BAR_SHARE
        tenths = bar.total_tenths or 0
        y = self._y(tenths)
        return Column(
            x=round(left + (right - left - width) / 2, 2),
            width=round(width, 2),
            y=y,
            height=round(HEIGHT - y, 1),
            first=bar.period.first,
            last=bar.period.last,
            words=_number(bar.total_tenths),
            met=bar.met,
        )

    def _levels(self) -> Iterator[Level]:
        for each in self._segments:
            if each.hoped_tenths is None or each.target is None:
                continue
            y = self._y(each.hoped_tenths)
            is_under = each.target.kind in _UNDER
            yield Level(
                x1=self._x(each.since, 0),
                x2=100.0 if each.until is None else self._x(each.until, 1),
                y=y,
                band_y=y if is_under else 0.0,
                band_height=round(HEIGHT - y, 1) if is_under else y,
                words=text_from_tenths(each.hoped_tenths),
            )

    def _marks(self) -> Iterator[Mark]:
        inside = [each for each in self._moments if self._first <= each.day <= self._last]
        return marks_of([(self._x(each.day, 0), each) for each in inside])

    def _phase(self, segment: Segment) -> Phase:
        return Phase(
            since=segment.since,
            until=segment.until,
            target=segment.target,
            sentence=progress_sentence(segment, self._baseline),
        )


def _tops() -> Iterator[int]:
    factor = 10
    while True:
        yield from (each * factor for each in _TOPS)
        factor *= 10


def _days_of(segment: Segment) -> list[str]:
    days = [each.day for each in segment.points]
    return days + [day for each in segment.bars for day in (each.period.first, each.period.last)]


def _latest(segments: Sequence[Segment], room: int) -> tuple[list[Segment], int]:
    """Return the segments with their latest numbers only, and how many are left out."""
    left_out, kept = 0, list[Segment]()
    for segment in reversed(segments):
        points, bars = _last(segment.points, room), _last(segment.bars, room)
        left_out += len(segment.points) + len(segment.bars) - len(points) - len(bars)
        room -= len(points) + len(bars)
        if points or bars:
            kept.insert(0, msgspec.structs.replace(segment, points=points, bars=bars))
    return kept, left_out


def _last(items: tuple[Point, ...] | tuple[Bar, ...], room: int) -> tuple[Point | Bar, ...]:
    return items[len(items) - min(len(items), room) :]


def _rows(segment: Segment) -> Iterator[TableRow]:
    hoped = _number(segment.hoped_tenths)
    for each in segment.bars:
        yield TableRow(
            first=each.period.first,
            last=each.period.last,
            words=_number(each.total_tenths),
            hoped=hoped,
            met=each.met,
        )
    for each in segment.points:
        yield TableRow(
            first=each.day,
            last=each.day,
            words=_number(each.value_tenths),
            hoped=hoped,
            is_late=each.is_late,
        )


def _number(tenths: int | None) -> str:
    return "" if tenths is None else text_from_tenths(tenths)
