"""Supporters as the person describes them, for themself alone."""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_shared.events.data import EventData
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import (
    Facts,
    Field,
    Values,
    facts_of,
    fields_of,
    set_values,
)


class SupporterDocument(Facts, frozen=True, kw_only=True):
    """What a supporter is to the person.

    Attributes:
        relation: In the person's words.
        helps: How they can help.
    """

    relation: Field[str | None] = Field()
    helps: Field[tuple[str, ...]] = Field()


def supporter_values(entry: Entry, data: EventData) -> Values:
    """Return the fields that one event sets."""
    return set_values(entry, data, {})


def fold_supporter(entries: Sequence[Entry]) -> SupporterDocument:
    """Return what ``entries`` (all of one supporter's grant, in lane order) tell of them."""
    return SupporterDocument(**facts_of(entries), **fields_of(entries, supporter_values))
