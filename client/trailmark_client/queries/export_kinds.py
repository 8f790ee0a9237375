"""Tables of everything, kind by kind: each is a list of columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

import msgspec

from trailmark_client.queries.cards import Card
from trailmark_client.queries.export_records import (
    BETWEEN,
    SAID,
    Row,
    Source,
    Table,
    number,
    records,
    table_of,
    titles,
)
from trailmark_client.queries.lanes import member_names
from trailmark_client.queries.readable import actor_name
from trailmark_shared.exports.csv_rows import Cell
from trailmark_shared.projections.card_kinds import CARD_KINDS, said_words
from trailmark_shared.projections.check_in import CheckInDocument
from trailmark_shared.projections.comment import CommentDocument
from trailmark_shared.projections.encouragement import EncouragementDocument
from trailmark_shared.projections.measures import (
    MeasureDocument,
    OccurrenceDocument,
    ScaleDocument,
)
from trailmark_shared.projections.note import NoteDocument
from trailmark_shared.projections.reflection import ReflectionDocument
from trailmark_shared.projections.step import StepDocument
from trailmark_shared.words import marked

_OF_A_GOAL: Final = ("goal", "goal_title")
_LEFT_OUT: Final = "-"

STEPS: Final = table_of(
    "steps",
    marked("Steps"),
    {"step": StepDocument},
    (
        *("id", *_OF_A_GOAL),
        ("text", lambda step: step.text.value),
        ("status", lambda step: step.status.value or "open"),
        ("due", lambda step: step.due.value),
        ("reached_on", lambda step: step.reached_on),
        ("importance", lambda step: step.importance.value),
        ("urgency", lambda step: step.urgency.value),
        ("impact", lambda step: step.impact.value),
        *(*SAID, "lane", "withdrawn"),
    ),
)

CHECK_INS: Final = table_of(
    "check-ins",
    marked("Check-ins"),
    {"check_in": CheckInDocument},
    (
        *("id", *_OF_A_GOAL),
        ("for_day", lambda said: said.day.value),
        ("measure", lambda said: said.measure or "rating"),
        ("value", lambda said: number(said.value_tenths.value)),
        ("unit", lambda said: said.unit),
        ("note", lambda said: said.note.value),
        *(*SAID, "lane"),
    ),
)

OCCURRENCES: Final = table_of(
    "occurrences",
    marked("What happened, and how strongly"),
    {"occurrence": OccurrenceDocument},
    (
        "id",
        ("what", lambda said: said.what),
        ("intensity", lambda said: number(said.intensity_tenths.value)),
        ("note", lambda said: said.note.value),
        *_OF_A_GOAL,
        ("for_day", lambda said: said.day.value),
        *SAID,
    ),
)


def _answers(document: MeasureDocument) -> Cell:
    answers = document.answers.value or ()
    return BETWEEN.join(_LEFT_OUT if one is None else str(one) for one in answers)


MEASURES: Final = table_of(
    "questionnaires",
    marked("Questionnaires that were answered"),
    {"measure": MeasureDocument},
    (
        "id",
        ("instrument", lambda said: said.instrument),
        ("version", lambda said: said.version),
        ("title", lambda said: said.title),
        ("answers", _answers),
        ("sum", lambda said: said.score.value),
        *(*SAID, "changed"),
    ),
)

REFLECTIONS: Final = table_of(
    "reflections",
    marked("Reflections"),
    {"reflection": ReflectionDocument},
    (
        "id",
        ("title", lambda said: said.title.value),
        ("text", lambda said: said.text.value),
        ("feelings", lambda said: BETWEEN.join(said.feelings.value or ())),
        ("tags", lambda said: BETWEEN.join(said.tags.value or ())),
        ("mood", lambda said: number(said.mood_tenths.value)),
        *_OF_A_GOAL,
        ("revisions", lambda said: said.revisions),
        *(*SAID, "changed"),
    ),
)

NOTES: Final = table_of(
    "wins-and-setbacks",
    marked("Wins and setbacks"),
    {"win": NoteDocument, "setback": NoteDocument},
    (
        *("id", "kind"),
        ("text", lambda said: said.text),
        ("helped", lambda said: said.helped),
        *(*_OF_A_GOAL, *SAID, "lane", "withdrawn"),
    ),
)

COMMENTS: Final = table_of(
    "comments",
    marked("Comments and encouragement"),
    {"comment": CommentDocument, "encouragement": EncouragementDocument},
    (
        *("id", "kind", "by"),
        ("text", lambda said: said.text),
        ("about", lambda said: said.about),
        ("goal", lambda said: getattr(said, "goal", None)),
        *(*SAID, "lane", "withdrawn"),
    ),
)


def _parts(card: Card) -> Cell:
    said: dict[str, object] = (
        {} if card.said.value is None else msgspec.to_builtins(card.said.value)
    )
    return BETWEEN.join(f"{name}: {_plain(value)}" for name, value in said.items())


def _words(card: Card) -> Cell:
    return None if card.said.value is None else said_words(card.said.value)


def _plain(value: object) -> str:
    return (
        ", ".join(map(str, cast("tuple[object, ...]", value)))
        if isinstance(value, tuple)
        else str(value)
    )


CARDS: Final = table_of(
    "insights-and-plans",
    marked(
        "Insights, plans, what helps, what is planned together, the vision and what comes after"
    ),
    {kind: each.document for kind, each in CARD_KINDS.items()},
    (
        *("id", "kind", "by"),
        ("words", _words),
        ("parts", _parts),
        ("status", lambda card: card.status.value),
        *_OF_A_GOAL,
        ("uses", lambda card: len(card.uses)),
        *(*SAID, "changed", "lane", "seen_by"),
    ),
)


def _uses(source: Source) -> Iterator[Row]:
    names = member_names(source.conn)
    for kind, known in CARD_KINDS.items():
        for each in records(source.conn, kind, known.document):
            words = _words(each.document)
            for use in each.document.uses:
                yield (
                    *(use.event, each.id, kind, words, actor_name(use.by, names)),
                    *(use.day, use.occurred_at, use.helped, use.note, use.part, use.link),
                )


USES: Final = Table(
    name="tried-and-done",
    title=marked("Each time one of them was tried, done or met"),
    columns=(
        *("event", "entry", "kind", "words", "by", "day", "happened", "helped", "note", "part"),
        "about",
    ),
    rows=_uses,
)


def _scales(source: Source) -> Iterator[Row]:
    goals = titles(source.conn)
    for each in records(source.conn, "scale", ScaleDocument):
        document = each.document
        whose = (each.id, document.goal, goals.get(document.goal or ""))
        levels = (BETWEEN.join(document.levels.value or ()), document.weight.value)
        for said in document.ratings:
            yield (*whose, *levels, said.event, said.day, said.level, said.words, said.note)
        if not document.ratings:
            yield (*whose, *levels, None, None, None, None, None)


SCALES: Final = Table(
    name="scales",
    title=marked("Five levels of goals, and where they stood"),
    columns=(
        *("id", "goal", "goal_title", "levels", "weight", "event", "day", "level", "level_words"),
        "note",
    ),
    rows=_scales,
)
