"""Data of what supporters and the person say about each other.

An encouragement is all that a supporter can write. What a supporter is to the person stands in the
person's own lane: neither the supporter nor the server learns it.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from trailmark_shared import limits
from trailmark_shared.events.data import Code, EventData, IdText, Title

Encouragement = Annotated[str, Meta(min_length=1, max_length=limits.ENCOURAGEMENT_CHARS_MAX)]
"""A few words back."""


class EncouragementSent(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A supporter answered something sent to them, once; the body's ``cause`` names its event.

    Attributes:
        text: The encouragement.
        about: The subject that it answers (a goal, a step, a win, an excerpt).
    """

    text: Encouragement
    about: IdText


class SupporterDescribed(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The person noted what a supporter is to them; the subject is the supporter's grant.

    Attributes:
        relation: What they are to the person, in the person's words.
        helps: How they can help: ``practical``, ``emotional``, ``come_along``.
    """

    relation: Title | None = None
    helps: Annotated[tuple[Code, ...], Meta(max_length=limits.LIST_ITEMS_MAX)] = ()
