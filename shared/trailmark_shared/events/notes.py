"""Data of wins and setbacks: small notes that stand beside the goals."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from trailmark_shared import limits
from trailmark_shared.events.data import EventData, IdText, Text


class WinNoted(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Something went well, with or without a goal."""

    text: Text
    goal: IdText | None = None


class WinWithdrawn(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A win is no longer shown in this lane; that it was, and when it stopped, is.

    Attributes:
        shares: The ``win_noted`` events of this lane that this takes back.
    """

    shares: Annotated[tuple[IdText, ...], Meta(min_length=1, max_length=limits.BASE_IDS_MAX)]


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
