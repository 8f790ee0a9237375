"""Areas of life that goals are often about; anybody's own words are as good as these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trailmark_shared.words import gettext, marked

AREA_WORDS: Final[Mapping[str, str]] = {
    "mood": marked("mood, anxiety, depression"),
    "coping": marked("coping with what is hard"),
    "self-image": marked("self-image and self-esteem"),
    "relationships": marked("relationships, trust, boundaries"),
    "work": marked("work and stress"),
    "past": marked("what happened in the past"),
    "self-care": marked("taking care of myself"),
}
"""Short names of areas, with what people read."""


def area_of(text: str) -> str:
    """Return an area as it is kept: a known short name, or the person's own words.

    Args:
        text: What the person typed; a known area is found by its name in any case.
    """
    typed = text.strip().lower()
    return typed if typed in AREA_WORDS else text


def area_words(area: str) -> str:
    """Return an area as people read it."""
    known = AREA_WORDS.get(area)
    return area if known is None else gettext(known)
