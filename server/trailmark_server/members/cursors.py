"""Places in several lanes as one short text: the id of a server-sent event.

``care/<id>:17,care/<id>:4`` says that rows up to seq 17 and 4 are on the page already. The browser
sends it back as ``Last-Event-ID`` after a lost connection: nothing is missed, nothing doubled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trailmark_shared import limits
from trailmark_shared.domain.typed_numbers import typed_number
from trailmark_shared.ids import Lane, is_lane

CURSOR_CHARS_MAX: Final = limits.LANES_PER_SESSION_MAX * (limits.LANE_NAME_CHARS_MAX + 18)
"""Longest text that is read: every lane of a space with the largest seq."""


def text_from_cursors(cursors: Mapping[Lane, int]) -> str:
    """Return the text form, lanes in order."""
    return ",".join(f"{lane}:{seq}" for lane, seq in sorted(cursors.items()))


def cursors_from_text(text: str) -> dict[Lane, int]:
    """Return the places that a browser named; what cannot be read is left out.

    A cursor only chooses from where to read: a strange one shows rows again, never more than the
    reader may see, so it is not worth an error.
    """
    cursors: dict[Lane, int] = {}
    if len(text) > CURSOR_CHARS_MAX:
        return cursors
    for part in text.split(","):
        lane, _, seq = part.partition(":")
        known = typed_number(seq)
        if is_lane(lane) and known is not None:
            cursors[Lane(lane)] = known
    return cursors
