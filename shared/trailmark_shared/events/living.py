"""Data of self-care, habits, rewards and celebrations."""

from __future__ import annotations

from trailmark_shared.events.data import EventData, IdText, Text, Title


class SelfCarePlanned(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Something that does the person good was planned; planned again it reads as given here.

    Attributes:
        text: What.
        often: How often or when, in their own words.
        goal: The goal it serves, if any.
    """

    text: Text
    often: Title | None = None
    goal: IdText | None = None


class SelfCareDone(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """It was done."""

    note: Text | None = None


class HabitChosen(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A habit or thought is to give way to another; chosen again it reads as given here.

    Attributes:
        old: What it is now.
        new: What may stand in its place.
        goal: The goal it serves, if any.
    """

    old: Text
    new: Text
    goal: IdText | None = None


class HabitPractised(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The new one was chosen. How often it was not is never counted."""

    note: Text | None = None


class RewardPlanned(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The person promised themself something; planned again it reads as given here.

    Attributes:
        text: What.
        goal: The goal it is for, if any.
        step: The step it is for, if any.
    """

    text: Text
    goal: IdText | None = None
    step: IdText | None = None


class RewardGiven(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The person gave it to themself."""


class CelebrationHeld(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Something reached was celebrated; held again it reads as given here.

    Attributes:
        text: How, or in which words.
        goal: The goal, if any.
        step: The step, if any.
    """

    text: Text
    goal: IdText | None = None
    step: IdText | None = None
