"""Everything that happened, by the day it happened on: the person's own view of all lanes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import Held, all_documents, entries_by_subject
from trailmark_client.queries.homes import goal_copies, goals_at_home
from trailmark_client.queries.lanes import member_names
from trailmark_client.queries.readable import PERSON, YOU
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Facts
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.history import READERS, Change, goal_history
from trailmark_shared.projections.timeline import (
    Names,
    TimelineRow,
    is_withdrawn,
    timeline_row,
)


class TimelineLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the timeline.

    Attributes:
        event: Id of the event.
        day: The local date it belongs to.
        happened: When it happened, RFC 3339.
        received_at: When the server had it, milliseconds UTC, or null.
        by: Who.
        kind: What it is about.
        subject: Id of that.
        goal: Title of the goal it belongs to, or null.
        sentence: What happened.
        text: The words that were written, or null.
        lane: The lane it is in.
        private: Only the person's devices can read it.
    """

    event: str
    day: str
    happened: str
    received_at: int | None
    by: str
    kind: str
    subject: str
    goal: str | None
    sentence: str
    text: str | None
    lane: str
    private: bool


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of the timeline is asked for.

    Attributes:
        goal: Only what belongs to this goal.
        since: Only from this local date on.
    """

    goal: bytes | None = None
    since: str | None = None


def timeline(conn: Connection, window: Window) -> list[TimelineLine]:
    """Return what happened in all lanes, the earliest first; a copy in another lane counts once."""
    held = [each for each in all_documents(conn) if _is_wanted(each, window.goal)]
    names = _names(conn, held)
    found = [
        each
        for document, entries in _entries(conn, held)
        for each in _rows(document, entries, names)
        if window.since is None or each.row.day >= window.since
    ]
    found.sort(key=lambda each: (each.lane == SELF, each.effective_at, each.row.event))
    first: dict[tuple[str, str, str], _Placed] = {}
    for each in found:
        first.setdefault((each.row.subject, each.row.happened, each.row.sentence), each)
    return [_line(each.lane, each.row) for each in sorted(first.values(), key=_place)]


def _is_wanted(held: Held[Facts], goal: bytes | None) -> bool:
    return goal is None or goal in {held.subject, held.parent}


def _names(conn: Connection, held: Iterable[Held[Facts]]) -> Names:
    copies = goal_copies(conn).items()
    titles = {text_from_id(goal): _some_title(each.values()) for goal, each in copies}
    titles |= {
        text_from_id(each.id): each.document.title.value or "" for each in goals_at_home(conn)
    }
    return Names(
        actors={PERSON: YOU, **member_names(conn)},
        goals=titles,
        parents={
            text_from_id(each.subject): text_from_id(each.parent) for each in held if each.parent
        },
        withdrawn=frozenset(text_from_id(each.subject) for each in held if _is_gone(each.document)),
    )


def _is_gone(document: Facts) -> bool:
    """What others took back is gone from here too; the person's own words stay their own."""
    return document.created_by != PERSON and is_withdrawn(document)


def _some_title(copies: Iterable[GoalDocument]) -> str:
    return next((each.title.value for each in copies if each.title.value), "")


def _entries(
    conn: Connection, held: Sequence[Held[Facts]]
) -> Iterable[tuple[Held[Facts], Sequence[Entry]]]:
    by_lane: dict[str, list[Held[Facts]]] = {}
    for each in held:
        by_lane.setdefault(each.lane, []).append(each)
    for lane, documents in by_lane.items():
        entries = entries_by_subject(conn, lane, [each.subject for each in documents])
        for each in documents:
            yield each, entries.get(each.subject, ())


class _Placed(NamedTuple):
    lane: str
    effective_at: int
    row: TimelineRow


def _rows(held: Held[Facts], entries: Sequence[Entry], names: Names) -> Iterable[_Placed]:
    if held.kind in READERS and len(entries) > 1:
        changes: dict[str, list[Change]] = {}
        for change in goal_history(entries):
            changes.setdefault(change.event, []).append(change)
        names = msgspec.structs.replace(names, changes=changes)
    rows = ((each.effective_at, timeline_row(each, names)) for each in entries)
    return [_Placed(held.lane, at, row) for at, row in rows if row is not None]


def _place(placed: _Placed) -> tuple[str, datetime, int, str]:
    row = placed.row
    return row.day, datetime.fromisoformat(row.happened), placed.effective_at, row.event


def _line(lane: str, row: TimelineRow) -> TimelineLine:
    return TimelineLine(
        event=row.event,
        day=row.day,
        happened=row.happened,
        received_at=row.received_at,
        by=row.actor,
        kind=row.kind,
        subject=row.subject,
        goal=row.goal,
        sentence=row.sentence,
        text=row.text,
        lane=lane,
        private=lane == SELF,
    )


def by_day(lines: Iterable[TimelineLine]) -> Mapping[str, list[TimelineLine]]:
    """Return lines grouped by the local date they belong to, in their order."""
    days: dict[str, list[TimelineLine]] = {}
    for each in lines:
        days.setdefault(each.day, []).append(each)
    return days
