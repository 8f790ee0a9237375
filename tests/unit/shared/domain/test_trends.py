"""Trends: a word only from three numbers on, about the numbers, never about the person."""

from collections.abc import Sequence
from itertools import combinations
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailmark_shared.domain.trends import (
    TREND_POINTS_MAX,
    TREND_POINTS_MIN,
    TREND_WORDS,
    Trend,
    suggested,
    trend_of,
)

_numbers = st.lists(st.integers(min_value=0, max_value=100), max_size=12)
_MIRRORED: dict[Trend | None, Trend | None] = {
    "rising": "falling",
    "falling": "rising",
    "steady": "steady",
    None: None,
}


@pytest.mark.parametrize(
    ("numbers", "trend"),
    [
        ((), None),
        ((1,), None),
        ((1, 9), None),
        ((1, 2, 3), "rising"),
        ((3, 2, 2), "falling"),
        ((5, 5, 5), "steady"),
        ((3, 9, 4), "steady"),
        ((8, 7, 5, 4, 5), "falling"),
    ],
)
def test_a_trend_needs_three_numbers_that_mostly_agree(
    numbers: Sequence[int], trend: Trend | None
) -> None:
    assert trend == trend_of(numbers)


@given(_numbers)
def test_upside_down_it_goes_the_other_way(numbers: list[int]) -> None:
    assert _MIRRORED[trend_of(numbers)] == trend_of([-each for each in numbers])


@given(_numbers.filter(lambda numbers: len(numbers) >= TREND_POINTS_MIN))
def test_all_pairs_have_their_say(numbers: list[int]) -> None:
    pairs = list(combinations(numbers, 2))
    lean = sum((after > before) - (after < before) for before, after in pairs)
    leans = "rising" if lean > 0 else "falling"

    assert ("steady" if 2 * abs(lean) < len(pairs) else leans) == trend_of(numbers)


@given(_numbers, st.integers(min_value=1, max_value=10), st.integers(min_value=-50, max_value=50))
def test_the_scale_does_not_matter(numbers: list[int], factor: int, shift: int) -> None:
    assert trend_of(numbers) == trend_of([each * factor + shift for each in numbers])


def test_only_the_latest_numbers_count() -> None:
    assert trend_of([*range(TREND_POINTS_MAX, 0, -1), *range(TREND_POINTS_MAX)]) == "rising"


def test_it_is_suggested_by_what_is_hoped_for() -> None:
    assert suggested(None, less_is_hoped_for=True) is None
    assert suggested("falling", less_is_hoped_for=True) == "improving"
    assert suggested("falling", less_is_hoped_for=False) == "worsening"
    assert suggested("steady", less_is_hoped_for=False) == "no-change"


def test_every_trend_has_words() -> None:
    assert set(get_args(Trend)) == set(TREND_WORDS)
