"""Data of what a person works on beside goals: challenges, what needs a look, asking for support.

A goal's link to a challenge, and that it is part of another goal, are the person's own words: they
stand in cards of theirs and never in the goal, which others may read.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from trailmark_shared import limits
from trailmark_shared.events.data import EventData, IdText, Text, Title


class ChallengeDescribed(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The person said what is hard now; described again it reads as given here.

    Attributes:
        text: What it is.
        effect: What it does to their well-being.
        area: The part of life it belongs to.
    """

    text: Text
    effect: Text | None = None
    area: Title | None = None


class ChallengeAddressed(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A goal is about this challenge.

    Attributes:
        goal_addressing: The goal.
    """

    goal_addressing: IdText


class GoalPlaced(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A goal is part of another; placed again it is part of the one given here.

    Attributes:
        goal: The goal that is part of another.
        whole: The goal that it is part of.
    """

    goal: IdText
    whole: IdText


class GoalLookedBackOn(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The person looked back on a goal; said again it reads as given here.

    Attributes:
        goal: The goal.
        overcome: What they overcame.
        learnt: What they learnt.
        thanks: Who or what helped.
        text: Anything else.
    """

    goal: IdText
    overcome: Text | None = None
    learnt: Text | None = None
    thanks: Text | None = None
    text: Text | None = None


class AttentionWanted(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The person wants to look at something again; said again it reads as given here.

    Attributes:
        about: What: a goal, a step, an entry.
        text: Why, in their words.
        goal: The goal that it belongs to, or is.
    """

    about: IdText
    text: Text | None = None
    goal: IdText | None = None


class AttentionGiven(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The person has looked at it."""


class SupportRequested(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The person asked somebody for support; asked again it reads as given here.

    Attributes:
        text: What would help.
        who: Whom they asked, in their words.
        goal: The goal it is about, if any.
    """

    text: Text
    who: Title | None = None
    goal: IdText | None = None


class SupportRequestWithdrawn(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A request for support is no longer shown in this lane; that it was, and until when, is.

    Attributes:
        shares: The ``support_requested`` events of this lane that this takes back.
    """

    shares: Annotated[tuple[IdText, ...], Meta(min_length=1, max_length=limits.BASE_IDS_MAX)]


class SupportReceived(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The person got the support that they had asked for.

    Attributes:
        note: Their words.
    """

    note: Text | None = None
