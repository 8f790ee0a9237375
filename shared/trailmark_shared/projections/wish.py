"""Wishes to share a thing that has no other entries yet, such as an excerpt to be.

A wish to share a goal shows in that goal's own document: every document carries ``wish``.
"""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Facts, facts_of


class WishDocument(Facts, frozen=True, kw_only=True):
    """A wish; ``wish`` is ``None`` once it is settled."""


def fold_wish(entries: Sequence[Entry]) -> WishDocument:
    """Return the wish that ``entries`` (all of one subject, in lane order) tell of."""
    return WishDocument(**facts_of(entries))
