"""Taking back: events that count no more, and the document of what is gone for now.

Nothing is lost by it: the log keeps the words, the history says who took back what and when, and
putting back makes them count again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trailmark_shared.events.journal import EntryPutBack, EntryTakenBack
from trailmark_shared.events.registry import EVENT_TYPES, Kind
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Facts, facts_of

_STAYING: Final[frozenset[Kind]] = frozenset({"mark", "wish", "control", "grant"})
"""Kinds of events that nothing takes back."""

_NOTHING: Final[frozenset[str]] = frozenset()


class MarkDocument(Facts, frozen=True, kw_only=True):
    """What was taken back as a whole.

    Attributes:
        events: Ids of the events that would count again.
        day: The local date it belongs to.
    """

    events: tuple[str, ...] = ()
    day: str


def taken_back(entries: Sequence[Entry]) -> frozenset[str]:
    """Return the ids (text) of the events that count no more.

    Each writer takes back their own only. Of taking back and putting back the later one in lane
    order counts.

    Args:
        entries: All entries of one subject, in lane order.
    """
    if not any(isinstance(each.body.data, EntryTakenBack) for each in entries):
        return _NOTHING
    by_id = {text_from_id(each.id): each.actor for each in entries if may_be_taken_back(each)}
    gone: set[str] = set()
    for entry in entries:
        data = entry.body.data
        if isinstance(data, EntryTakenBack | EntryPutBack):
            own = {each for each in data.events if by_id.get(each) == entry.actor}
            gone = gone | own if isinstance(data, EntryTakenBack) else gone - own
    return frozenset(gone)


def may_be_taken_back(entry: Entry) -> bool:
    """Say whether an event is of a kind that its writer can take back."""
    known = EVENT_TYPES.get(entry.body.type)
    return known is not None and known.kind not in _STAYING


def counting(entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries without those that count no more."""
    gone = taken_back(entries)
    return [each for each in entries if text_from_id(each.id) not in gone] if gone else [*entries]


def fold_mark(entries: Sequence[Entry]) -> MarkDocument:
    """Return the document of what was taken back as a whole."""
    marks = [each.body.data for each in entries if isinstance(each.body.data, EntryTakenBack)]
    return MarkDocument(
        **facts_of(entries),
        events=tuple(dict.fromkeys(event for each in marks for event in each.events)),
        day=entries[0].body.day,
    )
