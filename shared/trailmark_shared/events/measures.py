"""Data of the events about measures: what happened how strongly, questionnaires, own scales."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from trailmark_shared import limits
from trailmark_shared.domain.attainment import LEVELS, Level, Weight
from trailmark_shared.domain.targets import RATING_TENTHS_MAX
from trailmark_shared.events.data import Code, Count, Day, EventData, IdText, Text, Title

Intensity = Annotated[int, Meta(ge=0, le=RATING_TENTHS_MAX)]
"""How strong it was, 0 to 10, times ten."""

Answers = Annotated[
    tuple[Annotated[int, Meta(ge=0, le=limits.ANSWER_VALUE_MAX)] | None, ...],
    Meta(min_length=1, max_length=limits.LIST_ITEMS_MAX),
]
"""The value of each answer, in the order of the questions; ``None`` for left out."""

LevelWords = Annotated[tuple[Title, ...], Meta(min_length=LEVELS, max_length=LEVELS)]
"""What each level looks like, from -2 to +2, in the person's words."""


class OccurrenceRecorded(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Something happened once; when, stands in the body's frame.

    Attributes:
        what: What it is, in the person's words; the same words count together.
        intensity_tenths: How strong it was.
        goal: The goal whose target counts it, if any.
        note: The person's words.
    """

    what: Title
    intensity_tenths: Intensity | None = None
    goal: IdText | None = None
    note: Text | None = None


class OccurrenceCorrected(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """What happened reads differently from now on: intensity and note as given here.

    Attributes:
        intensity_tenths: How strong it was.
        note: The person's words.
        happened_on: The local date it belongs to, where that changes too.
    """

    intensity_tenths: Intensity | None = None
    note: Text | None = None
    happened_on: Day | None = None


class MeasureAnswered(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """A questionnaire was answered.

    Attributes:
        instrument: Its code.
        version: Which wording was answered.
        title: What people call it.
        answers: The value of each answer.
        score: The sum of those that count; ``None`` where one of them was left out.
    """

    instrument: Code
    version: Title
    title: Title
    answers: Answers
    score: Count | None = None


class MeasureAmended(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Answers to a questionnaire read differently from now on."""

    answers: Answers
    score: Count | None = None


class ScaleSet(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """Five levels of a goal were written down.

    Attributes:
        goal: The goal.
        levels: What each level looks like.
        weight: How much the goal counts beside others.
    """

    goal: IdText
    levels: LevelWords
    weight: Weight = 1


class ScaleChanged(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The levels of a goal read differently from now on; what was said before stays as it was."""

    levels: LevelWords
    weight: Weight = 1


class AttainmentRated(EventData, frozen=True, kw_only=True, omit_defaults=True):
    """The person said which of the five levels describes how it is.

    Attributes:
        level: From -2 to +2.
        note: Their words.
    """

    level: Level
    note: Text | None = None
