"""Data of insights, and of taking an entry back and putting it there again."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from trailmark_shared import limits
from trailmark_shared.events.data import EventData, IdText, Text

Named = Annotated[tuple[IdText, ...], Meta(min_length=1, max_length=limits.BASE_IDS_MAX)]
"""Ids of the events that an event is about."""

Sources = Annotated[tuple[IdText, ...], Meta(max_length=limits.LIST_ITEMS_MAX)]
"""A few things that something came from."""


class InsightNoted(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A pattern was recognised; noted again it reads as given here.

    Attributes:
        text: What the person sees now.
        goal: The goal it is about, if any.
        reflections: Reflections that it came from.
    """

    text: Text
    goal: IdText | None = None
    reflections: Sources = ()


class EntryTakenBack(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Events of the subject count no more; that they were there stays in the history.

    Attributes:
        events: Which ones; all by the same writer as this.
    """

    events: Named


class EntryPutBack(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Events that were taken back count again.

    Attributes:
        events: Which ones.
    """

    events: Named
