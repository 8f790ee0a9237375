"""Documents: what is shown, folded anew for every subject that an event touched.

A fold reads all entries of one subject and writes one document, inside the transaction that changed
the entries. So folding bit by bit equals folding all at once, and there is no second truth.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from trailmark_adapters.sqlite import Connection
from trailmark_client.storage.rows import places
from trailmark_client.storage.search_index import empty_index, take_out
from trailmark_client.storage.settings import set_setting, setting
from trailmark_client.storage.vault import Opener
from trailmark_shared import limits
from trailmark_shared.errors import EventDataError
from trailmark_shared.events.body import Body
from trailmark_shared.events.codec import decode_body
from trailmark_shared.projections.entries import Entry, Sighting, entries_of_subject
from trailmark_shared.projections.fold import PROJECTION_VERSION, Document, fold_subject

LIVE: Final = "(code IS NULL OR code = 'aside') AND body IS NOT NULL"
"""Rows that fold: neither refused, nor repeated, nor erased."""

SUBJECTS_AT_ONCE: Final = limits.PAGE_EVENTS_MAX
"""How many subjects are folded from one query: those of a page, at most."""

_PROJECTION_SETTING: Final = "projection_version"
_NO_BODIES: Final[Mapping[bytes, Body]] = MappingProxyType({})


def body_from_bytes(plain: bytes | None) -> Body | None:
    """Return the body that opened bytes say, ``None`` for what cannot be read."""
    if plain is None:
        return None
    try:
        return decode_body(plain)
    except EventDataError:
        return None


def entries_of(conn: Connection, lane: str, subject: bytes) -> list[Entry]:
    """Return what happened to a subject in a lane, each event once, in lane order.

    Args:
        conn: The store.
        lane: Which lane.
        subject: Which subject.

    Returns:
        Confirmed events by seq, then those held back, then the outbox. Refused and erased ones and
        those whose vault key is missing are left out.
    """
    return entries_by_subject(conn, lane, [subject]).get(subject, [])


def entries_by_subject(
    conn: Connection,
    lane: str,
    subjects: Collection[bytes],
    bodies: Mapping[bytes, Body] = _NO_BODIES,
    *,
    confirmed_only: bool = False,
) -> dict[bytes, list[Entry]]:
    """Return the entries of several subjects.

    Args:
        conn: The store.
        lane: Which lane.
        subjects: Which subjects, at most ``SUBJECTS_AT_ONCE``.
        bodies: Bodies by event id that are decoded already.
        confirmed_only: Leave out what the log does not hold.

    Returns:
        Entries by subject, as ``entries_of``.
    """
    among = "AND seq IS NOT NULL AND held IS NULL" if confirmed_only else ""
    which = _Which(f"subject IN ({places(len(subjects))})", tuple(subjects), among)
    rows = _rows(conn, lane, which, "NULL" if bodies else "opened(id, key, body)")
    if bodies:
        known = _bodies(conn, rows, bodies)
        return _by_subject(conn, lane, which, rows, lambda row: known.get(row[2]))
    return _by_subject(conn, lane, which, rows, lambda row: body_from_bytes(row[12]))


class _Which(NamedTuple):
    """Which rows of a lane are meant: a condition over subjects, its values, and one more."""

    where: str
    parameters: tuple[bytes | int, ...]
    among: str = ""


def _rows(conn: Connection, lane: str, which: _Which, body: str) -> list[Any]:
    """Return those rows that fold, in any order, each with what the expression ``body`` gives."""
    # Rows are put in order later: few subjects have several, and SQLite would sort them all.
    return conn.execute(
        "SELECT subject, pos, id, seq, held, device, epoch, dseq, received_at, offset,"
        f" coalesce(actor, 'person'), key, {body} FROM event"
        f" WHERE lane = ? AND {which.where} AND {LIVE} {which.among}",
        (lane, *which.parameters),
    ).fetchall()


def _by_subject(
    conn: Connection,
    lane: str,
    which: _Which,
    rows: Iterable[Any],
    body_of: Callable[[Any], Body | None],
) -> dict[bytes, list[Entry]]:
    groups: dict[bytes, list[Any]] = {}
    for row in rows:
        groups.setdefault(row[0], []).append(row)
    repeated = _repeated(conn, lane, which)
    found: dict[bytes, list[Entry]] = {}
    for subject, group in groups.items():
        if len(group) > 1:
            group.sort(key=_place)
        entries = [_entry(lane, row, body) for row in group if (body := body_of(row)) is not None]
        found[subject] = entries_of_subject(entries, repeated)
    return found


def _place(row: Sequence[Any]) -> tuple[bool, bool, int, int, int]:
    """Lane order: confirmed rows by seq, then those held back, then the outbox."""
    pos, seq, held = row[1], row[3], row[4]
    return seq is None, held is not None, abs(held or 0), seq or 0, pos


def with_unconfirmed_bases(
    conn: Connection, lane: str, ids: Collection[bytes]
) -> dict[bytes, None]:
    """Return ``ids`` and, for those that wait in the outbox, what their bases name, and so on.

    Args:
        conn: The store.
        lane: The lane they are in.
        ids: Ids of events.
    """
    named = dict.fromkeys(ids)
    waiting = list(named)
    while waiting:
        rows = conn.execute(
            "SELECT opened(id, key, body) FROM event"
            f" WHERE lane = ? AND seq IS NULL AND id IN ({places(len(waiting))})",
            (lane, *waiting),
        ).fetchall()
        bases = [body.base for (plain,) in rows if (body := body_from_bytes(plain))]
        waiting = [each for base in bases for each in base if each not in named]
        named.update(dict.fromkeys(waiting))
    return named


def _bodies(
    conn: Connection, rows: Sequence[Any], bodies: Mapping[bytes, Body]
) -> Mapping[bytes, Body]:
    wanted = [row[1] for row in rows if row[2] not in bodies]
    if not wanted:
        return bodies
    found = dict(bodies)
    opened = conn.execute(
        f"SELECT id, opened(id, key, body) FROM event WHERE pos IN ({places(len(wanted))})", wanted
    )
    for event_id, plain in opened:
        body = body_from_bytes(plain)
        if body is not None:
            found[event_id] = body
    return found


def _repeated(conn: Connection, lane: str, which: _Which) -> list[Sighting]:
    """The body-less rows that hold one of these ids a second time: they may prove earlier times."""
    if not _has_repeated(conn):
        return []
    rows = conn.execute(
        "SELECT id, received_at, offset, actor FROM event WHERE code = 'duplicate' AND lane = ?1"
        f" AND id IN (SELECT id FROM event WHERE lane = ?1 AND {which.where} AND {LIVE}"
        f" {which.among}) {which.among}",
        (lane, *which.parameters),
    )
    return [
        Sighting(id=event_id, received_at=received_at, offset=offset, actor=actor)
        for event_id, received_at, offset, actor in rows
    ]


def _entry(lane: str, row: Sequence[Any], body: Body) -> Entry:
    _, _, event_id, seq, held, device, epoch, dseq, received_at, offset, actor, _, _ = row
    return Entry(
        id=event_id,
        lane=lane,
        device=device,
        epoch=epoch,
        dseq=dseq,
        seq=seq if held is None else None,
        received_at=received_at,
        offset=offset,
        actor=actor,
        body=body,
    )


def fold_new(conn: Connection, entry: Entry) -> None:
    """Fold the first entry of a subject: nothing else stands about it, and nobody looks for it yet.

    Args:
        conn: The store, inside the transaction that stored the entry.
        entry: The entry; the id of its subject was made for it.
    """
    folded = fold_subject(entry.lane, [entry])
    _store(conn, [] if folded is None else [folded])


def refold(
    conn: Connection,
    lane: str,
    subjects: Iterable[bytes],
    fresh: Sequence[Entry] = (),
) -> None:
    """Fold these subjects again and store their documents.

    Args:
        conn: The store, inside a write transaction.
        lane: The lane they are in.
        subjects: What was touched; repeated ones are folded once.
        fresh: What this transaction stored, in lane order: bodies that need no second reading.
    """
    waiting = list(dict.fromkeys(subjects))
    for start in range(0, len(waiting), SUBJECTS_AT_ONCE):
        some = waiting[start : start + SUBJECTS_AT_ONCE]
        entries = _entries_for_fold(conn, lane, some, fresh)
        folded = [fold_subject(lane, entries.get(subject, ())) for subject in some]
        _store(conn, [each for each in folded if each is not None])
        gone = [subject for subject, each in zip(some, folded, strict=True) if each is None]
        if gone:
            _drop(conn, lane, gone)
        take_out(conn, lane, some)


def _store(conn: Connection, documents: Iterable[Document]) -> None:
    conn.executemany(
        "INSERT INTO document (lane, subject, kind, parent, json) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (lane, subject) DO UPDATE SET"
        " kind = excluded.kind, parent = excluded.parent, json = excluded.json",
        [(each.lane, each.subject, each.kind, each.parent, each.json) for each in documents],
    )


def _drop(conn: Connection, lane: str, subjects: Iterable[bytes]) -> None:
    conn.executemany(
        "DELETE FROM document WHERE lane = ? AND subject = ?",
        [(lane, subject) for subject in subjects],
    )


def _entries_for_fold(
    conn: Connection,
    lane: str,
    subjects: Sequence[bytes],
    fresh: Sequence[Entry],
) -> dict[bytes, list[Entry]]:
    """Return all entries of subjects; those that are fresh as a whole are not read again."""
    in_hand: dict[bytes, list[Entry]] = {}
    for entry in fresh:
        in_hand.setdefault(entry.body.subject, []).append(entry)
    whole: dict[bytes, list[Entry]] = {}
    ours = [each for each in subjects if each in in_hand]
    if ours and not _has_repeated(conn):
        those = _whole(conn, lane, ours, in_hand)
        whole = {subject: entries_of_subject(in_hand[subject]) for subject in those}
    others = [each for each in subjects if each not in whole]
    if others:
        bodies = {entry.id: entry.body for entry in fresh}
        whole |= entries_by_subject(conn, lane, others, bodies)
    return whole


def _whole(
    conn: Connection, lane: str, subjects: Sequence[bytes], in_hand: Mapping[bytes, list[Entry]]
) -> list[bytes]:
    """Return those subjects of which the store has no other row than those in hand."""
    rows = conn.execute(
        "SELECT subject, count(*) FROM event"
        f" WHERE lane = ? AND subject IN ({places(len(subjects))}) GROUP BY subject",
        (lane, *subjects),
    )
    return [subject for subject, count in rows.fetchall() if count == len(in_hand[subject])]


def _has_repeated(conn: Connection) -> bool:
    found = conn.execute("SELECT 1 FROM event WHERE code = 'duplicate' LIMIT 1").fetchone()
    return found is not None


def refold_all(conn: Connection, opened: Opener) -> None:
    """Fold everything again from the events; a document that comes out as it stood is not written.

    What was said once is taken in the order in which it is stored, the rest by subject, so many at
    once: no more is held in memory than the subjects of which several things were said.

    Args:
        conn: The store, inside a write transaction.
        opened: Opens bodies; the SQL function of this name would look for newer keys at each row.
    """
    empty_index(conn)
    several: set[tuple[str, bytes]] = set(
        conn.execute(
            "SELECT lane, subject FROM event WHERE subject IS NOT NULL"
            " GROUP BY lane, subject HAVING count(*) > 1"
        )
    )
    made = _refold_single(conn, several, opened) + _refold_several(conn, several, opened)
    (stored,) = conn.execute("SELECT count(*) FROM document").fetchone()
    if stored > made:
        conn.execute(
            "DELETE FROM document WHERE NOT EXISTS (SELECT 1 FROM event WHERE"
            f" event.lane = document.lane AND event.subject = document.subject AND {LIVE})"
        )
    set_setting(conn, _PROJECTION_SETTING, str(PROJECTION_VERSION))


def _refold_single(
    conn: Connection, several: AbstractSet[tuple[str, bytes]], opened: Opener
) -> int:
    """Fold all subjects but ``several``; return how many documents they have."""
    made, after = 0, 0
    while ends := conn.execute(
        "SELECT lane, max(pos) FROM (SELECT lane, pos FROM event WHERE pos > ?"
        " ORDER BY pos LIMIT ?) GROUP BY lane",
        (after, SUBJECTS_AT_ONCE),
    ).fetchall():
        upto = max(pos for _, pos in ends)
        for lane, _ in ends:
            which = _Which("pos > ? AND pos <= ? AND +subject IS NOT NULL", (after, upto))
            rows = _rows(conn, lane, which, "body")
            single = [row for row in rows if (lane, row[0]) not in several]
            made += _refold_rows(conn, lane, which, single, opened)
        after = upto
    return made


def _refold_several(
    conn: Connection, several: AbstractSet[tuple[str, bytes]], opened: Opener
) -> int:
    """Fold these subjects; return how many documents they have."""
    made = 0
    by_lane: dict[str, list[bytes]] = {}
    for lane, subject in sorted(several):
        by_lane.setdefault(lane, []).append(subject)
    for lane, subjects in by_lane.items():
        for start in range(0, len(subjects), SUBJECTS_AT_ONCE):
            some = tuple(subjects[start : start + SUBJECTS_AT_ONCE])
            which = _Which(f"subject IN ({places(len(some))})", some)
            made += _refold_rows(conn, lane, which, _rows(conn, lane, which, "body"), opened)
    return made


def _refold_rows(
    conn: Connection, lane: str, which: _Which, rows: Sequence[Any], opened: Opener
) -> int:
    """Fold the subjects of these rows, store what differs; return how many documents they have."""
    entries = _by_subject(
        conn, lane, which, rows, lambda row: body_from_bytes(opened(row[2], row[11], row[12]))
    )
    folded = {
        subject: document
        for subject, its in entries.items()
        if (document := fold_subject(lane, its)) is not None
    }
    made = len(folded)
    stored = conn.execute(
        "SELECT subject, kind, parent, json FROM document"
        f" WHERE lane = ? AND subject IN ({places(len(entries))})",
        (lane, *entries),
    )
    gone: list[bytes] = []
    for subject, kind, parent, json in stored:
        document = folded.get(subject)
        if document is None:
            gone.append(subject)
        elif (json, parent, kind) == (document.json, document.parent, document.kind):
            del folded[subject]
    _store(conn, folded.values())
    _drop(conn, lane, gone)
    return made


def is_projection_current(conn: Connection) -> bool:
    """Say whether the documents were folded by this version of the folds."""
    return setting(conn, _PROJECTION_SETTING) == str(PROJECTION_VERSION)
