"""Stored rows as folds read them."""

from __future__ import annotations

from collections.abc import Iterable

from trailmark_server import projector
from trailmark_server.lane_draft import read_body
from trailmark_shared.events.envelope import Row
from trailmark_shared.projections.entries import Entry, Sighting, entries_of_subject


def entry_from_row(row: Row) -> Entry | None:
    """Return a row with its body opened, or ``None`` where it has none that can be read.

    A stub and what cannot be understood have nothing to show here; the rows around them do.
    """
    body = read_body(row.event)
    return None if body is None else projector.entry_from_row(row.event.lane, row, body)


def entries_from_rows(rows: Iterable[Row]) -> list[Entry]:
    """Return what rows of one lane tell, in seq order, each id once with its earliest times."""
    ordered = sorted(rows, key=lambda row: row.seq)
    sightings = [
        Sighting(id=row.event.id, received_at=row.received_at, offset=row.offset, actor=row.actor)
        for row in ordered
        if row.event.body is None
    ]
    entries = [entry for row in ordered if (entry := entry_from_row(row)) is not None]
    return entries_of_subject(entries, sightings)
