"""How a goal goes against its target: computed anew from everything that was written down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import children, children_at_home, entries_of
from trailmark_client.queries.homes import GoalAtHome, goal_at_home
from trailmark_client.queries.readable import plain_value
from trailmark_shared.domain.dates import place_in_time
from trailmark_shared.domain.progress import Bar, Point, Segment, TargetSince, segments_of
from trailmark_shared.domain.targets import number_from_tenths
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.projections.check_in import CheckInDocument, points_of
from trailmark_shared.projections.measures import OccurrenceDocument
from trailmark_shared.projections.progress import progress_sentence
from trailmark_shared.projections.step import StepDocument
from trailmark_shared.projections.targets import target_history

Number = int | float

_ONCE: Final = 10
"""One occurrence, in tenths."""

_INTENSITY: Final = "intensity"
"""The scale of how strong something was; never joined with another one."""


class BarLine(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted in one period.

    Attributes:
        first: First local date of the period.
        last: Its last local date.
        total: The sum, or null where every answer was skipped.
        met: Whether it is as hoped for, or null while that is open.
    """

    first: str
    last: str
    total: Number | None
    met: bool | None


class PointLine(msgspec.Struct, frozen=True, kw_only=True):
    """One number.

    Attributes:
        day: The local date it belongs to.
        value: The number, or null for skipped.
    """

    day: str
    value: Number | None


class SegmentLine(msgspec.Struct, frozen=True, kw_only=True):
    """How it went while one target held.

    Attributes:
        target: The target as a sentence, or null.
        since: The local date on which it was set.
        until: The last local date on which it held, or null while it does.
        summary: How it went, in a sentence.
        told: Periods whose outcome is known.
        met: How many of them are as hoped for.
        hoped: The number hoped for, or null.
        change_percent: How many percent less than at the start the latest number is, or null.
        reached: Whether the latest known number is as hoped for, or null.
        trend: ``rising``, ``falling``, ``steady``, or null for fewer than three numbers.
        suggests: The code for how it goes that the trend suggests, or null; you decide.
        measure: What the points are: ``rating`` (0 to 10) or ``value``; ``count`` for bars.
        bars: What was counted by period, the earliest first; one without an entry is not there.
        points: The numbers, the earliest first.
    """

    target: str | None
    since: str
    until: str | None
    summary: str
    told: int
    met: int
    hoped: Number | None
    change_percent: Number | None
    reached: bool | None
    trend: str | None
    suggests: str | None
    measure: str
    bars: list[BarLine]
    points: list[PointLine]


class GoalProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How a goal goes.

    Attributes:
        goal: Id of the goal.
        title: The goal in the person's own words.
        baseline: Where the person stood at the start, or null.
        original_target: Its first target as a sentence, or null.
        times_adjusted: How often its target changed after that.
        reached_on: The local date on which the person said that it is reached, or null.
        reached_against: ``original`` or ``adjusted``: the target it had then; or null.
        steps: How many steps it has, those let go left out.
        steps_reached: How many of them are reached.
        segments: One for each target that it had, the earliest first.
    """

    goal: str
    title: str
    baseline: Number | None
    original_target: str | None
    times_adjusted: int
    reached_on: str | None
    reached_against: str | None
    steps: int
    steps_reached: int
    segments: list[SegmentLine]


def goal_progress(conn: Connection, goal: bytes, day: str) -> GoalProgress:
    """Return how a goal goes.

    Args:
        conn: The store.
        goal: The goal.
        day: The person's local date.

    Raises:
        DomainError: ``not_found``: it does not live on this device.
    """
    at_home = goal_at_home(conn, goal)
    document, baseline = at_home.document, at_home.document.baseline_tenths.value
    entries = [each for lane in at_home.copies for each in entries_of(conn, lane, goal)]
    history = target_history(entries, at_home.home.left_behind)
    steps = children_at_home(conn, "step", goal, at_home.lane, StepDocument)
    wanted = [each.document.status.value for each in steps]
    segments = segments_of(_points(conn, at_home), history.targets, baseline, day)
    return GoalProgress(
        goal=text_from_id(goal),
        title=document.title.value or "",
        baseline=_number(baseline),
        original_target=plain_value("target", history.original),
        times_adjusted=history.times_adjusted,
        reached_on=history.reached_on,
        reached_against=history.reached_against,
        steps=sum(each != "dropped" for each in wanted),
        steps_reached=sum(each == "reached" for each in wanted),
        segments=[_segment_line(each, baseline) for each in segments],
    )


class Answers(NamedTuple):
    """What was said of a goal, and against what.

    Attributes:
        points: Every answer, the earliest first.
        targets: Every target that the goal had.
        baseline_tenths: Where the person stood at the start, or ``None``.
    """

    points: list[Point]
    targets: Sequence[TargetSince]
    baseline_tenths: int | None


def answers_to_goal(conn: Connection, goal: bytes) -> Answers:
    """Return everything that was said of a goal.

    Raises:
        DomainError: ``not_found``: it does not live on this device.
    """
    at_home = goal_at_home(conn, goal)
    entries = [each for lane in at_home.copies for each in entries_of(conn, lane, goal)]
    return Answers(
        points=_points(conn, at_home),
        targets=target_history(entries, at_home.home.left_behind).targets,
        baseline_tenths=at_home.document.baseline_tenths.value,
    )


def _points(conn: Connection, at_home: GoalAtHome) -> list[Point]:
    """Return every answer to a goal by local date, then by the moment that was said."""
    placed = [*_check_ins(conn, at_home), *_occurrences(conn, at_home.id)]
    ordered = sorted(placed, key=lambda each: each[0])
    return [point for _, point in ordered]


def _check_ins(conn: Connection, at_home: GoalAtHome) -> list[tuple[tuple[str, int], Point]]:
    held = children_at_home(conn, "check_in", at_home.id, at_home.lane, CheckInDocument)
    return points_of(each.document for each in held)


def _occurrences(conn: Connection, goal: bytes) -> Iterator[tuple[tuple[str, int], Point]]:
    """Yield each twice where it has an intensity: once to be counted, once as a number."""
    for held in children(conn, "occurrence", SELF, goal, OccurrenceDocument):
        each = held.document
        if each.day.value is None:
            continue
        day = each.day.value
        at = place_in_time(day, each.occurred_at)
        yield at, Point(day=day, measure="count", value_tenths=_ONCE)
        strong = each.intensity_tenths.value
        if strong is not None:
            yield at, Point(day=day, measure="value", value_tenths=strong, unit=_INTENSITY)


def _segment_line(segment: Segment, baseline_tenths: int | None) -> SegmentLine:
    counts = segment.target is not None and segment.target.per is not None
    measure = "count" if counts else segment.points[0].measure if segment.points else "rating"
    return SegmentLine(
        target=plain_value("target", segment.target),
        since=segment.since,
        until=segment.until,
        summary=progress_sentence(segment, baseline_tenths),
        told=segment.told,
        met=segment.met,
        hoped=_number(segment.hoped_tenths),
        change_percent=_number(segment.change_percent_tenths),
        reached=segment.reached,
        trend=segment.trend,
        suggests=segment.suggests,
        measure=measure,
        bars=_bar_lines(segment.bars),
        points=[
            PointLine(day=each.day, value=_number(each.value_tenths)) for each in segment.points
        ],
    )


def _bar_lines(bars: Sequence[Bar]) -> list[BarLine]:
    return [
        BarLine(
            first=each.period.first,
            last=each.period.last,
            total=_number(each.total_tenths),
            met=each.met,
        )
        for each in bars
    ]


def _number(tenths: int | None) -> Number | None:
    return None if tenths is None else number_from_tenths(tenths)
