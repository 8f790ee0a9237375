"""Data of proposals: what a member would change, and what the person says to it.

A proposal changes nothing. Accepting it writes the person's own events, whose ``cause`` is the
``proposal_made``; a goal's values are set by its person only.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from trailmark_shared.domain.proposals import ProposalKind
from trailmark_shared.domain.statuses import Lifecycle, StepStatus
from trailmark_shared.domain.targets import Target
from trailmark_shared.events.data import (
    Day,
    EventData,
    Ids,
    IdText,
    Priority,
    Tenths,
    Text,
    Title,
)


class ProposedValues(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Values that are proposed; what is not given stays as it is, ``None`` takes it away.

    Attributes:
        title: A goal's wording.
        text: A step's words.
        why: Why it matters.
        area: The part of life it belongs to.
        target: What it is measured against.
        baseline_tenths: Where the person stood at the start.
        due: The day hoped for, of a goal or a step.
        priority: How much it matters now.
        lifecycle: Where the goal should go.
        status: Where the step should go.
    """

    title: Title | UnsetType = UNSET
    text: Title | UnsetType = UNSET
    why: Text | UnsetType | None = UNSET
    area: Title | UnsetType | None = UNSET
    target: Target | UnsetType | None = UNSET
    baseline_tenths: Tenths | UnsetType | None = UNSET
    due: Day | UnsetType | None = UNSET
    priority: Priority | UnsetType | None = UNSET
    lifecycle: Lifecycle | UnsetType = UNSET
    status: StepStatus | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Refuse to propose nothing."""
        if not values_by_field(self):
            raise ValueError("proposes nothing")


def values_by_field(values: ProposedValues) -> dict[str, Any]:
    """Return the values that are proposed, by field, in the order of the struct."""
    found = ((name, getattr(values, name)) for name in ProposedValues.__struct_fields__)
    return {name: value for name, value in found if value is not UNSET}


class ProposalMade(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A member proposed something; ``base`` names the values that they saw.

    Attributes:
        what: What is proposed.
        goal: The goal it is about; none for a new goal.
        step: The step to change.
        values: The values proposed.
    """

    what: ProposalKind
    goal: IdText | None = None
    step: IdText | None = None
    values: ProposedValues


class ProposalWithdrawn(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Its writer took a proposal back; unless it was answered, its words are no longer shown."""


class ProposalAccepted(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The person accepted a proposal; the body's ``cause`` names the ``proposal_made``.

    Attributes:
        events: The events of this lane that carried it out, if there was anything to do here.
        with_changes: The person changed it before accepting.
    """

    events: Ids = ()
    with_changes: bool = False


class ProposalDeclined(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The person declined a proposal; a reason may be given and is never asked for.

    Attributes:
        no_longer_shared: It was closed because the person stopped sharing its goal here.
    """

    no_longer_shared: bool = False
