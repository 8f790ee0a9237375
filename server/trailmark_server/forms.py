"""Ids of what members write: one half tells which form it came from, the other what was said.

A form that is sent again finds by the first half what it wrote, in the log and among what was
erased. A log that forgot it, because it was restored from an older copy, writes another event under
another id: whoever holds the first one finds no other words in its place.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from trailmark_shared import limits
from trailmark_shared.ids import EventId

STEM_BYTES: Final = limits.ID_BYTES // 2
"""Length of the half that tells the form."""

_LABEL: Final = b"trailmark-form-stem/1"


def stem_of(actor: str, form: bytes) -> bytes:
    """Return how the ids of what a form writes begin.

    Args:
        actor: Who sends it: forms of two members never meet.
        form: Id of the form, 16 bytes.
    """
    return sha256(_LABEL + actor.encode() + b"\x00" + form).digest()[:STEM_BYTES]


def event_id(stem: bytes, commit: bytes) -> EventId:
    """Return the id of an event that a form writes.

    Args:
        stem: From ``stem_of``.
        commit: Its commitment; the salt in it is fresh, so the same words give another id too.
    """
    return EventId(stem + commit[: limits.ID_BYTES - STEM_BYTES])


def is_of(event: bytes, stem: bytes) -> bool:
    """Say whether a form wrote an event."""
    return event.startswith(stem)
