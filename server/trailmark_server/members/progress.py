"""How goals go: charts and sentences of what was shared, for those who may read it.

A goal's own page reads every check-in of it. Pages that show many goals read the latest ones of
each: a small chart and its sentence need no others, where a goal was always rated from 0 to 10.
One that is, or was, counted by periods or compared with its start is told over all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Final

import msgspec

from trailmark_adapters.clock import zone_from_name
from trailmark_server.members.audience import Audience
from trailmark_server.members.dates import iso_day, moment, zone_of
from trailmark_server.members.entries import entries_from_rows
from trailmark_server.services import Services
from trailmark_server.storage.ports import Wanted
from trailmark_shared.domain.progress import Point, TargetSince
from trailmark_shared.ids import Lane
from trailmark_shared.projections.chart import Chart, Moment
from trailmark_shared.projections.charting import (
    CHART_ITEMS_MAX,
    charts_of,
    sentences_of,
    small_chart_of,
)
from trailmark_shared.projections.check_in import Answer, points_of
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.goal import fold_goal
from trailmark_shared.projections.history import Change, goal_history
from trailmark_shared.projections.targets import target_history
from trailmark_shared.words import gettext

_PERSON: Final = "person"
_answer: Final = msgspec.json.Decoder(Answer).decode


async def read_check_ins(
    services: Services, audience: Audience, lane: Lane, goal: bytes, latest: int | None = None
) -> list[Answer]:
    """Return the check-ins of a goal that are shared in a lane, in no particular order.

    Args:
        services: The server.
        audience: Who reads.
        lane: The lane.
        goal: The goal.
        latest: Only so many, those of the latest days; ``None`` for all.
    """
    wanted = Wanted(kind="check_in", parents=[goal], latest=latest)
    stored = await services.events.documents_among(
        audience.space, lane, wanted, audience.reader(lane)
    )
    return [_answer(each.json) for each in stored]


async def small_chart(
    services: Services, audience: Audience, lane: Lane, goal: bytes, at: int
) -> Chart | None:
    """Return a small chart of how a goal goes now; ``None`` where nothing was written down.

    Args:
        services: The server.
        audience: Who reads.
        lane: The lane that the goal is read from.
        goal: The goal.
        at: The moment at which the chart ends, milliseconds UTC.
    """
    found = await _read_latest(services, audience, lane, goal)
    moments = _moments(goal_history(found.entries))
    day = local_day(found.entries, found.check_ins, at)
    return small_chart_of(found.points, found.targets, found.baseline_tenths, moments, day)


async def read_sentences(
    services: Services, audience: Audience, lane: Lane, goal: bytes, at: int
) -> tuple[str, ...]:
    """Return how a goal goes now in sentences, one for each measure; arguments as above."""
    found = await _read_latest(services, audience, lane, goal)
    day = local_day(found.entries, found.check_ins, at)
    return sentences_of(found.points, found.targets, found.baseline_tenths, day)


class _Latest(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to a goal, and as many of its numbers as its present sentence needs."""

    entries: Sequence[Entry]
    check_ins: Sequence[Answer]
    points: Sequence[Point]
    targets: Sequence[TargetSince]
    baseline_tenths: int | None


async def _read_latest(services: Services, audience: Audience, lane: Lane, goal: bytes) -> _Latest:
    rows = await services.events.subject_rows(audience.space, lane, goal, audience.reader(lane))
    entries = entries_from_rows(rows)
    targets = target_history(entries).targets
    latest = CHART_ITEMS_MAX if all(map(_is_rated, targets)) else None
    while True:
        found = await read_check_ins(services, audience, lane, goal, latest)
        points = _points(found)
        if latest is None or len(found) < latest or _ratings(points) >= CHART_ITEMS_MAX:
            break
        latest *= 2  # a skipped answer is none of the numbers that a sentence is told of
    return _Latest(
        entries=entries,
        check_ins=found,
        points=points,
        targets=targets,
        baseline_tenths=fold_goal(entries).baseline_tenths.value,
    )


def _is_rated(held: TargetSince) -> bool:
    return held.target is None or held.target.kind == "reach_rating"


def _ratings(points: Iterable[Point]) -> int:
    return sum(each.measure == "rating" and each.value_tenths is not None for each in points)


def charts_of_goal(
    entries: Sequence[Entry],
    check_ins: Iterable[Answer],
    at: int,
    upto: int | None = None,
) -> tuple[Chart, ...]:
    """Return the charts of a goal, that of its present measure first.

    Args:
        entries: What happened to it in its lane, in lane order, at least one.
        check_ins: Its check-ins.
        at: The moment at which the newest chart ends, milliseconds UTC.
        upto: Only numbers that had reached the server by then, milliseconds UTC; ``None`` for all.
    """
    known = [each for each in check_ins if upto is None or _is_there(each, upto)]
    baseline = fold_goal(entries).baseline_tenths.value
    targets, moments = target_history(entries).targets, _moments(goal_history(entries))
    day = local_day(entries, known, at)
    return charts_of(_points(known), targets, baseline, moments, day)


def local_day(entries: Iterable[Entry], check_ins: Iterable[Answer], at: int) -> str:
    """Return the person's local date at a moment, where they were when they last wrote.

    A period that is over here goes on for somebody further west: the day of the server would count
    as missed what the person still has time for.

    Args:
        entries: What happened to a goal.
        check_ins: Its check-ins; of them only the offset is known.
        at: The moment, milliseconds UTC.
    """
    own = (each.body for each in entries if each.actor == _PERSON)
    body = max(own, key=lambda each: each.recorded_at, default=None)
    zone = (None if body is None else zone_from_name(body.zone)) or UTC
    written = max(check_ins, key=lambda each: each.created_at, default=None)
    if written is None or not written.occurred_at:
        return iso_day(at, zone)
    if body is None or written.created_at > body.recorded_at:
        then, offset = moment(written.created_at, zone), zone_of(written.occurred_at)
        zone = zone if then.utcoffset() == offset.utcoffset(None) else offset
    return iso_day(at, zone)


def _points(check_ins: Iterable[Answer]) -> list[Point]:
    placed = sorted(points_of(check_ins), key=lambda each: each[0])
    return [point for _, point in placed]


def _is_there(document: Answer, upto: int) -> bool:
    return any(
        each.received_at is not None and each.received_at <= upto
        for each in document.value_tenths.values
    )


def _moments(changes: Iterable[Change]) -> list[Moment]:
    """Return when wording or target changed from something to something else, in words."""
    found: dict[str, Moment] = {}
    for each in changes:
        if each.field == "target" and each.before is not None:
            found[each.event] = Moment(day=each.day, words=each.sentence)
        elif each.field == "title" and each.before is not None:
            # The wordings themselves stand in the history; here they would hide the chart.
            found.setdefault(each.event, Moment(day=each.day, words=gettext("worded it anew")))
    return sorted(found.values(), key=lambda each: each.day)
