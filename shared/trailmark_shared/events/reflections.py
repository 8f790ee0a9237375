"""Data of the events about reflections, which live in the person's own lane only."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from trailmark_shared.events.data import EventData, IdText, Text, Title, Titles

MoodTenths = Annotated[int, Meta(ge=0, le=100)]
"""How the person felt, 0 to 10, times ten."""


class ReflectionWritten(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A reflection was written.

    Attributes:
        text: The reflection.
        title: A heading, if the person gave one.
        feelings: Feelings named after writing.
        tags: Tags and triggers.
        mood_tenths: How the person felt, if they said so.
        goal: The goal it is about, if any.
    """

    text: Text
    title: Title | None = None
    feelings: Titles = ()
    tags: Titles = ()
    mood_tenths: MoodTenths | None = None
    goal: IdText | None = None


class ReflectionRevised(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A reflection reads differently from now on: every part as given here."""

    text: Text
    title: Title | None = None
    feelings: Titles = ()
    tags: Titles = ()
    mood_tenths: MoodTenths | None = None
