"""Wins and setbacks: the fold of one note."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trailmark_shared.events.notes import SetbackNoted, WinNoted
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Facts, facts_of
from trailmark_shared.projections.withdrawing import standing, withdrawals


class NoteDocument(Facts, frozen=True, kw_only=True):
    """A win or a setback.

    Attributes:
        text: The person's words; ``None`` once withdrawn.
        helped: What helped, for a setback.
        goal: The goal it is about, if any.
        day: The local date it belongs to.
        occurred_at: When, as the person said.
        event: The event that says all this: the first one that was not withdrawn.
        event_at: When it was recorded, milliseconds UTC.
        withdrawn_at: When the last one was withdrawn, milliseconds UTC; ``None`` while one stands.
    """

    text: str | None = None
    helped: str | None = None
    goal: str | None = None
    day: str
    occurred_at: str
    event: str | None = None
    event_at: int | None = None
    withdrawn_at: int | None = None


def fold_note(entries: Sequence[Entry]) -> NoteDocument:
    """Return the note that ``entries`` (of one note, in lane order) tell of.

    The first that was not withdrawn counts: a note never changes.
    """
    noted = [each for each in entries if isinstance(each.body.data, WinNoted | SetbackNoted)]
    found = standing(noted, withdrawals(entries))
    body = (found.entry or entries[0]).body
    data = body.data
    document = NoteDocument(
        **facts_of(entries),
        day=body.day,
        occurred_at=body.occurred_at,
        withdrawn_at=found.withdrawn_at,
    )
    if found.entry is None or not isinstance(data, WinNoted | SetbackNoted):
        return document
    is_shown = found.withdrawn_at is None
    return msgspec.structs.replace(
        document,
        text=data.text if is_shown else None,
        helped=data.helped if is_shown and isinstance(data, SetbackNoted) else None,
        goal=data.goal,
        event=text_from_id(found.entry.id),
        event_at=found.entry.effective_at,
    )
