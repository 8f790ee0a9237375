"""Wins and setbacks: the fold of one note."""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_shared.events.notes import SetbackNoted, WinNoted
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Facts, facts_of


class NoteDocument(Facts, frozen=True, kw_only=True):
    """A win or a setback.

    Attributes:
        text: The person's words.
        helped: What helped, for a setback.
        goal: The goal it is about, if any.
        day: The local date it belongs to.
        occurred_at: When, as the person said.
    """

    text: str | None = None
    helped: str | None = None
    goal: str | None = None
    day: str
    occurred_at: str


def fold_note(entries: Sequence[Entry]) -> NoteDocument:
    """Return the note that ``entries`` (of one note, in lane order) tell of; the first counts."""
    body = entries[0].body
    data = body.data
    return NoteDocument(
        **facts_of(entries),
        text=data.text if isinstance(data, WinNoted | SetbackNoted) else None,
        helped=data.helped if isinstance(data, SetbackNoted) else None,
        goal=data.goal if isinstance(data, WinNoted | SetbackNoted) else None,
        day=body.day,
        occurred_at=body.occurred_at,
    )
