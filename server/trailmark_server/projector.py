"""From rows to read models: one fold per touched subject, and what to do when a fold fails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from trailmark_shared.errors import ErrorCode, SealError
from trailmark_shared.events.body import Body
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import Lane
from trailmark_shared.projections.entries import Entry, Sighting, entries_of_subject
from trailmark_shared.projections.fold import Document, fold_subject
from trailmark_shared.words import gettext

SubjectRow = tuple[Row, "Body | None"]
"""A row about a subject; without a body it only tells when and by whom an id was seen."""


class Folded(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the subjects that were folded.

    Attributes:
        documents: Their read models.
        subjects: All that were folded; one without a document has none any more.
        failed: Subjects whose fold raised, with the seq of their last row.
    """

    documents: Sequence[Document]
    subjects: Sequence[bytes]
    failed: Sequence[tuple[bytes, int]]


def fold_subjects(lane: Lane, rows: Mapping[bytes, Sequence[SubjectRow]]) -> Folded:
    """Fold subjects, each from all its rows.

    A fold that raises (an event that no released build foresaw, a damaged body) takes nobody else
    with it: that subject has no document and is named, the log stands, and the next version tries
    again.

    Args:
        lane: The lane of all of them.
        rows: By subject, every row about it in seq order; empty where nothing is left.

    Returns:
        The documents, and what could not be folded.
    """
    documents: list[Document] = []
    failed: list[tuple[bytes, int]] = []
    for subject, about in rows.items():
        try:
            document = fold_subject(lane, entries_of_subject(*_split(lane, about)))
        except Exception:  # noqa: BLE001  (whatever a fold raises, the event stays committed)
            failed.append((subject, about[-1][0].seq))
            continue
        if document is not None:
            documents.append(document)
    return Folded(documents=documents, subjects=list(rows), failed=failed)


def _split(lane: Lane, about: Iterable[SubjectRow]) -> tuple[list[Entry], list[Sighting]]:
    entries: list[Entry] = []
    sightings: list[Sighting] = []
    for row, body in about:
        if body is None and row.event.body is not None:
            raise SealError(ErrorCode.SEAL_BROKEN, gettext("a stored body cannot be read"))
        if body is None:
            sightings.append(
                Sighting(
                    id=row.event.id,
                    received_at=row.received_at,
                    offset=row.offset,
                    actor=row.actor,
                )
            )
        else:
            entries.append(entry_from_row(lane, row, body))
    return entries, sightings


def entry_from_row(lane: Lane, row: Row, body: Body) -> Entry:
    """Return what folds and timelines read of a row whose body is ``body``."""
    event = row.event
    return Entry(
        id=event.id,
        lane=lane,
        device=event.device,
        epoch=event.epoch,
        dseq=event.dseq,
        seq=row.seq,
        received_at=row.received_at,
        offset=row.offset,
        actor=row.actor,
        body=body,
    )
