"""How a goal goes against its target: computed from what was written down, and from nothing else.

Rules, in the order in which they matter to the person:

- What was not written down is not known. A period without an entry is open, neither nought nor a
  shortfall, and a skipped answer is an answer without a number. Nothing is counted in a row.
- A changed target begins a new segment. No segment takes a number of another one, and a period that
  a change cuts in two is held against neither target unless its own numbers already decide it.
- A period in which the goal rested, was reached or was let go is cut in the same way.
- What came before the first target is shown and held against nothing.
- Days are local dates (``domain.periods``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from trailmark_shared.domain.periods import Per, Period, by_period, day_before
from trailmark_shared.domain.statuses import Achievement
from trailmark_shared.domain.targets import Target
from trailmark_shared.domain.trends import Trend, suggested, trend_of

Measure = Literal["rating", "count", "value"]
"""What the number is: 0 to 10 "how close am I", how often, or something measured."""

_COUNTS: Final = frozenset({"at_least", "at_most"})
_LESS_IS_HOPED_FOR: Final = frozenset({"at_most", "reduce_by_percent"})
_WHOLE_TENTHS: Final = 1000
_SCALE_ASKED_OF: Final = 5
"""Of so many numbers, the latest ones, the scale that most of them have is the goal's."""


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One answer.

    Attributes:
        day: The local date it belongs to.
        measure: What the number is.
        value_tenths: The number, or ``None`` for skipped.
        unit: What was counted; ``None`` counts for every unit.
        is_late: It reached the server long after it was written.
    """

    day: str
    measure: Measure
    value_tenths: int | None
    unit: str | None = None
    is_late: bool = False


class Rest(msgspec.Struct, frozen=True, kw_only=True):
    """Days on which a goal was not worked on: it rested, was reached, or was let go.

    Attributes:
        first: The first of these local dates.
        last: The last one, ``None`` where it goes on.
    """

    first: str
    last: str | None


class TargetSince(msgspec.Struct, frozen=True, kw_only=True):
    """A target and the local date from which it holds.

    Attributes:
        day: The date on which it was set.
        target: The target, or ``None`` for none.
        rests: When the goal was not worked on, while this target held or another one.
    """

    day: str
    target: Target | None
    rests: tuple[Rest, ...] = ()


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted in one period, as far as one target held in it.

    Attributes:
        period: The period.
        total_tenths: The sum of what was counted, or ``None`` where every answer was skipped.
        met: Whether it is as hoped for; ``None`` where that is open: the period is not over, was
            cut by a change of the target or by a rest of the goal, or lies before the target.
    """

    period: Period
    total_tenths: int | None
    met: bool | None


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """How it went while one target held.

    Attributes:
        target: The target, or ``None``.
        since: The local date on which it was set.
        until: The last local date on which it held; ``None`` while it does.
        bars: Where a target counts: one for each period with an answer, the earliest first.
        points: Otherwise: the numbers of one measure, the earliest first.
        told: Periods whose outcome is known.
        met: How many of them are as hoped for.
        so_far_tenths: Where a target counts and still holds: the sum of the period of today, or
            ``None`` where nothing was counted in it.
        hoped_tenths: The number hoped for, where it is one number.
        change_percent_tenths: Where a reduction is hoped for: how much less than the baseline the
            latest number is, in tenths of a percent; below nought for more.
        reached: Whether the latest known number is as hoped for; ``None`` where nothing says it.
        trend: Which way the numbers go, from three on.
        suggests: What that may mean for the goal, for the person to take or leave.
    """

    target: Target | None
    since: str
    until: str | None
    bars: tuple[Bar, ...] = ()
    points: tuple[Point, ...] = ()
    told: int = 0
    met: int = 0
    so_far_tenths: int | None = None
    hoped_tenths: int | None = None
    change_percent_tenths: int | None = None
    reached: bool | None = None
    trend: Trend | None = None
    suggests: Achievement | None = None


def segments_of(
    points: Sequence[Point],
    targets: Sequence[TargetSince],
    baseline_tenths: int | None,
    today: str,
) -> tuple[Segment, ...]:
    """Return how a goal went, one segment for each target that held on a day.

    Args:
        points: Every answer, the earliest first.
        targets: Every target that the goal had, the earliest first, at least one; the first one is
            also given what was answered before it was set.
        baseline_tenths: Where the person stood at the start, or ``None``.
        today: The person's local date.

    Returns:
        Segments, the earliest first. Together they hold every answer that their targets can be
        compared with, each once.
    """
    segments: list[Segment] = []
    for index, held in enumerate(targets):
        later = [each.day for each in targets[index + 1 :]]
        following = min(later, default=None)
        if following is not None and following <= held.day:
            # Nothing happened in it: it was changed again on the same day.
            continue
        first = not segments
        own = [
            each
            for each in points
            if (first or each.day >= held.day) and (following is None or each.day < following)
        ]
        until = None if following is None else day_before(following)
        segments.append(_segment(own, held, until, baseline_tenths, today))
    return tuple(segments)


def _segment(
    points: Sequence[Point],
    held: TargetSince,
    until: str | None,
    baseline_tenths: int | None,
    today: str,
) -> Segment:
    target = held.target
    if target is not None and target.kind in _COUNTS:
        return _counted(points, held, target, until, today)
    numbers = _of_one_measure(points, target)
    values = [each.value_tenths for each in numbers if each.value_tenths is not None]
    hoped, reached, change = _compared(target, values, baseline_tenths)
    trend = trend_of(values)
    less = target is not None and target.kind in _LESS_IS_HOPED_FOR
    return Segment(
        target=target,
        since=held.day,
        until=until,
        points=tuple(numbers),
        hoped_tenths=hoped,
        change_percent_tenths=change,
        reached=reached,
        trend=trend,
        suggests=suggested(trend, less_is_hoped_for=less),
    )


def _of_one_measure(points: Sequence[Point], target: Target | None) -> list[Point]:
    """Numbers on different scales are never joined: those of the scale mostly used of late stay."""
    # One number of another kind among ratings takes none of them away, and whoever goes over to
    # another scale has it after a few numbers.
    if target is not None and target.kind == "reduce_by_percent":
        allowed: frozenset[Measure] = frozenset({"rating", "value"})
    else:
        allowed = frozenset({"rating"})
    usable = [each for each in points if each.measure in allowed]
    scales = [(each.measure, each.unit) for each in usable if each.value_tenths is not None]
    of_late = scales[: -_SCALE_ASKED_OF - 1 : -1]  # the latest in front: it wins where two are even
    kept = max(of_late, key=of_late.count, default=None)
    return [each for each in usable if (each.measure, each.unit) == kept]


def _compared(
    target: Target | None, values: Sequence[int], baseline_tenths: int | None
) -> tuple[int | None, bool | None, int | None]:
    """Return the number hoped for, whether the latest is like it, and the percentage less."""
    if target is None or target.value_tenths is None:
        return None, None, None
    latest = values[-1] if values else None
    if target.kind == "reach_rating":
        hoped = target.value_tenths
        return hoped, None if latest is None else latest >= hoped, None
    if baseline_tenths is None or baseline_tenths <= 0:
        return None, None, None
    left = baseline_tenths * (_WHOLE_TENTHS - target.value_tenths)
    hoped = left // _WHOLE_TENTHS
    if latest is None:
        return hoped, None, None
    change = (baseline_tenths - latest) * _WHOLE_TENTHS // baseline_tenths
    return hoped, latest * _WHOLE_TENTHS <= left, change


def _counted(
    points: Sequence[Point], held: TargetSince, target: Target, until: str | None, today: str
) -> Segment:
    assert target.per is not None, "a count has a period"
    since = held.day
    last_whole = day_before(today) if until is None else min(until, day_before(today))
    counted = [
        each for each in points if each.measure == "count" and each.unit in {None, target.unit}
    ]
    bars = tuple(
        Bar(
            period=period,
            total_tenths=total,
            met=_is_met(
                total,
                target,
                is_whole=since <= period.first
                and period.last <= last_whole
                and not _rested(period, held.rests),
            )
            if period.last >= since
            else None,
        )
        for period, total in _totals(counted, target.per).items()
    )
    told = [each for each in bars if each.met is not None]
    sums = [each.total_tenths for each in told if each.total_tenths is not None]
    trend = trend_of(sums)
    less = target.kind in _LESS_IS_HOPED_FOR
    return Segment(
        target=target,
        since=since,
        until=until,
        bars=bars,
        told=len(told),
        met=sum(each.met is True for each in told),
        so_far_tenths=_so_far(bars, today) if until is None else None,
        hoped_tenths=target.value_tenths,
        reached=told[-1].met if told else None,
        trend=trend,
        suggests=suggested(trend, less_is_hoped_for=less),
    )


def _rested(period: Period, rests: Sequence[Rest]) -> bool:
    return any(
        each.first <= period.last and (each.last is None or each.last >= period.first)
        for each in rests
    )


def _so_far(bars: Sequence[Bar], today: str) -> int | None:
    present = [each for each in bars if each.period.first <= today <= each.period.last]
    return present[0].total_tenths if present else None


def _totals(points: Sequence[Point], per: Per) -> dict[Period, int | None]:
    """Sum what was counted by period; a period of skipped answers only has no sum."""
    answered: dict[str, int] = {}
    skipped: dict[str, int] = {}
    for each in points:
        if each.value_tenths is None:
            skipped[each.day] = 0
        else:
            answered[each.day] = answered.get(each.day, 0) + each.value_tenths
    sums = by_period(answered, per)
    seen = {**dict.fromkeys(by_period(skipped, per)), **sums}
    return {period: seen[period] for period in sorted(seen)}


def _is_met(total_tenths: int | None, target: Target, *, is_whole: bool) -> bool | None:
    assert target.value_tenths is not None, "a count has a number"
    if total_tenths is None:
        return None
    enough = total_tenths >= target.value_tenths
    if target.kind == "at_least":
        return True if enough else (False if is_whole else None)
    if total_tenths > target.value_tenths:
        return False
    return True if is_whole else None
