"""What was written into a lane and taken back again: which event counts, and since when none does.

A withdrawal names the events that it takes back, so that one written apart from a new sharing does
not reach it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from trailmark_shared.events.goals import GoalWithdrawn
from trailmark_shared.events.notes import WinWithdrawn
from trailmark_shared.events.planning import SupportRequestWithdrawn
from trailmark_shared.events.steps import StepWithdrawn
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.entries import Entry

_WITHDRAWALS = GoalWithdrawn | StepWithdrawn | WinWithdrawn | SupportRequestWithdrawn


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Which of several events that put something here counts.

    Attributes:
        entry: The first that was not taken back, else the last one; ``None`` where there is none.
        withdrawn_at: When the last one was taken back, milliseconds UTC; ``None`` while one counts.
    """

    entry: Entry | None = None
    withdrawn_at: int | None = None


def withdrawals(entries: Sequence[Entry]) -> dict[str, int]:
    """Return when each event was first taken back, milliseconds UTC, by its id as text."""
    found: dict[str, int] = {}
    for entry in entries:
        if isinstance(entry.body.data, _WITHDRAWALS):
            for share in entry.body.data.shares:
                found[share] = min(entry.effective_at, found.get(share, entry.effective_at))
    return found


def live_shares(shares: Sequence[Entry], withdrawn: Mapping[str, int]) -> list[Entry]:
    """Return those of ``shares`` that ``withdrawn`` (from ``withdrawals``) does not name."""
    return [each for each in shares if text_from_id(each.id) not in withdrawn]


def standing(shares: Sequence[Entry], withdrawn: Mapping[str, int]) -> Standing:
    """Return which of ``shares`` counts.

    Args:
        shares: Events that put the subject into the lane, in lane order.
        withdrawn: From ``withdrawals``.
    """
    live = live_shares(shares, withdrawn)
    if live:
        return Standing(entry=live[0])
    if not shares:
        return Standing()
    last = max(withdrawn[text_from_id(each.id)] for each in shares)
    return Standing(entry=shares[-1], withdrawn_at=last)
