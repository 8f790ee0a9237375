"""Questionnaires as data: what is asked, what may be answered, what the answers add up to.

An instrument is a file that anybody can read: whoever runs Trailmark may add one whose licence they
hold. It is checked whole before it is used. A score is a sum and no more: no bands, no diagnosis.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, LimitExceededError
from trailmark_shared.words import gettext

_CODE: Final = r"\A[a-z][a-z0-9_-]{0,39}\Z"

Words = Annotated[str, Meta(min_length=1, max_length=limits.INSTRUMENT_WORDS_CHARS_MAX)]
"""A text of an instrument."""


class AnswerChoice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One possible answer.

    Attributes:
        value: What it counts in the sum.
        words: The answer as it is worded.
    """

    value: Annotated[int, Meta(ge=0, le=limits.ANSWER_VALUE_MAX)]
    words: Words


Choices = Annotated[
    tuple[AnswerChoice, ...], Meta(min_length=2, max_length=limits.ANSWER_CHOICES_MAX)
]
"""The possible answers."""


class Item(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """One question.

    Attributes:
        words: The question as it is worded.
        choices: Its own answers; ``None`` for those of the instrument.
        is_scored: Whether its answer counts in the sum.
        offers_help: Whether any answer but the lowest is followed by where help can be found.
    """

    words: Words
    choices: Choices | None = None
    is_scored: bool = True
    offers_help: bool = False


class Instrument(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """A questionnaire.

    Attributes:
        code: Stable short name, as typed.
        version: Which wording; an answer names the one that it answers.
        title: For people.
        notice: Whose it is and what may be done with it; shown with it, always.
        stem: What stands in front of the questions.
        choices: Answers of every question that has none of its own.
        items: The questions.
    """

    code: Annotated[str, Meta(pattern=_CODE)]
    version: Annotated[str, Meta(min_length=1, max_length=40)]
    title: Words
    notice: Words
    stem: Words
    choices: Choices
    items: Annotated[tuple[Item, ...], Meta(min_length=1, max_length=limits.LIST_ITEMS_MAX)]

    def __post_init__(self) -> None:
        """Refuse answers that a number does not tell apart, and a sum of nothing."""
        if not any(each.is_scored for each in self.items):
            raise ValueError("no question counts in the sum")
        for choices in (self.choices, *(each.choices for each in self.items)):
            values = [each.value for each in choices or ()]
            if len(set(values)) < len(values):
                raise ValueError("two answers of a question have the same value")


def decode_instrument(data: bytes) -> Instrument:
    """Return the instrument that a file of JSON holds.

    Args:
        data: The whole file.

    Raises:
        LimitExceededError: ``too_large``: more than ``limits.INSTRUMENT_BYTES_MAX`` bytes.
        DomainError: ``invalid_input``: it is no such file; the message says where.
    """
    if len(data) > limits.INSTRUMENT_BYTES_MAX:
        raise LimitExceededError("INSTRUMENT_BYTES_MAX", len(data), limits.INSTRUMENT_BYTES_MAX)
    try:
        return msgspec.json.decode(data, type=Instrument)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("this is no instrument that can be used: {error}").format(error=error),
        ) from None


def choices_of(instrument: Instrument, item: Item) -> tuple[AnswerChoice, ...]:
    """Return the possible answers to a question."""
    return item.choices or instrument.choices


def score_of(instrument: Instrument, answers: Sequence[int | None]) -> int | None:
    """Return the sum of the answers that count; ``None`` where one of them was left out.

    Args:
        instrument: What was answered.
        answers: The value of each answer, in the order of the questions; ``None`` for left out.

    Raises:
        DomainError: ``invalid_input``: another number of answers than questions, or a value that
            the question does not have.
    """
    if len(answers) != len(instrument.items):
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("it has {n} questions: answer each, with - to leave one out").format(
                n=len(instrument.items)
            ),
        )
    total: int | None = 0
    for place, (item, answer) in enumerate(zip(instrument.items, answers, strict=True), start=1):
        values = [each.value for each in choices_of(instrument, item)]
        if answer is not None and answer not in values:
            allowed = ", ".join(map(str, values))
            raise DomainError(
                ErrorCode.INVALID_INPUT,
                gettext("question {place} is answered with one of {allowed}, or -").format(
                    place=place, allowed=allowed
                ),
            )
        if item.is_scored:
            total = None if answer is None or total is None else total + answer
    return total


def offers_help(instrument: Instrument, answers: Sequence[int | None]) -> bool:
    """Say whether an answer is followed by where help can be found: calmly, and to nobody else."""
    return any(
        item.offers_help
        and answer is not None
        and answer > min(each.value for each in choices_of(instrument, item))
        for item, answer in zip(instrument.items, answers, strict=False)
    )
