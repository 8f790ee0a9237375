"""Encouragements: the fold of one answer of a supporter."""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_shared.events.supporting import EncouragementSent
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Facts, facts_of


class EncouragementDocument(Facts, frozen=True, kw_only=True):
    """An encouragement.

    Attributes:
        text: The words.
        about: The subject that it answers.
        answers: The event that it answers.
        day: The local date it was written on.
    """

    text: str | None = None
    about: str | None = None
    answers: str | None = None
    day: str


def fold_encouragement(entries: Sequence[Entry]) -> EncouragementDocument:
    """Return the encouragement that ``entries`` (all of one, in lane order) tell of.

    The first counts: it never changes.
    """
    sent = next((e for e in entries if isinstance(e.body.data, EncouragementSent)), entries[0])
    data = sent.body.data
    is_here = isinstance(data, EncouragementSent)
    return EncouragementDocument(
        **facts_of(entries),
        text=data.text if is_here else None,
        about=data.about if is_here else None,
        answers=text_from_id(sent.body.cause) if sent.body.cause else None,
        day=sent.body.day,
    )
