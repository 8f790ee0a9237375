"""Requests for support: cards that can also be sent to a supporter, and be taken back there."""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_shared.events.planning import SupportRequested
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.card import card_parts
from trailmark_shared.projections.card_kinds import SupportRequestDocument
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Field
from trailmark_shared.projections.withdrawing import standing, withdrawals


def fold_support_request(entries: Sequence[Entry]) -> SupportRequestDocument:
    """Return the request that ``entries`` (all of one, in lane order) tell of.

    One that was taken back keeps no word.
    """
    asked = [each for each in entries if isinstance(each.body.data, SupportRequested)]
    found = standing(asked, withdrawals(entries))
    parts = card_parts(entries)
    if found.withdrawn_at is not None:
        parts |= {"said": Field(), "goal": None}
    return SupportRequestDocument(
        **parts,
        event=text_from_id(found.entry.id) if found.entry else None,
        event_at=found.entry.effective_at if found.entry else None,
        withdrawn_at=found.withdrawn_at,
    )
