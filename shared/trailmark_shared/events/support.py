"""Data of who and what supports a person; all of it stays with them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from trailmark_shared.events.data import EventData, IdText, Text, Title

Way = Literal["practical", "emotional", "come_along"]
"""How somebody can help."""

Form = Literal["article", "book", "podcast", "video", "forum", "group", "app", "other"]
"""What a resource is."""


class SupportPersonNamed(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who can help was named; named again it reads as given here.

    Nobody is told, and nothing is sent to them.

    Attributes:
        name: Who.
        relation: What they are to the person.
        ways: How they can help.
        contact: How to reach them.
        note: Further words.
    """

    name: Title
    relation: Title | None = None
    ways: Annotated[tuple[Way, ...], Meta(max_length=3)] = ()
    contact: Title | None = None
    note: Text | None = None


class ResourceAdded(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Something to read, hear, watch or go to was noted; added again it reads as given here.

    Attributes:
        title: What it is called.
        form: What it is.
        source: Where it is from: who made it, an address, a place and time.
        note: What it is good for.
        goal: The goal it belongs to, if any.
    """

    title: Title
    form: Form = "other"
    source: Title | None = None
    note: Text | None = None
    goal: IdText | None = None
