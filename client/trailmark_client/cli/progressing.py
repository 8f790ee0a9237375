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
from trailmark_shared.dates import day_text
from trailmark_shared.words import capital, gettext, ngettext


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
        yield "  " + gettext("At the start: {number}").format(number=found.baseline)
    if found.steps:
        yield "  " + gettext("Steps reached: {n} of {all}").format(
            n=found.steps_reached, all=found.steps
        )
    for segment in found.segments:
        yield from _segment_lines(segment, is_only=len(found.segments) == 1)
    if found.times_adjusted:
        yield ngettext(
            "The target grew with you once.",
            "The target grew with you {n} times.",
            found.times_adjusted,
        ).format(n=found.times_adjusted)
    if found.reached_on is not None:
        said = {
            "original": gettext(
                "You said on {day} that it is reached, with the target you began with."
            ),
            "adjusted": gettext(
                "You said on {day} that it is reached, with the target as you adjusted it."
            ),
        }.get(found.reached_against or "", gettext("You said on {day} that it is reached."))
        yield said.format(day=day_text(found.reached_on))


def _segment_lines(segment: SegmentLine, *, is_only: bool) -> Iterator[str]:
    target = (
        gettext("No target") if segment.target is None else value_words("target", segment.target)
    )
    target = capital(target)
    if not is_only:
        target = gettext("{target} ({first} to {last})").format(
            target=target,
            first=day_text(segment.since),
            last=day_text(segment.until) if segment.until else gettext("now"),
        )
    yield gettext("{target}: {summary}.").format(target=target, summary=segment.summary)
    if segment.bars:
        rows = [
            ChartRow(
                label=_span(each.first, each.last),
                value=each.total,
                words="  ".join(
                    (_value(each.total), *([gettext("as hoped for")] if each.met else []))
                ),
                first=each.first,
                last=each.last,
            )
            for each in segment.bars
        ]
        least = 1
    else:
        rows = [
            ChartRow(day_text(each.day), each.value, _value(each.value), each.day, each.day)
            for each in segment.points
        ]
        least = RATING_MAX
    top = top_of([each.value for each in rows], segment.hoped, least)
    yield from chart_lines(rows, top=top, hoped=segment.hoped, has_periods=bool(segment.bars))
    if segment.suggests is not None and segment.until is None:
        words = value_words("achievement", segment.suggests)
        maybe = gettext("It may be: {how}. You know best how it goes.").format(how=words)
        yield f"  {maybe}"


def _span(first: str, last: str) -> str:
    if first == last:
        return day_text(first)
    return gettext("{first} to {last}").format(first=day_text(first), last=day_text(last))


def _value(value: float | None) -> str:
    return gettext("skipped") if value is None else str(value)
