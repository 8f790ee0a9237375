"""Reflections: the fold of one private entry and its revisions."""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_shared.events.data import EventData
from trailmark_shared.events.reflections import ReflectionRevised, ReflectionWritten
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import (
    Facts,
    Field,
    Values,
    facts_of,
    fields_of,
    set_values,
)


class ReflectionDocument(Facts, frozen=True, kw_only=True):
    """A reflection.

    Attributes:
        goal: The goal it is about, if any.
        text: The reflection.
        title: A heading.
        feelings: Feelings named.
        tags: Tags and triggers.
        mood_tenths: How the person felt, 0 to 100, if they said so.
        day: The local date it belongs to.
        occurred_at: When, as the person said.
        revisions: How many times it was revised.
    """

    goal: str | None = None
    text: Field[str] = Field()
    title: Field[str | None] = Field()
    feelings: Field[tuple[str, ...]] = Field()
    tags: Field[tuple[str, ...]] = Field()
    mood_tenths: Field[int | None] = Field()
    day: str
    occurred_at: str
    revisions: int = 0


def reflection_values(entry: Entry, data: EventData) -> Values:
    """Return the fields that one event sets."""
    return set_values(entry, data, {})


def fold_reflection(entries: Sequence[Entry]) -> ReflectionDocument:
    """Return the reflection that ``entries`` (all of one reflection, in lane order) tell of."""
    written = next((e for e in entries if isinstance(e.body.data, ReflectionWritten)), entries[0])
    data = written.body.data
    return ReflectionDocument(
        **facts_of(entries),
        **fields_of(entries, reflection_values),
        goal=data.goal if isinstance(data, ReflectionWritten) else None,
        day=written.body.day,
        occurred_at=written.body.occurred_at,
        revisions=sum(isinstance(e.body.data, ReflectionRevised) for e in entries),
    )
