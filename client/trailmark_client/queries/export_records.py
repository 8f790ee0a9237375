"""What tables of everything are made of: things one by one, each from the lane of its home."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Generic, TypeVar

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import Held, documents_among, entries_by_subject
from trailmark_client.queries.homes import goals_at_home
from trailmark_client.queries.lanes import audience, member_names
from trailmark_client.queries.readable import actor_name
from trailmark_shared.domain.dates import moment_from_ms
from trailmark_shared.domain.targets import number_from_tenths
from trailmark_shared.events.registry import Kind
from trailmark_shared.exports.csv_rows import Cell
from trailmark_shared.ids import SELF, Lane, text_from_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Facts

DocumentT = TypeVar("DocumentT", bound=Facts)
Row = Sequence[Cell]

BETWEEN: Final = "; "
"""Stands between several texts in one cell."""

SAID: Final = ("day", "happened", "zone", "written")
"""Columns of what was said about time: local date, clock time with offset, zone; then the clock."""

_AT_ONCE: Final = 100


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody else looked, or was refused, as the server told it last.

    Attributes:
        member: Id of who looked.
        name: Their name, or ``None``.
        page: A short stable name such as ``timeline``.
        at: The first time within a stretch, milliseconds UTC.
    """

    member: str
    name: str | None
    page: str
    at: int


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What the tables are made from.

    Attributes:
        conn: The store, in one transaction until the last row was taken.
        day: The person's local date, on which grants count.
        looks: Who looked, the newest first.
    """

    conn: Connection
    day: str
    looks: Sequence[Look] = ()


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One table.

    Attributes:
        name: Of the file, without its ending.
        title: For people.
        columns: Names of the columns.
        rows: Gives the rows.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Callable[[Source], Iterator[Row]]


class Record(msgspec.Struct, Generic[DocumentT], frozen=True, kw_only=True):
    """A document at home, with the first thing that happened to it.

    Attributes:
        held: The document and its place.
        first: Its first entry: when it was written, and what was said about that.
    """

    held: Held[DocumentT]
    first: Entry

    @property
    def id(self) -> str:
        """Its id, as text."""
        return text_from_id(self.held.subject)

    @property
    def document(self) -> DocumentT:
        """The document."""
        return self.held.document

    @property
    def said(self) -> tuple[Cell, ...]:
        """The cells of the columns ``SAID``."""
        body = self.first.body
        return body.day, body.occurred_at, body.zone, utc(self.first.effective_at)


def records(
    conn: Connection, kind: Kind, type_: type[DocumentT], lanes: str = "*"
) -> Iterator[Record[DocumentT]]:
    """Yield everything of a kind once, in the order in which it was written.

    Args:
        conn: The store, in one transaction until the last was taken.
        kind: The kind.
        type_: Struct of that kind's documents.
        lanes: Only as these lanes know it: a pattern of SQLite's GLOB.
    """
    places = _places(conn, kind, lanes)
    for start in range(0, len(places), _AT_ONCE):
        some = places[start : start + _AT_ONCE]
        found: dict[bytes, Record[DocumentT]] = {}
        for lane in {lane for lane, _ in some}:
            subjects = [subject for of, subject in some if of == lane]
            entries = entries_by_subject(conn, lane, subjects)
            for held in documents_among(conn, lane, subjects, type_):
                found[held.subject] = Record(held=held, first=entries[held.subject][0])
        yield from (found[subject] for _, subject in some)


def _places(conn: Connection, kind: Kind, lanes: str) -> list[tuple[Lane, bytes]]:
    """Return where each thing of a kind is at home, the one written first in front."""
    homes = {each.id: each.lane for each in goals_at_home(conn)}
    rows = conn.execute(
        "SELECT lane, subject, parent, json_extract(CAST(json AS TEXT), '$.created_at')"
        " FROM document WHERE kind = ? AND lane GLOB ?",
        (kind, lanes),
    )
    best: dict[bytes, tuple[int, Lane, int]] = {}
    for lane, subject, parent, created_at in rows:
        place = (_rank(lane, homes.get(parent)), Lane(lane), created_at)
        best[subject] = min(place, best.get(subject, place))
    ordered = sorted(best.items(), key=lambda each: (each[1][2], each[0]))
    return [(lane, subject) for subject, (_, lane, _) in ordered]


def _rank(lane: str, home: Lane | None) -> int:
    if lane == home:
        return 0
    return 1 if lane == SELF else 2


def titles(conn: Connection) -> dict[str, str]:
    """Return the title of every goal, by its id as text."""
    return {text_from_id(each.id): each.document.title.value or "" for each in goals_at_home(conn)}


Column = str | tuple[str, Callable[[Any], Cell]]
"""A column that every kind can have, by its name, or one that reads something of a document."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """What the columns of every kind are read from, beside the record itself.

    Attributes:
        source: What the tables are made from.
        titles: The title of every goal, by its id as text.
        names: Names of those who were ever let in, by actor.
    """

    source: Source
    titles: Mapping[str, str]
    names: Mapping[str, str]


def _seen_by(each: Record[Any], place: Place) -> Cell:
    is_out = getattr(each.document, "withdrawn_at", None) is None
    lane = each.held.lane
    return BETWEEN.join(audience(place.source.conn, lane, place.source.day) if is_out else ())


_COLUMNS: Final[Mapping[str, Callable[[Record[Any], Place], Cell]]] = {
    "id": lambda each, _: each.id,
    "kind": lambda each, _: each.held.kind,
    "goal": lambda each, _: each.document.goal,
    "goal_title": lambda each, place: place.titles.get(each.document.goal or ""),
    "by": lambda each, place: actor_name(each.document.created_by, place.names),
    "day": lambda each, _: each.said[0],
    "happened": lambda each, _: each.said[1],
    "zone": lambda each, _: each.said[2],
    "written": lambda each, _: each.said[3],
    "changed": lambda each, _: utc(each.document.changed_at),
    "lane": lambda each, _: each.held.lane,
    "seen_by": _seen_by,
    "withdrawn": lambda each, _: utc(getattr(each.document, "withdrawn_at", None)),
}


def table_of(
    name: str,
    title: str,
    kinds: Mapping[Kind, type[Facts]],
    columns: Sequence[Column],
) -> Table:
    """Return a table with a row for each thing of these kinds.

    Args:
        name: Of the file, without its ending.
        title: For people.
        kinds: The kinds, each with the struct of its documents.
        columns: What stands in it, in order.
    """

    def rows(source: Source) -> Iterator[Row]:
        place = Place(source=source, titles=titles(source.conn), names=member_names(source.conn))
        for kind, type_ in kinds.items():
            for each in records(source.conn, kind, type_):
                yield tuple(_cell(column, each, place) for column in columns)

    named = tuple(each if isinstance(each, str) else each[0] for each in columns)
    return Table(name=name, title=title, columns=named, rows=rows)


def _cell(column: Column, each: Record[Any], place: Place) -> Cell:
    if isinstance(column, str):
        return _COLUMNS[column](each, place)
    return column[1](each.document)


def utc(ms: int | None) -> str | None:
    """Return a moment (milliseconds UTC) as RFC 3339."""
    if ms is None:
        return None
    moment = moment_from_ms(ms).isoformat(timespec="milliseconds")
    return moment.replace("+00:00", "Z")


def number(tenths: int | None) -> int | float | None:
    """Return a number from its tenths."""
    return None if tenths is None else number_from_tenths(tenths)
