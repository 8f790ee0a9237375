"""Reading documents by kind, by subject and by goal: what every other query is made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, Generic, TypeVar

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.finding import by_prefix, span
from trailmark_client.storage import read_models
from trailmark_client.storage.state_hashes import IN_LANE, IN_LANES
from trailmark_shared.events.registry import Kind
from trailmark_shared.ids import SELF, Lane
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Facts
from trailmark_shared.projections.fold import Document, decode_document
from trailmark_shared.words import Texts, gettext, marked

DocumentT = TypeVar("DocumentT", bound=Facts)

KIND_WORDS: Final[Mapping[str, str]] = Texts(
    {
        "goal": marked("goal"),
        "step": marked("step"),
        "check_in": marked("check-in"),
        "occurrence": marked("thing that happened"),
        "measure": marked("questionnaire"),
        "scale": marked("scale"),
        "reflection": marked("reflection"),
        "excerpt": marked("shared part"),
        "win": marked("win"),
        "setback": marked("setback"),
        "comment": marked("comment"),
        "encouragement": marked("encouragement"),
        "proposal": marked("proposal"),
        "grant": marked("grant"),
        "supporter": marked("note about a supporter"),
        "wish": marked("part to be shared"),
        "insight": marked("insight"),
        "barrier": marked("barrier"),
        "coping": marked("coping strategy"),
        "support_person": marked("person who can help"),
        "resource": marked("resource"),
        "self_care": marked("self-care"),
        "habit": marked("habit"),
        "reward": marked("reward"),
        "celebration": marked("celebration"),
        "vision": marked("vision"),
        "maintenance": marked("plan for afterwards"),
        "ending": marked("end of therapy"),
        "placement": marked("place under another goal"),
        "goal_retrospect": marked("look back on a goal"),
        "attention": marked("mark to look again"),
        "support_request": marked("request for support"),
        "agenda_item": marked("agenda item"),
        "contact": marked("contact card"),
        "challenge": marked("challenge"),
        "expectation": marked("expectation"),
        "intervention": marked("intervention"),
        "review": marked("review"),
        "mark": marked("entry that was taken back"),
        "control": marked("entry of a device"),
    }
)
"""What people call each kind."""


class Held(msgspec.Struct, Generic[DocumentT], frozen=True, kw_only=True):
    """A document with its place.

    Attributes:
        lane: The lane that knows it.
        kind: What the subject is.
        subject: Id of that.
        parent: The goal (or the subject commented on) that it hangs under, or ``None``.
        document: The document.
    """

    lane: Lane
    kind: Kind
    subject: bytes
    parent: bytes | None
    document: DocumentT


_FIRST_DAY: Final = ""
_LAST_DAY: Final = "9999-12-31"
_COLUMNS = "SELECT lane, kind, subject, parent, json FROM document"


def documents(conn: Connection, kind: Kind, type_: type[DocumentT]) -> list[Held[DocumentT]]:
    """Return every document of a kind, by lane and subject.

    Args:
        conn: The store.
        kind: The kind.
        type_: Struct of that kind's documents.
    """
    rows = conn.execute(f"{_COLUMNS} WHERE kind = ? ORDER BY lane, subject", (kind,))
    return [_held(row, type_) for row in rows.fetchall()]


def at_home(
    conn: Connection, kind: Kind, type_: type[DocumentT], *, shared_first: bool = False
) -> list[Held[DocumentT]]:
    """Return every document of a kind once: as ``self`` knows it, else as the first lane does.

    What supporters have of it is a copy and counts for nothing here.

    Args:
        conn: The store.
        kind: The kind.
        type_: Struct of that kind's documents.
        shared_first: The other way round: a shared lane's before that of ``self``.
    """
    found: dict[bytes, Held[DocumentT]] = {}
    for each in documents(conn, kind, type_):
        if each.lane.startswith("circle/"):
            continue
        known = found.get(each.subject)
        if known is None or (each.lane == SELF and not shared_first):
            found[each.subject] = each
    return list(found.values())


def all_documents(conn: Connection) -> list[Held[Facts]]:
    """Return every document of every lane."""
    return [
        _held(row, Facts) for row in conn.execute(f"{_COLUMNS} ORDER BY lane, subject").fetchall()
    ]


def documents_of_lane(conn: Connection, lane: Lane) -> list[Held[Facts]]:
    """Return every document of one lane, by subject."""
    rows = conn.execute(f"{_COLUMNS} WHERE {IN_LANE} ORDER BY subject", (lane,))
    return [_held(row, Facts) for row in rows.fetchall()]


def documents_of_lanes(conn: Connection, lanes: str) -> list[Held[Facts]]:
    """Return every document of these lanes, a pattern of SQLite's GLOB."""
    rows = conn.execute(f"{_COLUMNS} WHERE {IN_LANES} ORDER BY lane, subject", (lanes,))
    return [_held(row, Facts) for row in rows.fetchall()]


_PARENTS: Final = (
    # +: along the index of parents everything that has one would be looked at.
    "SELECT subject, parent FROM document WHERE +parent IS NOT NULL AND lane NOT GLOB 'circle/*'"
)


def parents(conn: Connection, subjects: Sequence[bytes]) -> dict[bytes, bytes]:
    """Return what each of these subjects belongs to, wherever it is at home.

    What belongs to nothing is not among them.
    """
    found: dict[bytes, bytes] = {}
    for start in range(0, len(subjects), read_models.SUBJECTS_AT_ONCE):
        some = subjects[start : start + read_models.SUBJECTS_AT_ONCE]
        marks = ",".join("?" * len(some))
        rows = conn.execute(f"{_PARENTS} AND subject IN ({marks}) ORDER BY lane, subject", some)
        found.update(rows.fetchall())
    return found


def documents_among(
    conn: Connection, lane: Lane, subjects: Sequence[bytes], type_: type[DocumentT]
) -> list[Held[DocumentT]]:
    """Return the documents of these subjects of a lane, in no order.

    Args:
        conn: The store.
        lane: The lane.
        subjects: What the documents are about: of one kind, or ``type_`` is ``Facts``.
        type_: Struct of the documents.
    """
    rows: list[Any] = []
    for start in range(0, len(subjects), read_models.SUBJECTS_AT_ONCE):
        some = subjects[start : start + read_models.SUBJECTS_AT_ONCE]
        marks = ",".join("?" * len(some))
        sql = f"{_COLUMNS} WHERE lane = ? AND subject IN ({marks})"
        rows += conn.execute(sql, (lane, *some)).fetchall()
    return [_held(row, type_) for row in rows]


def subjects_by_month(
    conn: Connection, since: str | None, until: str | None
) -> dict[str, dict[Lane, set[bytes]]]:
    """Return what something happened to, by the month of the local date meant and by lane.

    Args:
        conn: The store.
        since: Only from this date on.
        until: Only up to this date, itself included.

    Returns:
        ``YYYY-MM``, each to the subjects of every lane; in no order.
    """
    # +: along the index of subjects every row would be looked up apart.
    rows = conn.execute(
        "SELECT substr(day, 1, 7), lane, subject FROM event"
        " WHERE day BETWEEN ? AND ? AND +subject IS NOT NULL",
        (since or _FIRST_DAY, until or _LAST_DAY),
    )
    found: dict[str, dict[Lane, set[bytes]]] = {}
    for month, lane, subject in rows:
        found.setdefault(month, {}).setdefault(lane, set()).add(subject)
    return found


def day_reaching(conn: Connection, count: int, until: str | None) -> str | None:
    """Return the date from which on at least ``count`` events happened, as meant.

    Args:
        conn: The store.
        count: How many.
        until: Only up to this date, itself included.

    Returns:
        The latest such date, or ``None`` where fewer happened.
    """
    row = conn.execute(
        "SELECT day FROM event WHERE day BETWEEN ? AND ? ORDER BY day DESC LIMIT 1 OFFSET ?",
        (_FIRST_DAY, until or _LAST_DAY, count - 1),
    ).fetchone()
    return None if row is None else row[0]


def counts_by_kind(conn: Connection) -> dict[str, int]:
    """Return how many things of each kind this device knows, each once."""
    rows = conn.execute("SELECT kind, count(DISTINCT subject) FROM document GROUP BY kind")
    return dict(rows.fetchall())


def of_subject(
    conn: Connection, kind: Kind, subject: bytes, type_: type[DocumentT]
) -> dict[Lane, DocumentT]:
    """Return what each lane knows of one subject, by lane."""
    rows = conn.execute(
        f"{_COLUMNS} WHERE subject = ? AND +kind = ? ORDER BY lane", (subject, kind)
    )
    found = [_held(row, type_) for row in rows.fetchall()]
    return {each.lane: each.document for each in found}


def children(
    conn: Connection, kind: Kind, lane: Lane, goal: bytes, type_: type[DocumentT]
) -> list[Held[DocumentT]]:
    """Return what hangs under a goal in one lane, in the order in which it was written."""
    rows = conn.execute(
        f"{_COLUMNS} WHERE parent = ? AND +kind = ? AND lane = ?", (goal, kind, lane)
    )
    found = [_held(row, type_) for row in rows.fetchall()]
    return sorted(found, key=lambda each: (each.document.created_at, each.subject))


def under(conn: Connection, goal: bytes) -> list[Held[Facts]]:
    """Return everything that hangs under a goal, as each lane knows it, by lane and subject."""
    rows = conn.execute(f"{_COLUMNS} WHERE parent = ? ORDER BY lane, subject", (goal,))
    return [_held(row, Facts) for row in rows.fetchall()]


def children_at_home(
    conn: Connection, kind: Kind, goal: bytes, goal_lane: Lane, type_: type[DocumentT]
) -> list[Held[DocumentT]]:
    """Return what hangs under a goal, each once: as the goal's lane knows it, else as ``self``."""
    shared = [] if goal_lane == SELF else children(conn, kind, goal_lane, goal, type_)
    known = {each.subject for each in shared}
    own = [each for each in children(conn, kind, SELF, goal, type_) if each.subject not in known]
    return [*shared, *own]


def find(conn: Connection, kind: Kind, prefix: str) -> bytes:
    """Return the one subject of a kind whose id begins with ``prefix``.

    Raises:
        DomainError: ``not_found``, ``ambiguous_id`` or ``invalid_input``.
    """
    rows = conn.execute(
        "SELECT DISTINCT subject FROM document WHERE subject BETWEEN ? AND ? AND +kind = ?",
        (*span(prefix), kind),
    )
    return by_prefix((row[0] for row in rows), prefix, KIND_WORDS.get(kind, kind))


def find_among(conn: Connection, kinds: Collection[Kind], prefix: str) -> tuple[Kind, bytes]:
    """Return the one subject of several kinds whose id begins with ``prefix``, and its kind.

    Raises:
        DomainError: ``not_found``, ``ambiguous_id`` or ``invalid_input``.
    """
    marks = ", ".join("?" * len(kinds))
    rows = conn.execute(
        "SELECT DISTINCT subject, kind FROM document"  # noqa: S608  (marks)
        f" WHERE subject BETWEEN ? AND ? AND +kind IN ({marks})",
        (*span(prefix), *kinds),
    )
    known: dict[bytes, Kind] = dict(rows.fetchall())
    found = by_prefix(known, prefix, gettext("such entry"))
    return known[found], found


def entries_of(conn: Connection, lane: str, subject: bytes) -> list[Entry]:
    """Return what happened to a subject in a lane, in lane order."""
    return read_models.entries_of(conn, lane, subject)


def entries_by_subject(
    conn: Connection, lane: str, subjects: Collection[bytes]
) -> dict[bytes, list[Entry]]:
    """Return what happened to many subjects in a lane, each in lane order."""
    ordered, found = list(subjects), dict[bytes, list[Entry]]()
    for start in range(0, len(ordered), read_models.SUBJECTS_AT_ONCE):
        some = ordered[start : start + read_models.SUBJECTS_AT_ONCE]
        found.update(read_models.entries_by_subject(conn, lane, some))
    return found


def _held(
    row: tuple[Lane, Kind, bytes, bytes | None, bytes], type_: type[DocumentT]
) -> Held[DocumentT]:
    lane, kind, subject, parent, json = row
    document = Document(lane=lane, kind=kind, subject=subject, parent=parent, json=json)
    facts = decode_document(document)
    assert isinstance(facts, type_), "the kind of a document decides its struct"
    return Held(lane=lane, kind=kind, subject=subject, parent=parent, document=facts)
