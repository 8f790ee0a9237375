"""Data of the events about goals.

A goal's wording, target, dates and status are single-valued fields; every event that sets one names
in ``base`` the values it saw. Events that hold a whole goal (drafted, shared, kept) set every
field.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from trailmark_shared import limits
from trailmark_shared.domain.statuses import Achievement, Lifecycle
from trailmark_shared.domain.targets import Target
from trailmark_shared.events.data import (
    Count,
    Day,
    EventData,
    IdText,
    LaneText,
    Priority,
    Tenths,
    Text,
    Title,
)


class GoalData(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A whole goal at one moment.

    Attributes:
        title: The goal in the person's own words.
        why: Why it matters to them.
        area: The part of life it belongs to.
        limits: What limits it: time, money, circumstances.
        target: What it is measured against.
        baseline_tenths: Where the person stood at the start.
        due: The day hoped for.
        priority: How much it matters now.
        rank: The person's own order, 1 first.
        lifecycle: Whether it is being worked on.
        achievement: How it goes.
    """

    title: Title
    why: Text | None = None
    area: Title | None = None
    limits: Text | None = None
    target: Target | None = None
    baseline_tenths: Tenths | None = None
    due: Day | None = None
    priority: Priority | None = None
    rank: Count | None = None
    lifecycle: Lifecycle = "planned"
    achievement: Achievement | None = None


class GoalDrafted(GoalData, frozen=True, kw_only=True, omit_defaults=True):
    """A goal was written down.

    Attributes:
        instead_of: The goal whose place it takes, where others see that one and not this one: they
            read that it was let go, and nothing else.
    """

    instead_of: IdText | None = None


class GoalShared(GoalData, frozen=True, kw_only=True, omit_defaults=True):
    """A goal's fields were written into a shared lane.

    Attributes:
        is_copy: A frozen copy for another audience: the goal is at home elsewhere.
    """

    is_copy: bool = False


class GoalKept(GoalData, frozen=True, kw_only=True, omit_defaults=True):
    """A goal came back to the person's own lane after it was withdrawn; sets every field."""


class GoalMoved(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A goal left the person's own lane for a shared one; ``base`` names all its current values.

    Attributes:
        lane: The shared lane where it is at home now.
        shared: The ``goal_shared`` there.
    """

    lane: LaneText
    shared: IdText


class GoalWithdrawn(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A goal is no longer at home in this lane; what was written stays as a frozen copy.

    Attributes:
        shares: The ``goal_shared`` events of this lane that this takes back.
    """

    shares: Annotated[tuple[IdText, ...], Meta(min_length=1, max_length=limits.BASE_IDS_MAX)]


class GoalAccepted(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The person took the goal on."""


class GoalActivated(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Work on the goal began."""


class GoalReworded(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A goal's words changed; what is not given stays as it is, ``None`` takes it away."""

    title: Title | UnsetType = UNSET
    why: Text | UnsetType | None = UNSET
    area: Title | UnsetType | None = UNSET
    limits: Text | UnsetType | None = UNSET

    def __post_init__(self) -> None:
        """Refuse to set nothing."""
        _require_any(self.title, self.why, self.area, self.limits)


class GoalRescheduled(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The day hoped for changed; ``None`` for no day."""

    due: Day | None = None


class GoalReprioritised(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The goal matters more or less; what is not given stays, ``None`` takes it away."""

    priority: Priority | UnsetType | None = UNSET
    rank: Count | UnsetType | None = UNSET

    def __post_init__(self) -> None:
        """Refuse to set nothing."""
        _require_any(self.priority, self.rank)


class GoalTargetSet(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The goal got its target, and the baseline it is compared with where that is given."""

    target: Target
    baseline_tenths: Tenths | UnsetType | None = UNSET


class GoalTargetAdjusted(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The target changed; the baseline stays. ``None`` for no target."""

    target: Target | None = None


class GoalPutOnHold(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The goal rests.

    Attributes:
        until: The day to look at it again, if there is one.
    """

    until: Day | None = None


class GoalResumed(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Work on a resting goal goes on."""


class GoalAchievementAssessed(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The person said how it goes."""

    achievement: Achievement


class GoalCompleted(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Work on the goal is done."""

    achievement: Literal["achieved", "sustaining", "not-achieved"] = "achieved"


class GoalReopened(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A completed goal is worked on again; sets achievement to ``in-progress``."""


class GoalCancelled(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The person let the goal go."""


class GoalReplaced(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Another goal took this one's place.

    Attributes:
        successor: The goal that did.
    """

    successor: IdText


class GoalEnteredInError(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The goal was written by mistake: hidden, not gone."""


def _require_any(*values: object) -> None:
    if all(value is UNSET for value in values):
        raise ValueError("sets nothing")
