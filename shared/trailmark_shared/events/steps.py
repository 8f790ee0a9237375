"""Data of the events about steps: what can be done next for a goal."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from trailmark_shared import limits
from trailmark_shared.events.data import Day, EventData, IdText, Priority, Title

OrderKey = Annotated[str, Meta(pattern=r"\A[0-9a-z]{1,64}\Z")]
"""A place among siblings; keys compare as text (see ``domain.order``)."""


class StepAdded(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A step was added to a goal.

    Attributes:
        goal: The goal it belongs to.
        text: What to do, in the person's words.
        due: The day hoped for.
        order: Its place among the goal's steps.
        private: Said when it was written: it stays where it is, whatever its goal does.
    """

    goal: IdText
    text: Title
    due: Day | None = None
    order: OrderKey | None = None
    private: bool = False


class StepReworded(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A step's words changed."""

    text: Title


class StepRescheduled(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A step's day changed; ``None`` for no day."""

    due: Day | None = None


class StepRanked(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The person said how much a step matters; what is not given here has no rank.

    Attributes:
        importance: How much it means.
        urgency: How soon it is needed.
        impact: How much it would change.
    """

    importance: Priority | None = None
    urgency: Priority | None = None
    impact: Priority | None = None


class StepReached(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A step was done."""


class StepUnreached(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A step that was marked as done is open again."""


class StepDropped(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A step is no longer wanted."""


class StepWithdrawn(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A step is no longer shown in this lane; that it was, and when it stopped, is.

    Attributes:
        shares: The ``step_added`` events of this lane that this takes back.
    """

    shares: Annotated[tuple[IdText, ...], Meta(min_length=1, max_length=limits.BASE_IDS_MAX)]
