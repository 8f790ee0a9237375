"""Measures: the folds of what happened, of an answered questionnaire and of a goal's own scale."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trailmark_shared.events.data import EventData
from trailmark_shared.events.measures import (
    AttainmentRated,
    MeasureAnswered,
    OccurrenceCorrected,
    OccurrenceRecorded,
    ScaleSet,
)
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


class OccurrenceDocument(Facts, frozen=True, kw_only=True):
    """Something that happened once.

    Attributes:
        what: What it is; ``None`` where its first event is not here.
        goal: The goal whose target counts it, if any.
        intensity_tenths: How strong it was.
        note: The person's words.
        day: The local date it belongs to.
        occurred_at: When it happened, as the person said.
    """

    what: str | None = None
    goal: str | None = None
    intensity_tenths: Field[int | None] = Field()
    note: Field[str | None] = Field()
    day: Field[str] = Field()
    occurred_at: str | None = None


class MeasureDocument(Facts, frozen=True, kw_only=True):
    """An answered questionnaire.

    Attributes:
        instrument: Its code; ``None`` where its first event is not here.
        version: Which wording was answered.
        title: What people call it.
        answers: The value of each answer, ``None`` for left out.
        score: The sum, or ``None`` where an answer that counts was left out.
        day: The local date it belongs to.
    """

    instrument: str | None = None
    version: str | None = None
    title: str | None = None
    answers: Field[tuple[int | None, ...]] = Field()
    score: Field[int | None] = Field()
    day: str | None = None


class Rating(msgspec.Struct, frozen=True, kw_only=True):
    """Which level described how it was.

    Attributes:
        event: Id of the event that says so.
        level: From -2 to +2.
        words: That level in the person's words, as they read at that time.
        note: What the person said to it.
        day: The local date it belongs to.
    """

    event: str
    level: int
    words: str | None
    note: str | None
    day: str


class ScaleDocument(Facts, frozen=True, kw_only=True):
    """The five levels of a goal, and where it stood on them.

    Attributes:
        goal: The goal; ``None`` where its first event is not here.
        levels: What each level looks like, from -2 to +2.
        weight: How much the goal counts beside others.
        ratings: What was said, by local date, then in lane order.
    """

    goal: str | None = None
    levels: Field[tuple[str, ...]] = Field()
    weight: Field[int] = Field()
    ratings: tuple[Rating, ...] = ()


def occurrence_values(entry: Entry, data: EventData) -> Values:
    """Return the fields that one event of an occurrence sets."""
    day: object = entry.body.day
    if isinstance(data, OccurrenceCorrected):
        day = data.happened_on or msgspec.UNSET
    return set_values(entry, data, {"day": day})


def measure_values(entry: Entry, data: EventData) -> Values:
    """Return the fields that one event of a questionnaire sets."""
    return set_values(entry, data, {})


def scale_values(entry: Entry, data: EventData) -> Values:
    """Return the fields that one event of a scale sets."""
    return set_values(entry, data, {})


def fold_occurrence(entries: Sequence[Entry]) -> OccurrenceDocument:
    """Return the occurrence that ``entries`` (all of one, in lane order) tell of."""
    document = OccurrenceDocument(**facts_of(entries), **fields_of(entries, occurrence_values))
    for entry in entries:
        data = entry.body.data
        if isinstance(data, OccurrenceRecorded):
            return msgspec.structs.replace(
                document, what=data.what, goal=data.goal, occurred_at=entry.body.occurred_at
            )
    return document


def fold_measure(entries: Sequence[Entry]) -> MeasureDocument:
    """Return the questionnaire that ``entries`` (all of one, in lane order) tell of."""
    document = MeasureDocument(**facts_of(entries), **fields_of(entries, measure_values))
    for entry in entries:
        data = entry.body.data
        if isinstance(data, MeasureAnswered):
            return msgspec.structs.replace(
                document,
                instrument=data.instrument,
                version=data.version,
                title=data.title,
                day=entry.body.day,
            )
    return document


def fold_scale(entries: Sequence[Entry]) -> ScaleDocument:
    """Return the scale that ``entries`` (all of one, in lane order) tell of."""
    goal: str | None = None
    ratings: list[Rating] = []
    levels: tuple[str, ...] | None = None
    for entry in entries:
        data = entry.body.data
        levels = getattr(data, "levels", levels)
        if isinstance(data, ScaleSet):
            goal = data.goal
        elif isinstance(data, AttainmentRated):
            words = None if levels is None else levels[data.level + len(levels) // 2]
            ratings.append(
                Rating(
                    event=text_from_id(entry.id),
                    level=data.level,
                    words=words,
                    note=data.note,
                    day=entry.body.day,
                )
            )
    return ScaleDocument(
        **facts_of(entries),
        **fields_of(entries, scale_values),
        goal=goal,
        ratings=tuple(sorted(ratings, key=lambda each: each.day)),
    )
