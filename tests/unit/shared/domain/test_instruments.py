"""Instruments: checked whole before use, added up and no more."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailmark_shared import limits
from trailmark_shared.domain.instruments import (
    Instrument,
    choices_of,
    decode_instrument,
    offers_help,
    score_of,
)
from trailmark_shared.errors import DomainError, ErrorCode, LimitExceededError

CHOICES = [{"value": 0, "words": "No"}, {"value": 1, "words": "Yes"}]
MINIMAL: dict[str, Any] = {
    "code": "sleep",
    "version": "1",
    "title": "Sleep",
    "notice": "Free to use",
    "stem": "Last night,",
    "choices": CHOICES,
    "items": [
        {"words": "did you sleep?"},
        {
            "words": "how long?",
            "choices": [{"value": 2, "words": "Two"}, {"value": 8, "words": "Eight"}],
            "offers_help": True,
        },
        {"words": "where?", "is_scored": False},
    ],
}


def instrument(**changed: Any) -> Instrument:  # noqa: ANN401  (any field)
    return decode_instrument(json.dumps({**MINIMAL, **changed}).encode())


def test_a_file_is_read_whole() -> None:
    sleep = instrument()

    assert (sleep.code, len(sleep.items)) == ("sleep", 3)
    assert decode_instrument(msgspec.json.encode(sleep)) == sleep
    assert [2, 8] == [each.value for each in choices_of(sleep, sleep.items[1])]
    assert choices_of(sleep, sleep.items[0]) == sleep.choices


@pytest.mark.parametrize(
    "changed",
    [
        {"code": "Sleep"},
        {"code": "../sleep"},
        {"version": ""},
        {"title": "x" * (limits.INSTRUMENT_WORDS_CHARS_MAX + 1)},
        {"choices": CHOICES[:1]},
        {"choices": [{"value": each, "words": "x"} for each in range(13)]},
        {"choices": [CHOICES[0], CHOICES[0]]},
        {"choices": [CHOICES[0], {"value": limits.ANSWER_VALUE_MAX + 1, "words": "x"}]},
        {"items": []},
        {"items": [{"words": "x"}] * (limits.LIST_ITEMS_MAX + 1)},
        {"items": [{"words": "x", "is_scored": False}]},
        {"items": [{"words": "x", "bands": "mild"}]},
        {"diagnosis": "none"},
    ],
)
def test_a_file_that_is_none_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(DomainError) as refused:
        instrument(**changed)

    assert refused.value.code is ErrorCode.INVALID_INPUT


@pytest.mark.parametrize("data", [b"", b"\xff", b"[" * 10_000, b"null"])
def test_what_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(DomainError, match="no instrument"):
        decode_instrument(data)


def test_a_file_has_a_largest_size() -> None:
    whole = json.dumps(MINIMAL).encode()
    fits = whole + b" " * (limits.INSTRUMENT_BYTES_MAX - len(whole))

    assert decode_instrument(fits).code == "sleep"
    with pytest.raises(LimitExceededError):
        decode_instrument(fits + b" ")


def test_a_question_has_at_most_so_many_answers() -> None:
    most = [{"value": n, "words": "x"} for n in range(limits.ANSWER_CHOICES_MAX)]

    assert len(instrument(choices=most).choices) == limits.ANSWER_CHOICES_MAX


@given(st.sampled_from((0, 1)), st.sampled_from((2, 8)), st.sampled_from((0, 1, None)))
def test_the_sum_is_of_what_counts(first: int, second: int, third: int | None) -> None:
    assert score_of(instrument(), [first, second, third]) == first + second


def test_an_answer_left_out_leaves_the_sum_open() -> None:
    assert score_of(instrument(), [None, 8, 0]) is None
    assert score_of(instrument(), [1, None, 0]) is None


@pytest.mark.parametrize("answers", [[], [0, 2], [0, 2, 0, 0], [2, 2, 0], [0, 1, 0], [0, 2, 9]])
def test_what_does_not_answer_it_is_refused(answers: list[int]) -> None:
    with pytest.raises(DomainError) as refused:
        score_of(instrument(), answers)

    assert refused.value.code is ErrorCode.INVALID_INPUT


def test_help_is_offered_above_the_lowest_answer_only() -> None:
    assert offers_help(instrument(), [0, 8, 0])
    assert not offers_help(instrument(), [1, 2, 1])
    assert not offers_help(instrument(), [1, None, 1])
