"""What every event's data is made of: the base struct and the bounded scalar types.

Ids inside data are text (26 characters, canonical form only), because data is JSON; ids in the
frame of a body and in the envelope are bytes. Every text has a bound in code points, every integer
is exact in JavaScript and in SQLite, there are no floats: numbers that people enter are integer
tenths. Optional fields have a default, and a field at its default is not written.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from trailmark_shared import limits
from trailmark_shared.domain.dates import DAY, INSTANT
from trailmark_shared.ids import ALPHABET

ID: Final = rf"[0-7][{ALPHABET}]{{25}}"
"""An id as text, as a pattern."""

ZONE: Final = r"[A-Za-z0-9_+\-]+(?:/[A-Za-z0-9_+\-]+)*"
"""The name of a time zone, as a pattern."""

ZONE_CHARS_MAX: Final = 64

IdText = Annotated[str, Meta(pattern=rf"\A{ID}\Z")]
"""An id as text."""

LaneText = Annotated[str, Meta(pattern=rf"\A(?:self|(?:care|circle)/{ID})\Z")]
"""The name of a lane."""

HexHash = Annotated[str, Meta(pattern=rf"\A[0-9a-f]{{{2 * limits.HASH_BYTES}}}\Z")]
"""A SHA-256 value."""

Day = Annotated[str, Meta(pattern=rf"\A{DAY}\Z")]
"""A local date, ``YYYY-MM-DD``."""

Instant = Annotated[str, Meta(pattern=rf"\A{INSTANT}\Z")]
"""A time as a person says it: RFC 3339 with offset."""

Zone = Annotated[str, Meta(pattern=rf"\A{ZONE}\Z", max_length=ZONE_CHARS_MAX)]
"""An IANA time zone name. The shape is checked, not the name: zone databases differ."""

Millis = Annotated[int, Meta(ge=-limits.INTEGER_MAX, le=limits.INTEGER_MAX)]
"""A device clock, milliseconds UTC; a clock may be wrong in either direction."""

Count = Annotated[int, Meta(ge=0, le=limits.INTEGER_MAX)]
"""A number of things, or a place in a text."""

Tenths = Annotated[int, Meta(ge=-limits.INTEGER_MAX, le=limits.INTEGER_MAX)]
"""A number that a person entered, times ten."""

Code = Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9_-]{0,63}\Z")]
"""A code from a list that may grow: unknown ones are kept and shown as they are."""

NOT_BLANK: Final = r"[^ \t\r\n]"
"""What a text of a person has somewhere; written so that every language reads it alike."""

Title = Annotated[str, Meta(pattern=NOT_BLANK, max_length=limits.TITLE_CHARS_MAX)]
"""A short text of a person; blanks alone say nothing."""

Text = Annotated[str, Meta(pattern=NOT_BLANK, max_length=limits.TEXT_CHARS_MAX)]
"""A long text of a person; blanks alone say nothing."""

Titles = Annotated[tuple[Title, ...], Meta(max_length=limits.LIST_ITEMS_MAX)]
"""A few short texts: tags, feelings."""

Ids = Annotated[tuple[IdText, ...], Meta(max_length=limits.BASE_IDS_MAX)]
"""Ids of events."""

Priority = Literal["high", "medium", "low"]
"""How much a goal matters now (FHIR Goal.priority)."""


class EventData(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Base of the data of every event type."""
