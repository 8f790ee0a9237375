"""Control events as a lane knows them: what was erased, and that a device said something."""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_shared.events import control
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Facts, facts_of


class ControlDocument(Facts, frozen=True, kw_only=True):
    """What the control events of one subject say.

    Whether devices obey them is decided by signed statements, outside the fold.

    Attributes:
        erased_events: Events whose bodies were erased, sorted.
        erased_at: When the last erasure was recorded, milliseconds UTC.
    """

    erased_events: tuple[str, ...] = ()
    erased_at: int | None = None


def fold_control(entries: Sequence[Entry]) -> ControlDocument:
    """Return what ``entries`` (all of one subject, in lane order) say."""
    erased: set[str] = set()
    erased_at: int | None = None
    for entry in entries:
        if isinstance(entry.body.data, control.SubjectErased):
            erased.update(entry.body.data.events)
            erased_at = entry.effective_at
    return ControlDocument(
        **facts_of(entries), erased_events=tuple(sorted(erased)), erased_at=erased_at
    )
