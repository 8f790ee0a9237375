"""The words of a document that a person may look for.

Everything that reads as text is among them: all current values of a field that two devices changed
apart, and nothing that was taken back, since documents do not hold that.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeVar

from trailmark_shared.events.proposals import values_by_field
from trailmark_shared.projections.card import CardDocument
from trailmark_shared.projections.card_kinds import ReviewDocument, said_texts
from trailmark_shared.projections.check_in import CheckInDocument
from trailmark_shared.projections.comment import CommentDocument
from trailmark_shared.projections.encouragement import EncouragementDocument
from trailmark_shared.projections.excerpt import ExcerptDocument
from trailmark_shared.projections.fields import Facts, Field
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.measures import (
    MeasureDocument,
    OccurrenceDocument,
    ScaleDocument,
)
from trailmark_shared.projections.note import NoteDocument
from trailmark_shared.projections.proposal import ProposalDocument
from trailmark_shared.projections.reflection import ReflectionDocument
from trailmark_shared.projections.step import StepDocument

T = TypeVar("T")

_PROPOSED_WORDS: Final = ("title", "text", "why")

BETWEEN: Final = "\n"
"""Stands between two texts of a document."""


def words_of(document: Facts) -> str:
    """Return the words of a document, an empty text where it has none.

    Args:
        document: Of any kind.
    """
    return BETWEEN.join(each for each in _texts(document) if each)


def _texts(document: Facts) -> Iterator[str | None]:
    match document:
        case GoalDocument(title=title, why=why, limits=limited):
            yield from (*_values(title), *_values(why), *_values(limited))
        case StepDocument(text=text):
            yield from _values(text)
        case CheckInDocument(note=note):
            yield from _values(note)
        case ReflectionDocument():
            yield from _reflection_texts(document)
        case ExcerptDocument(title=heading, text=words):
            yield from (heading, words)
        case NoteDocument(text=words, helped=helped):
            yield from (words, helped)
        case CommentDocument(text=words) | EncouragementDocument(text=words):
            yield words
        case _:
            yield from _more_texts(document)


def _more_texts(document: Facts) -> Iterator[str | None]:
    match document:
        case CardDocument():
            yield from _card_texts(document)
        case OccurrenceDocument(what=what, note=note):
            yield from (what, *_values(note))
        case ScaleDocument(levels=levels, ratings=ratings):
            for each in _values(levels):
                yield from each
            yield from (each.note for each in ratings)
        case MeasureDocument(title=heading):
            yield heading
        case ProposalDocument():
            yield from _proposal_texts(document)
        case _:
            pass


def _card_texts(document: CardDocument[Any]) -> Iterator[str | None]:
    for said in _values(document.said):
        yield from said_texts(said)
    yield from (each.note for each in document.uses)
    if isinstance(document, ReviewDocument):
        for held in _values(document.outcome):
            yield from (held.text, *(each.note for each in held.decisions))


def _proposal_texts(document: ProposalDocument) -> Iterator[str | None]:
    if document.values is not None:
        values = values_by_field(document.values)
        yield from (values.get(name) for name in _PROPOSED_WORDS)
    for reason in (document.reason, *(each.reason for each in document.answers)):
        yield None if reason is None else reason.text


def _reflection_texts(document: ReflectionDocument) -> Iterator[str | None]:
    yield from (*_values(document.title), *_values(document.text))
    for some in (*_values(document.feelings), *_values(document.tags)):
        yield from some


def _values(field: Field[T]) -> Iterator[T]:
    return (each.value for each in field.values)
