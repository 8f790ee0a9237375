"""Everything that happened, by the day it happened on: the person's own view of all lanes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from trailmark_adapters.clock import local_time
from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import (
    Held,
    day_reaching,
    documents,
    documents_among,
    documents_of_lanes,
    entries_by_subject,
    parents,
    subjects_by_month,
)
from trailmark_client.queries.homes import goal_copies, goals_at_home
from trailmark_client.queries.lanes import member_names, supporter_names
from trailmark_client.queries.readable import PERSON, YOU
from trailmark_client.queries.sent import items_of
from trailmark_shared.events.registry import Kind
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

_TAKEN_BACK_BY_OTHERS: Final[tuple[Kind, ...]] = ("comment", "proposal", "mark")
"""Kinds that somebody else may have begun, and may take back."""


_EVENTS_A_LINE: Final = 4
"""Of the latest events, so many are looked at first for each line that is asked for."""


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
        subject: Only what happened to this.
        since: Only from this local date on.
        until: Only up to this local date, itself included.
        is_own: Only what the person did.
    """

    goal: bytes | None = None
    subject: bytes | None = None
    since: str | None = None
    until: str | None = None
    is_own: bool = False


class Latest(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a timeline.

    Attributes:
        lines: The last days of it, each whole, the earliest first.
        earlier: The last local date before them on which there is a line, or ``None``.
    """

    lines: list[TimelineLine]
    earlier: str | None


def timeline(conn: Connection, window: Window) -> list[TimelineLine]:
    """Return what happened in all lanes, the earliest first.

    A copy in another lane of the person's care counts once; each sending to a supporter is a line
    of its own, on the day on which it was sent.
    """
    return list(each_line(conn, window))


def each_line(conn: Connection, window: Window) -> Iterator[TimelineLine]:
    """Yield the same as ``timeline``, holding one month of it at a time.

    Args:
        conn: The store, in one transaction until the last line was taken.
        window: Which part.
    """
    reading = _Reading(conn, window)
    for month in reading.months:
        yield from reading.lines(month)


def latest_lines(conn: Connection, window: Window, count: int) -> Latest:
    """Return the last days of a timeline, as many as hold ``count`` lines, reading no more of it.

    Args:
        conn: The store.
        window: Which part of the timeline.
        count: At least 1. Fewer lines come only where there are no more.
    """
    reach = count
    while True:
        reach *= _EVENTS_A_LINE
        begins = day_reaching(conn, reach, window.until) or ""
        since = max(begins, window.since or "")
        found = timeline(conn, msgspec.structs.replace(window, since=since))
        first_day = found[-count].day if len(found) >= count else ""
        earlier = [each.day for each in found if each.day < first_day]
        if earlier:
            return Latest(lines=found[len(earlier) :], earlier=earlier[-1])
        if since > begins or not begins:
            return Latest(lines=found, earlier=None)


class _Reading:
    """A timeline that is read a month at a time.

    What supporters see is little and held as a whole: it stands on the day on which it was sent,
    which is not the one that its event names.
    """

    def __init__(self, conn: Connection, window: Window) -> None:
        self._conn = conn
        self._window = window
        self._names = _names(conn)
        self._circles = _circles(conn)
        self._subjects = subjects_by_month(conn, window.since, window.until)
        self._sent: dict[str, list[_Placed]] = {}
        for each in self._placed(documents_of_lanes(conn, "circle/*")):
            self._sent.setdefault(each.row.day[:7], []).append(each)
        self.months = sorted({*self._subjects, *self._sent})

    def lines(self, month: str) -> list[TimelineLine]:
        """Return what happened in a month."""
        found = self._placed(
            [
                each
                for lane, some in self._subjects.get(month, {}).items()
                if not _is_circle(lane)
                for each in documents_among(self._conn, lane, list(some), Facts)
            ]
        )
        of_month = [each for each in found if each.row.day.startswith(month)]
        return _lines(
            filter(self._is_shown, [*of_month, *self._sent.get(month, ())]), self._circles
        )

    def _placed(self, held: Sequence[Held[Facts]]) -> list[_Placed]:
        named = {each.subject for each in held} | {each.parent for each in held if each.parent}
        above = parents(self._conn, list(named))
        wanted = [each for each in held if self._is_wanted(each, above)]
        names = msgspec.structs.replace(
            self._names,
            parents={text_from_id(each): text_from_id(goal) for each, goal in above.items()},
        )
        return _placed(self._conn, wanted, names)

    def _is_wanted(self, held: Held[Facts], above: Mapping[bytes, bytes]) -> bool:
        goal = self._window.goal
        if self._window.subject not in {None, held.subject}:
            return False
        if goal is None or goal in {held.subject, held.parent}:
            return True
        about = held.subject if held.parent is None else held.parent
        return _is_circle(held.lane) and above.get(about) == goal

    def _is_shown(self, placed: _Placed) -> bool:
        if self._window.is_own and placed.entry.actor != PERSON:
            return False
        day, since, until = placed.row.day, self._window.since, self._window.until
        return (since is None or day >= since) and (until is None or day <= until)


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


def _circles(conn: Connection) -> dict[str, _Circle]:
    return {
        lane: _Circle(name=name, words={each.subject: each.words for each in items_of(conn, lane)})
        for lane, name in supporter_names(conn).items()
    }


def _names(conn: Connection) -> Names:
    copies = goal_copies(conn).items()
    titles = {text_from_id(goal): _some_title(each.values()) for goal, each in copies}
    titles |= {
        text_from_id(each.id): each.document.title.value or "" for each in goals_at_home(conn)
    }
    return Names(
        actors={PERSON: gettext(YOU), **member_names(conn)},
        goals=titles,
        withdrawn=_taken_back(conn),
    )


def _taken_back(conn: Connection) -> frozenset[str]:
    """What others took back is gone from here too; the person's own words stay their own."""
    return frozenset(
        text_from_id(each.subject)
        for kind in _TAKEN_BACK_BY_OTHERS
        for each in documents(conn, kind, Facts)
        if each.document.created_by != PERSON and is_withdrawn(each.document)
    )


def _some_title(copies: Iterable[GoalDocument]) -> str:
    return next((each.title.value for each in copies if each.title.value), "")


def _entries(
    conn: Connection, held: Sequence[Held[Facts]]
) -> Iterable[tuple[Held[Facts], Sequence[Entry]]]:
    by_lane: dict[str, list[Held[Facts]]] = {}
    for each in held:
        by_lane.setdefault(each.lane, []).append(each)
    for lane, of_lane in by_lane.items():
        entries = entries_by_subject(conn, lane, [each.subject for each in of_lane])
        for each in of_lane:
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
