"""The words of a document that a person may look for.

Everything that reads as text is among them: all current values of a field that two devices changed
apart, and nothing that was taken back, since documents do not hold that.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeVar

from trailmark_shared.projections.card import CardDocument
from trailmark_shared.projections.card_kinds import said_texts
from trailmark_shared.projections.check_in import CheckInDocument
from trailmark_shared.projections.comment import CommentDocument
from trailmark_shared.projections.encouragement import EncouragementDocument
from trailmark_shared.projections.excerpt import ExcerptDocument
from trailmark_shared.projections.fields import Facts, Field
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.projections.note import NoteDocument
from trailmark_shared.projections.reflection import ReflectionDocument
from trailmark_shared.projections.step import StepDocument

T = TypeVar("T")

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
        case CardDocument(said=said, uses=uses):
            for each in said.values:
                yield from said_texts(each.value)
            yield from (each.note for each in uses)
        case _:
            pass


def _reflection_texts(document: ReflectionDocument) -> Iterator[str | None]:
    yield from (*_values(document.title), *_values(document.text))
    for some in (*_values(document.feelings), *_values(document.tags)):
        yield from some


def _values(field: Field[T]) -> Iterator[T]:
    return (each.value for each in field.values)
