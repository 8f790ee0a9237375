"""From the rows of a lane to its documents: some subjects, or all of them beside what is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from trailmark_server.lane_draft import NewRow, read_body
from trailmark_server.projector import Folded, SubjectRow, fold_subjects
from trailmark_server.rest_seal import RestSeal
from trailmark_server.storage.ports import Wanted
from trailmark_server.storage.rows import LogRows
from trailmark_shared.errors import SealError
from trailmark_shared.events.body import Body
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import EventId, Lane
from trailmark_shared.projections.fold import Document

_AT_ONCE: Final = 500
"""Subjects: a lane of ten years is not held in memory."""
_NO_ROWS: Final[Mapping[EventId, NewRow]] = {}


class Refolded(msgspec.Struct, frozen=True, kw_only=True):
    """Some subjects of a lane.

    Attributes:
        folded: What comes out of their rows.
        stored: Their documents as they stand, by subject.
    """

    folded: Folded
    stored: Mapping[bytes, Document]

    def differing(self) -> Folded:
        """Return what has to be stored for the documents to be what comes out."""
        fresh = {each.subject: each for each in self.folded.documents}
        subjects = [
            subject
            for subject in self.folded.subjects
            if fresh.get(subject) != self.stored.get(subject)
        ]
        return Folded(
            documents=[fresh[subject] for subject in subjects if subject in fresh],
            subjects=subjects,
            failed=self.folded.failed,
        )


def project(
    rows: LogRows,
    seal: RestSeal,
    lane: Lane,
    subjects: Sequence[bytes],
    head: int,
) -> None:
    """Fold subjects again; the lane's other documents must be at the head already.

    Args:
        rows: The tables.
        seal: Of the space.
        lane: A shared lane.
        subjects: What was touched.
        head: Of the lane.
    """
    about = rows_by_subject(rows, seal, lane, subjects)
    rows.save_folded(seal.space, lane, fold_subjects(lane, about), head, seal)


def project_lane(rows: LogRows, seal: RestSeal, lane: Lane) -> None:
    """Fold a whole lane again; a document that comes out as it stands is not written."""
    space = seal.space
    head = rows.lane(space, lane).head
    rows.forget_failed(space, lane)
    for some in refolded(rows, seal, lane):
        rows.save_folded(space, lane, some.differing(), head, seal)
    rows.save_folded(space, lane, Folded(documents=[], subjects=[], failed=[]), head, seal)


def refolded(rows: LogRows, seal: RestSeal, lane: Lane) -> Iterator[Refolded]:
    """Fold every subject of a lane that has rows or a document, some at once.

    Args:
        rows: The tables, in one state.
        seal: Of the space.
        lane: A shared lane.

    Yields:
        Each subject once, those with rows in the order in which the log began to tell of them.
    """
    space = seal.space
    known = [*rows.subjects(space, lane), *rows.documented(space, lane)]
    subjects = list(dict.fromkeys(known))
    for at in range(0, len(subjects), _AT_ONCE):
        some = subjects[at : at + _AT_ONCE]
        stored = rows.documents(space, lane, Wanted(subjects=some), seal)
        yield Refolded(
            folded=fold_subjects(lane, rows_by_subject(rows, seal, lane, some)),
            stored={document.subject: document for document in stored},
        )


def rows_by_subject(
    rows: LogRows,
    seal: RestSeal,
    lane: Lane,
    subjects: Sequence[bytes],
    known: Mapping[EventId, NewRow] = _NO_ROWS,
) -> dict[bytes, list[SubjectRow]]:
    """Return what the folds of subjects read, by subject.

    Args:
        rows: The tables.
        seal: Of the space.
        lane: A shared lane.
        subjects: Which.
        known: Rows whose bodies were opened and read already.
    """
    found = rows.subject_rows(seal.space, lane, subjects, _Opened(known, seal))
    return {
        subject: [(row, _body(row, known)) for row in found.get(subject, ())]
        for subject in subjects
    }


class _Opened:
    """Opens bodies, except those that were just sealed; a damaged one is nothing to read."""

    def __init__(self, known: Mapping[EventId, NewRow], seal: RestSeal) -> None:
        """Take the bodies of ``known`` from there, all others from ``seal``."""
        self._known = known
        self._seal = seal

    def open(self, event: EventId, stored: bytes) -> bytes:
        """Return the body of its stored form."""
        new = self._known.get(event)
        if new is not None and new.row.event.body is not None:
            return new.row.event.body
        try:
            return self._seal.open(event, stored)
        except SealError:
            return b""


def _body(row: Row, known: Mapping[EventId, NewRow]) -> Body | None:
    if row.event.body is None:
        return None
    new = known.get(row.event.id)
    return read_body(row.event) if new is None else new.body
