"""Targets: what the grammar reads, what it refuses, and that writing undoes reading."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailmark_shared.domain.targets import (
    PERCENT_TENTHS_MAX,
    RATING_TENTHS_MAX,
    UNIT_CHARS_MAX,
    Target,
    format_target,
    number_from_tenths,
    parse_target,
    tenths_from_text,
    text_from_tenths,
)
from trailmark_shared.errors import DomainError, ErrorCode

_numbers = st.integers(min_value=0, max_value=9_999_999_999)
_words = st.text("abcdefghij", min_size=1, max_size=6)
_units = st.lists(_words, min_size=1, max_size=4).map(" ".join)
_periods = st.sampled_from(("day", "week", "month"))
_counts = st.builds(
    Target,
    kind=st.sampled_from(("at_least", "at_most")),
    value_tenths=_numbers,
    unit=st.none() | _units,
    per=_periods,
)
_reductions = st.builds(
    Target,
    kind=st.just("reduce_by_percent"),
    value_tenths=st.integers(min_value=0, max_value=PERCENT_TENTHS_MAX),
    by=st.none() | st.dates().map(str),
)
_ratings = st.builds(
    Target,
    kind=st.just("reach_rating"),
    value_tenths=st.integers(min_value=0, max_value=RATING_TENTHS_MAX),
)
targets = _counts | _reductions | _ratings | st.just(Target(kind="done"))


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("at-least 2 per week", Target(kind="at_least", value_tenths=20, per="week")),
        ("at-most 1.5 per day", Target(kind="at_most", value_tenths=15, per="day")),
        (
            "  at-least 4 quiet  nights per month ",
            Target(kind="at_least", value_tenths=40, unit="quiet nights", per="month"),
        ),
        ("reduce-by 50%", Target(kind="reduce_by_percent", value_tenths=500)),
        (
            "reduce-by 12.5 % by 2028-02-29",
            Target(kind="reduce_by_percent", value_tenths=125, by="2028-02-29"),
        ),
        ("at most 2 per week", Target(kind="at_most", value_tenths=20, per="week")),
        ("reduce by 50 %", Target(kind="reduce_by_percent", value_tenths=500)),
        ("reach 7", Target(kind="reach_rating", value_tenths=70)),
        ("done", Target(kind="done")),
    ],
)
def test_a_sentence_of_the_grammar_is_read(text: str, target: Target) -> None:
    assert parse_target(text) == target


@pytest.mark.parametrize(
    "text",
    [
        "",
        "more often",
        "at-least 2",
        "at-least two per week",
        "at-least 2 per fortnight",
        "at-least per per week",
        "at-least 2.25 per week",
        "at-least -1 per week",
        f"at-least 2 {'u' * (UNIT_CHARS_MAX + 1)} per week",
        "reduce-by 101%",
        "reduce-by 50% by 2026-02-29",
        "reduce-by 50% by soon",
        "reach 10.1",
        "reach far",
        "done now",
    ],
)
def test_anything_else_is_refused_with_the_grammar(text: str) -> None:
    with pytest.raises(DomainError, match="at-least N") as caught:
        parse_target(text)

    assert caught.value.code == ErrorCode.INVALID_INPUT


@pytest.mark.parametrize(
    "parts",
    [
        {"kind": "at_least", "value_tenths": 20},
        {"kind": "at_least", "per": "week"},
        {"kind": "done", "value_tenths": 10},
        {"kind": "done", "per": "week"},
        {"kind": "reach_rating", "value_tenths": 101},
        {"kind": "reach_rating", "value_tenths": 70, "unit": "stars"},
        {"kind": "reach_rating", "value_tenths": 70, "by": "2026-12-24"},
        {"kind": "reduce_by_percent", "value_tenths": 1001},
        {"kind": "reduce_by_percent", "value_tenths": 500, "per": "day"},
    ],
)
def test_a_target_that_no_sentence_says_is_refused(parts: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(parts, Target)


@given(targets)
def test_reading_undoes_writing(target: Target) -> None:
    assert parse_target(format_target(target)) == target


@given(st.integers(min_value=-9_999_999_999, max_value=9_999_999_999))
def test_tenths_read_as_people_write_them(tenths: int) -> None:
    assert tenths_from_text(text_from_tenths(tenths)) == tenths


@pytest.mark.parametrize(("tenths", "number"), [(20, 2), (25, 2.5), (0, 0), (-5, -0.5)])
def test_tenths_are_numbers(tenths: int, number: float) -> None:
    assert number_from_tenths(tenths) == number
    assert type(number_from_tenths(20)) is int


def test_a_decimal_comma_is_understood() -> None:
    assert tenths_from_text(" 2,5 ") == 25


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(DomainError, match="one decimal place"):
        tenths_from_text("2.55")
