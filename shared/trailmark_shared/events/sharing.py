"""Data of excerpts and of wishes to share.

An excerpt is a frozen copy of chosen characters. What links it to its source is written into the
person's own lane only.
"""

from __future__ import annotations

from typing import Literal

from trailmark_shared.events.data import (
    Count,
    Day,
    EventData,
    HexHash,
    IdText,
    LaneText,
    Text,
    Title,
)


class ExcerptShared(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a reflection was shared, frozen as it stood.

    Attributes:
        text: The chosen characters.
        title: A heading, if the person gave one.
        written_on: The local date of the reflection, if the person wants it shown.
        goal: The goal it is about, if any.
    """

    text: Text
    title: Title | None = None
    written_on: Day | None = None
    goal: IdText | None = None


class ExcerptWithdrawn(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """An excerpt is no longer shown; that it was, and when it stopped, is."""


class ExcerptLinked(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Where an excerpt came from; subject is the excerpt.

    Attributes:
        lane: The lane that the excerpt was shared in.
        reflection: The reflection it was taken from.
        revision_sha256: SHA-256 of that reflection's text (UTF-8) as it read then.
        start: First chosen character, in code points.
        end: First character after it.
    """

    lane: LaneText
    reflection: IdText
    revision_sha256: HexHash
    start: Count
    end: Count


class SharingWished(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The person wants to share something that has no lane to go to yet.

    The subject is the goal, or the excerpt to be.

    Attributes:
        what: What is wished to be shared.
        audience: For whom: the circle of care or a supporter.
        reflection: Source of an excerpt.
        revision_sha256: SHA-256 of that reflection's text (UTF-8) as it read then.
        start: First chosen character, in code points.
        end: First character after it.
        text: The chosen characters, frozen.
    """

    what: Literal["goal", "excerpt"]
    audience: Literal["care", "circle"] = "care"
    reflection: IdText | None = None
    revision_sha256: HexHash | None = None
    start: Count | None = None
    end: Count | None = None
    text: Text | None = None


class SharingWishSettled(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A wish was carried out or let go; ``base`` names the wish.

    Attributes:
        outcome: What became of it.
        lane: Where it was shared.
    """

    outcome: Literal["shared", "let_go"]
    lane: LaneText | None = None
