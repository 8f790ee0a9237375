"""Data of what a life should be like: the vision, the plan after therapy, and therapy's end."""

from __future__ import annotations

from typing import Literal

from trailmark_shared.events.data import EventData, IdText, Text

Question = Literal["feelings", "relationships", "overcome", "text"]
"""The three questions of a vision, and what is said beyond them."""


class VisionWritten(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The person said what they would like their life to be; it reads as given here from now on.

    Attributes:
        feelings: How they would like to feel from day to day.
        relationships: What they would like their relationships to be.
        overcome: What they would like to have overcome.
        text: Anything else.
    """

    feelings: Text | None = None
    relationships: Text | None = None
    overcome: Text | None = None
    text: Text | None = None


class VisionGoalDrawn(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A goal came out of an answer.

    Attributes:
        question: Which answer.
        goal_drawn: The goal.
    """

    question: Question
    goal_drawn: IdText


class MaintenancePlanned(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The person said how they keep it up after therapy; it reads as given here from now on.

    Attributes:
        exercise: Moving.
        mindfulness: Being still.
        relationships: People.
        signs: How they notice that it gets harder, and what they do then.
        text: Anything else.
    """

    exercise: Text | None = None
    mindfulness: Text | None = None
    relationships: Text | None = None
    signs: Text | None = None
    text: Text | None = None


class TherapyEnded(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Therapy came to its end. What was written stays with the person.

    Attributes:
        text: What they want to remember of it.
    """

    text: Text | None = None
