"""A proposal beside what it is about: what it was written for, and what stands there now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from trailmark_shared.domain.conflicts import current_values
from trailmark_shared.events.proposals import values_by_field
from trailmark_shared.ids import id_from_text
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import Reader, setters_by_field
from trailmark_shared.projections.goal import goal_values
from trailmark_shared.projections.proposal import ProposalDocument
from trailmark_shared.projections.step import step_values


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a proposal.

    Attributes:
        field: The field.
        proposed: The value proposed; ``None`` to take it away.
        written_for: The value that its writer had seen, or ``None``.
        now: The value that stands there now, or ``None``.
        has_moved: What stands there is not what its writer had seen.
        is_there: What is proposed stands there already.
    """

    field: str
    proposed: Any
    written_for: Any
    now: Any
    has_moved: bool
    is_there: bool


def compared(proposal: ProposalDocument, entries: Sequence[Entry]) -> tuple[Compared, ...]:
    """Return the fields of a proposal, each beside what it was written for and what stands now.

    Args:
        proposal: The proposal.
        entries: All entries, in lane order, of the goal that it would change, or of the step; none
            for a new goal or step.
    """
    if proposal.values is None:
        return ()
    read: Reader = step_values if proposal.what == "step_change" else goal_values
    setters = setters_by_field(entries, read)
    seen = {id_from_text(each) for each in proposal.seen}
    found: list[Compared] = []
    for name, value in values_by_field(proposal.values).items():
        known = [each for each in setters.get(name, ()) if not each.is_carrier]
        now = current_values(known)
        before = current_values([each for each in known if each.event in seen])
        shown = now[0].value if now else None
        was = before[0].value if before else None
        found.append(
            Compared(
                field=name,
                proposed=value,
                written_for=was,
                now=shown,
                has_moved=shown != was,
                is_there=bool(now) and shown == value,
            )
        )
    return tuple(found)
