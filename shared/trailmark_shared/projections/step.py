"""Steps: the fold of one step of a goal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from trailmark_shared.domain.statuses import StepStatus
from trailmark_shared.events import steps
from trailmark_shared.events.data import EventData, Priority
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.fields import (
    Facts,
    Field,
    Values,
    facts_of,
    fields_of,
    set_values,
)
from trailmark_shared.projections.withdrawing import standing, withdrawals


class StepDocument(Facts, frozen=True, kw_only=True):
    """A step.

    Attributes:
        goal: The goal it belongs to; ``None`` where its first event is not here.
        text: What to do.
        due: The day hoped for.
        status: Where it stands.
        importance: How much it means.
        urgency: How soon it is needed.
        impact: How much it would change.
        reached_on: The local date on which it was reached, while it is.
        order: Its place among the goal's steps.
        event: The event that added it: the first one that was not withdrawn.
        event_at: When that was recorded, milliseconds UTC.
        withdrawn_at: When the last one was withdrawn, milliseconds UTC; ``None`` while one stands.
    """

    goal: str | None = None
    text: Field[str] = Field()
    due: Field[str | None] = Field()
    status: Field[StepStatus] = Field()
    importance: Field[Priority | None] = Field()
    urgency: Field[Priority | None] = Field()
    impact: Field[Priority | None] = Field()
    reached_on: str | None = None
    order: str | None = None
    event: str | None = None
    event_at: int | None = None
    withdrawn_at: int | None = None


STATUS_BY_DATA: Final[Mapping[type[EventData], StepStatus]] = {
    steps.StepAdded: "open",
    steps.StepReached: "reached",
    steps.StepUnreached: "open",
    steps.StepDropped: "dropped",
}
"""Where a step stands after an event."""


def step_values(entry: Entry, data: EventData) -> Values:
    """Return the fields that one event sets."""
    return set_values(entry, data, {"status": STATUS_BY_DATA.get(type(data))})


def fold_step(entries: Sequence[Entry]) -> StepDocument:
    """Return the step that ``entries`` (all of one step, in lane order) tell of."""
    fields = fields_of(entries, step_values)
    found = standing(
        [each for each in entries if isinstance(each.body.data, steps.StepAdded)],
        withdrawals(entries),
    )
    added = found.entry.body.data if found.entry else None
    assert added is None or isinstance(added, steps.StepAdded), "only those were asked for"
    status = fields.get("status")
    reached_on = None
    if status and status.value == "reached":
        shown = status.values[0].event
        reached_on = next(e.body.day for e in entries if text_from_id(e.id) == shown)
    return StepDocument(
        **facts_of(entries),
        **fields,
        goal=added.goal if added else None,
        order=added.order if added else None,
        reached_on=reached_on,
        event=text_from_id(found.entry.id) if found.entry else None,
        event_at=found.entry.effective_at if found.entry else None,
        withdrawn_at=found.withdrawn_at,
    )
