"""Data of wins and setbacks: small notes that stand beside the goals."""

from __future__ import annotations

from trailmark_shared.events.data import EventData, IdText, Text


class WinNoted(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Something went well, with or without a goal."""

    text: Text
    goal: IdText | None = None


class SetbackNoted(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Something was hard. Nothing resets.

    Attributes:
        text: What happened, in the person's words.
        helped: What helped.
        goal: The goal it is about, if any.
    """

    text: Text
    helped: Text | None = None
    goal: IdText | None = None
