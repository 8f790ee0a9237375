"""``trailmark goal progress``: how a goal goes, in a sentence, a small chart and numbers."""

from __future__ import annotations

from collections.abc import Iterator

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.charting import RATING_MAX, ChartRow, chart_lines, top_of
from trailmark_client.cli.here import opened
from trailmark_client.cli.options import PLAIN, Common, GoalId
from trailmark_client.cli.wording import value_words
from trailmark_client.queries.documents import find
from trailmark_client.queries.progress import GoalProgress, SegmentLine, goal_progress


def progress(goal: GoalId, /, *, common: Common = PLAIN) -> Answer[GoalProgress]:
    """Show how a goal goes against its target; what was not written down stays open."""
    with opened(common) as here:
        found = here.read(
            lambda conn: goal_progress(conn, find(conn, "goal", goal), here.when().day)
        )
    return Answer(found, list(_lines(found)))


def _lines(found: GoalProgress) -> Iterator[str]:
    yield found.title
    if found.baseline is not None:
        yield f"  At the start: {found.baseline}"
    if found.steps:
        yield f"  Steps reached: {found.steps_reached} of {found.steps}"
    for segment in found.segments:
        yield from _segment_lines(segment, is_only=len(found.segments) == 1)
    if found.times_adjusted:
        times = "once" if found.times_adjusted == 1 else f"{found.times_adjusted} times"
        yield f"The target grew with you {times}."
    if found.reached_on is not None:
        against = {
            "original": ", with the target you began with",
            "adjusted": ", with the target as you adjusted it",
        }.get(found.reached_against or "", "")
        yield f"You said on {found.reached_on} that it is reached{against}."


def _segment_lines(segment: SegmentLine, *, is_only: bool) -> Iterator[str]:
    target = "No target" if segment.target is None else value_words("target", segment.target)
    held = "" if is_only else f" ({segment.since} to {segment.until or 'now'})"
    yield f"{target[:1].upper()}{target[1:]}{held}: {segment.summary}."
    if segment.bars:
        rows = [
            ChartRow(
                label=each.first if each.first == each.last else f"{each.first} to {each.last}",
                value=each.total,
                words=_value(each.total) + ("  as hoped for" if each.met else ""),
                first=each.first,
                last=each.last,
            )
            for each in segment.bars
        ]
        least = 1
    else:
        rows = [
            ChartRow(each.day, each.value, _value(each.value), each.day, each.day)
            for each in segment.points
        ]
        least = RATING_MAX
    top = top_of([each.value for each in rows], segment.hoped, least)
    yield from chart_lines(rows, top=top, hoped=segment.hoped, has_periods=bool(segment.bars))
    if segment.suggests is not None and segment.until is None:
        words = value_words("achievement", segment.suggests)
        yield f"  It may be: {words}. You know best how it goes."


def _value(value: float | None) -> str:
    return "skipped" if value is None else str(value)
