"""Events as lines of the timeline: pure functions from entries and what is known around them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from trailmark_server.members.dates import (
    day_heading,
    iso,
    late_words,
    moment_day,
    moment_words,
    time_of,
    zone_of,
)
from trailmark_server.members.marks import PLAIN_MARK
from trailmark_server.members.surroundings import Surroundings, goal_of
from trailmark_server.pages.views import Comment, CommentForm, Day, EntryRow, GoalLink
from trailmark_shared.domain.dates import ms_from_instant
from trailmark_shared.events.goals import GoalData
from trailmark_shared.events.notes import SetbackNoted
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.timeline import Names, TimelineRow, timeline_row
from trailmark_shared.words import gettext

_ORDER_SHIFT: Final = 10**15
"""Added to milliseconds so that times before 1970 sort as text, too."""

ABOUT_SHARING: Final = frozenset({"grant", "control"})
"""Kinds that hold nothing which somebody shares, so that nobody comments on them."""


def row_from_entry(entry: Entry, around: Surroundings) -> EntryRow | None:
    """Return the line of an event, or ``None`` where it has none.

    A comment has no line of its own: it stands under what it answers.
    """
    names = Names(
        actors=around.actors,
        goals=around.goals,
        parents=around.parents,
        changes=around.changes,
        withdrawn=around.withdrawn,
    )
    line = timeline_row(entry, names)
    if line is None or line.kind == "comment":
        return None
    goal = goal_of(entry, around.parents)
    words, note = _words(entry, line, around)
    taken_back = around.taken_back.get(line.event)
    if taken_back is not None:
        day = moment_day(taken_back, zone_of(line.happened))
        note = gettext("taken back on {day}").format(day=day)
    return EntryRow(
        id=line.event,
        lane=entry.lane,
        day=line.day,
        order=_order(entry),
        at=line.happened,
        time=time_of(line.happened),
        who=line.actor,
        sentence=line.sentence,
        words=words,
        why=_why(entry, line),
        note=note,
        late=_late(entry),
        goal=_goal_link(goal, around),
        mark=around.marks.get(goal or "", PLAIN_MARK),
        comments=comments_of(line.event, around, line.happened),
        comment=_form(line, entry.lane, around),
        kind=line.kind,
        arrived=entry.received_at or 0,
    )


def _form(line: TimelineRow, lane: str, around: Surroundings) -> CommentForm | None:
    is_gone = line.event in around.taken_back
    if line.kind in ABOUT_SHARING or is_gone or not around.can_comment:
        return None
    return CommentForm(
        url=f"/people/{around.space}/comments",
        id=around.new_id(),
        lane=lane,
        about=line.subject,
        cause=line.event,
    )


def comments_of(event: str, around: Surroundings, happened: str) -> list[Comment]:
    """Return what was said about an event, oldest first, in the time zone of ``happened``."""
    zone = zone_of(happened)
    found = sorted(around.comments.get(event, ()), key=lambda pair: (pair[1].created_at, pair[0]))
    return [
        Comment(
            id=subject,
            author=around.actors.get(document.created_by, document.created_by),
            at=iso(document.created_at),
            when=moment_words(document.created_at, zone),
            text=document.text,
        )
        for subject, document in found
    ]


def days_from_rows(rows: Iterable[EntryRow]) -> list[Day]:
    """Return rows grouped by the day meant, newest day and newest row first."""
    by_day: dict[str, list[EntryRow]] = {}
    for row in rows:
        by_day.setdefault(row.day, []).append(row)
    return [
        Day(
            date=day,
            heading=day_heading(day),
            rows=sorted(by_day[day], key=lambda row: row.order, reverse=True),
        )
        for day in sorted(by_day, reverse=True)
    ]


def _words(entry: Entry, line: TimelineRow, around: Surroundings) -> tuple[str | None, str | None]:
    """The words to quote, and a remark about them."""
    excerpt = around.excerpts.get(line.subject)
    if excerpt is not None and excerpt.withdrawn_at is not None:
        is_first = entry.body.type == "excerpt_shared"
        day = moment_day(excerpt.withdrawn_at, zone_of(line.happened))
        return None, gettext("withdrawn on {day}").format(day=day) if is_first else None
    if isinstance(entry.body.data, GoalData):
        # The title stands beside the mark already; why it matters stands nowhere else.
        return entry.body.data.why, None
    return line.text, None


def _why(entry: Entry, line: TimelineRow) -> str | None:
    """The reason in the writer's words, or what helped in a hard moment."""
    data = entry.body.data
    if isinstance(data, SetbackNoted) and data.helped is not None:
        return gettext("What helped: {words}").format(words=data.helped)
    return line.reason


def _order(entry: Entry) -> str:
    """A text that sorts rows of a day by when they happened, then by their place in the log."""
    happened = ms_from_instant(entry.body.occurred_at)
    return f"{happened + _ORDER_SHIFT:016d}-{entry.seq or 0:016d}-{entry.lane}"


def _late(entry: Entry) -> str | None:
    if entry.received_at is None:
        return None
    return late_words(entry.effective_at, entry.received_at)


def _goal_link(goal: str | None, around: Surroundings) -> GoalLink | None:
    title = around.goals.get(goal or "")
    if goal is None or title is None:
        return None
    return GoalLink(id=goal, title=title, url=f"/people/{around.space}/goals/{goal}")
