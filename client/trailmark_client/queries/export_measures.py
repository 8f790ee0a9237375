"""Tables of everything: what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from trailmark_client.queries.export_records import (
    BETWEEN,
    SAID,
    Row,
    Source,
    Table,
    number,
    records,
    titles,
    utc,
)
from trailmark_shared.projections.measures import (
    MeasureDocument,
    OccurrenceDocument,
    ScaleDocument,
)

_LEFT_OUT: Final = "-"


def _occurrences(source: Source) -> Iterator[Row]:
    goals = titles(source.conn)
    for each in records(source.conn, "occurrence", OccurrenceDocument):
        document = each.document
        yield (
            each.id,
            document.what,
            number(document.intensity_tenths.value),
            document.note.value,
            document.goal,
            goals.get(document.goal or ""),
            document.day.value,
            *each.said,
        )


OCCURRENCES: Final = Table(
    name="occurrences",
    title="What happened, and how strongly",
    columns=("id", "what", "intensity", "note", "goal", "goal_title", "for_day", *SAID),
    rows=_occurrences,
)


def _measures(source: Source) -> Iterator[Row]:
    for each in records(source.conn, "measure", MeasureDocument):
        document = each.document
        answers = document.answers.value or ()
        yield (
            each.id,
            document.instrument,
            document.version,
            document.title,
            BETWEEN.join(_LEFT_OUT if one is None else str(one) for one in answers),
            document.score.value,
            *each.said,
            utc(document.changed_at),
        )


MEASURES: Final = Table(
    name="questionnaires",
    title="Questionnaires that were answered",
    columns=("id", "instrument", "version", "title", "answers", "sum", *SAID, "changed"),
    rows=_measures,
)


def _scales(source: Source) -> Iterator[Row]:
    goals = titles(source.conn)
    for each in records(source.conn, "scale", ScaleDocument):
        document = each.document
        whose = (each.id, document.goal, goals.get(document.goal or ""))
        levels = (BETWEEN.join(document.levels.value or ()), document.weight.value)
        for rating in document.ratings:
            yield (
                *whose,
                *levels,
                rating.event,
                rating.day,
                rating.level,
                rating.words,
                rating.note,
            )
        if not document.ratings:
            yield (*whose, *levels, None, None, None, None, None)


SCALES: Final = Table(
    name="scales",
    title="Five levels of goals, and where they stood",
    columns=(
        *("id", "goal", "goal_title", "levels", "weight", "event", "day", "level", "level_words"),
        "note",
    ),
    rows=_scales,
)
