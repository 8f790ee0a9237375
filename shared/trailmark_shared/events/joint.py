"""Data of what a person and their therapist write down together.

Either side may begin such an entry and only the side that began it words it anew; the other side
says whether it agrees. Nothing of it changes a goal: what a review decided is carried out by the
person.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from trailmark_shared import limits
from trailmark_shared.domain.proposals import Acceptance
from trailmark_shared.events.data import Day, EventData, IdText, Text, Title
from trailmark_shared.events.journal import Sources

Outcome = Literal["kept", "changed", "ended"]
"""What a review decided for a goal."""


class Answered(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """One side says whether it agrees.

    Attributes:
        answer: What it says to the entry as it stands.
    """

    answer: Acceptance


class ExpectationWritten(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """What one side expects of the work together; written again it reads as given here.

    Attributes:
        text: What.
        goal: The goal it is about, if any.
    """

    text: Text
    goal: IdText | None = None


class ExpectationAnswered(Answered, frozen=True, kw_only=True, omit_defaults=True):
    """One side says whether it shares an expectation; ``base`` names the words it saw."""


class InterventionPlanned(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """What is to be tried in therapy, and for which goals; planned again it reads as given here.

    Attributes:
        text: What.
        often: How often or when, in words.
        goals: The goals it serves.
    """

    text: Text
    often: Title | None = None
    goals: Sources = ()


class InterventionAnswered(Answered, frozen=True, kw_only=True, omit_defaults=True):
    """One side says whether it agrees with an intervention; ``base`` names the words it saw."""


class InterventionEnded(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """An intervention is not part of the plan any more.

    Attributes:
        note: How it went.
    """

    note: Text | None = None


class AgendaItemAdded(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Something to speak about in the next session; added again it reads as given here.

    Attributes:
        text: What.
        about: The entry that it came from, where the readers of the lane know that.
        goal: The goal it is about, if any.
    """

    text: Text
    about: IdText | None = None
    goal: IdText | None = None


class AgendaItemClosed(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """It was spoken about, or needs no time any more.

    Attributes:
        note: What came of it.
    """

    note: Text | None = None


class ReviewScheduled(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A day was chosen to look at the goals together; scheduled again it is the one given here.

    Attributes:
        on: The day.
        text: What to look at.
    """

    on: Day
    text: Text | None = None


class Decision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a review decided for one goal.

    Attributes:
        goal: The goal.
        outcome: Whether it is kept, changed or ended.
        note: In words.
    """

    goal: IdText
    outcome: Outcome
    note: Title | None = None


class ReviewHeld(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The goals were looked at together.

    Attributes:
        decisions: What was decided, goal by goal.
        next: The day of the next review, if there is one.
        text: What was said, in short.
    """

    decisions: Annotated[tuple[Decision, ...], Meta(max_length=limits.LIST_ITEMS_MAX)] = ()
    next: Day | None = None
    text: Text | None = None


class ReviewAnswered(Answered, frozen=True, kw_only=True, omit_defaults=True):
    """One side says whether a review is told as it was; ``base`` names the words it saw."""


class ContactGiven(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """How a therapist can be reached; given again it reads as given here.

    Attributes:
        name: Their name, as on a card.
        phone: A number.
        address: Where.
        hours: When they can be reached.
        note: Anything else, such as whom to call outside these hours.
    """

    name: Title
    phone: Title | None = None
    address: Text | None = None
    hours: Title | None = None
    note: Text | None = None
