"""Everything that happened, by the day it happened on: the person's own view of all lanes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from trailmark_adapters.clock import local_time
from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import (
    Held,
    all_documents,
    documents_among,
    documents_by_others,
    documents_of_lanes,
    entries_by_subject,
    parents,
    subjects_by_month,
)
from trailmark_client.queries.homes import goal_copies, goals_at_home
from trailmark_client.queries.lanes import member_names, supporter_names
from trailmark_client.queries.readable import PERSON, YOU
from trailmark_client.queries.sent import items_of
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.projections.encouragement import EncouragementDocument
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
from trailmark_shared.words import gettext


class TimelineLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the timeline.

    Attributes:
        event: Id of the event.
        day: The local date it belongs to.
        happened: When it happened, RFC 3339.
        received_at: When the server had it, milliseconds UTC, or null.
        by: Who.
        type: Type of the event.
        kind: What it is about.
        subject: Id of that.
        goal: Title of the goal it belongs to, or null.
        sentence: What happened.
        text: The words that were written, or null.
        lane: The lane it is in.
        private: Only the person's devices can read it.
        supporter: Name of the supporter in whose lane it is, or null.
        about: The words that an encouragement answers, or null.
    """

    event: str
    day: str
    happened: str
    received_at: int | None
    by: str
    type: str
    kind: str
    subject: str
    goal: str | None
    sentence: str
    text: str | None
    lane: str
    private: bool
    supporter: str | None = None
    about: str | None = None


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of the timeline is asked for.

    Attributes:
        goal: Only what belongs to this goal.
        since: Only from this local date on.
    """

    goal: bytes | None = None
    since: str | None = None


def timeline(conn: Connection, window: Window) -> list[TimelineLine]:
    """Return what happened in all lanes, the earliest first.

    A copy in another lane of the person's care counts once; each sending to a supporter is a line
    of its own, on the day on which it was sent.
    """
    above, since = parents(conn), window.since
    held = [each for each in all_documents(conn) if _is_wanted(each, window.goal, above)]
    found = _placed(conn, held, _names(conn, above))
    return _lines(
        (each for each in found if since is None or each.row.day >= since), _circles(conn)
    )


def each_line(conn: Connection) -> Iterator[TimelineLine]:
    """Yield the same as ``timeline`` without a window, holding one month of it at a time.

    What supporters see is little and held as a whole: it stands on the day on which it was sent,
    which is not the one that its event names.

    Args:
        conn: The store, in one transaction until the last line was taken.
    """
    names, circles = _names(conn, parents(conn)), _circles(conn)
    subjects, sent = subjects_by_month(conn), _sent_by_month(conn, names)
    for month in sorted({*subjects, *sent}):
        held = [
            each
            for lane, some in subjects.get(month, {}).items()
            for each in documents_among(conn, lane, some, Facts)
            if not _is_circle(lane)
        ]
        found = _placed(conn, held, names)
        of_month = [each for each in found if each.row.day.startswith(month)]
        yield from _lines([*of_month, *sent.get(month, ())], circles)


def _sent_by_month(conn: Connection, names: Names) -> dict[str, list[_Placed]]:
    found: dict[str, list[_Placed]] = {}
    held = documents_of_lanes(conn, "circle/*")
    for each in _placed(conn, held, names):
        found.setdefault(each.row.day[:7], []).append(each)
    return found


def _placed(conn: Connection, held: Sequence[Held[Facts]], names: Names) -> list[_Placed]:
    return [
        each
        for document, entries in _entries(conn, held)
        for each in _rows(document, entries, names)
    ]


def _lines(found: Iterable[_Placed], circles: Mapping[str, _Circle]) -> list[TimelineLine]:
    """Return each thing once, the earliest first."""
    first: dict[tuple[str, str, str, str], _Placed] = {}
    for each in sorted(found, key=_rank):
        apart = each.held.lane if _is_circle(each.held.lane) else ""
        first.setdefault((each.row.subject, each.row.happened, each.row.sentence, apart), each)
    return [_line(each, circles) for each in sorted(first.values(), key=_place)]


def _rank(placed: _Placed) -> tuple[bool, int, str]:
    return placed.held.lane == SELF, placed.entry.effective_at, placed.row.event


class _Circle(msgspec.Struct, frozen=True, kw_only=True):
    """A supporter's lane: whose it is, and the words of what was sent by its subject."""

    name: str
    words: Mapping[str, str | None]


def _is_circle(lane: str) -> bool:
    return lane.startswith("circle/")


def _is_wanted(held: Held[Facts], goal: bytes | None, above: Mapping[bytes, bytes]) -> bool:
    if goal is None or goal in {held.subject, held.parent}:
        return True
    about = held.subject if held.parent is None else held.parent
    return _is_circle(held.lane) and above.get(about) == goal


def _circles(conn: Connection) -> dict[str, _Circle]:
    return {
        lane: _Circle(name=name, words={each.subject: each.words for each in items_of(conn, lane)})
        for lane, name in supporter_names(conn).items()
    }


def _names(conn: Connection, above: Mapping[bytes, bytes]) -> Names:
    copies = goal_copies(conn).items()
    titles = {text_from_id(goal): _some_title(each.values()) for goal, each in copies}
    titles |= {
        text_from_id(each.id): each.document.title.value or "" for each in goals_at_home(conn)
    }
    return Names(
        actors={PERSON: gettext(YOU), **member_names(conn)},
        goals=titles,
        parents={text_from_id(each): text_from_id(goal) for each, goal in above.items()},
        withdrawn=_taken_back(conn),
    )


def _taken_back(conn: Connection) -> frozenset[str]:
    """What others took back is gone from here too; the person's own words stay their own."""
    others = documents_by_others(conn)
    return frozenset(text_from_id(each.subject) for each in others if is_withdrawn(each.document))


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
    held: Held[Facts]
    entry: Entry
    row: TimelineRow


def _rows(held: Held[Facts], entries: Sequence[Entry], names: Names) -> Iterable[_Placed]:
    if held.kind in READERS and len(entries) > 1:
        changes: dict[str, list[Change]] = {}
        for change in goal_history(entries):
            changes.setdefault(change.event, []).append(change)
        names = msgspec.structs.replace(names, changes=changes)
    rows = ((each, timeline_row(each, names)) for each in entries)
    return [
        _Placed(held, each, _when_sent(each, row) if _is_circle(held.lane) else row)
        for each, row in rows
        if row is not None
    ]


def _when_sent(entry: Entry, row: TimelineRow) -> TimelineRow:
    """Return the line of a copy at the time at which it was sent, not that of what it copies."""
    if entry.actor != PERSON:
        return row
    sent = local_time(entry.effective_at, entry.body.zone)
    return msgspec.structs.replace(
        row, day=sent.date().isoformat(), happened=sent.isoformat(timespec="seconds")
    )


def _place(placed: _Placed) -> tuple[str, datetime, int, str, bool, int, str]:
    row, entry = placed.row, placed.entry
    return (
        row.day,
        datetime.fromisoformat(row.happened),
        entry.effective_at,
        # What was written at one moment stands as it was written.
        entry.lane,
        entry.seq is None,
        entry.dseq if entry.seq is None else entry.seq,
        row.event,
    )


def _line(placed: _Placed, circles: Mapping[str, _Circle]) -> TimelineLine:
    row, lane, document = placed.row, placed.held.lane, placed.held.document
    circle = circles.get(lane)
    answered = document.about if isinstance(document, EncouragementDocument) else None
    return TimelineLine(
        event=row.event,
        day=row.day,
        happened=row.happened,
        received_at=row.received_at,
        by=row.actor,
        type=row.type,
        kind=row.kind,
        subject=row.subject,
        goal=row.goal,
        sentence=row.sentence,
        text=row.text,
        lane=lane,
        private=lane == SELF,
        supporter=None if circle is None else circle.name,
        about=None if circle is None else circle.words.get(answered or ""),
    )


def by_day(lines: Iterable[TimelineLine]) -> Mapping[str, list[TimelineLine]]:
    """Return lines grouped by the local date they belong to, in their order."""
    days: dict[str, list[TimelineLine]] = {}
    for each in lines:
        days.setdefault(each.day, []).append(each)
    return days
