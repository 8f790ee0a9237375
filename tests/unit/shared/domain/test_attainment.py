"""Goal Attainment Scaling: the T-score of published examples, and what must hold of every one."""

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailmark_shared.domain.attainment import (
    LEVEL_MAX,
    LEVEL_MIN,
    WEIGHT_MAX,
    Attained,
    level_text,
    t_score_hundredths,
)

_goals = st.lists(
    st.builds(
        Attained,
        st.integers(min_value=LEVEL_MIN, max_value=LEVEL_MAX),
        st.integers(min_value=1, max_value=WEIGHT_MAX),
    ),
    min_size=1,
    max_size=8,
)


def score(levels: Sequence[int], weights: Sequence[int] | None = None) -> int | None:
    weighed = zip(levels, weights or [1] * len(levels), strict=True)
    return t_score_hundredths([Attained(level, weight) for level, weight in weighed])


@pytest.mark.parametrize(
    ("levels", "weights", "hundredths"),
    [
        ((0,), None, 5000),
        ((0, 0, 0), None, 5000),
        ((1,), None, 6000),
        ((1, 0, 0), None, 5456),
        ((2, 1, 0), None, 6369),
        ((-1, -1, -1), None, 3631),
        ((2, 0, -1), (4, 2, 1), 6291),
        ((2, 2, 2), None, 7739),
    ],
)
def test_published_examples(
    levels: Sequence[int], weights: Sequence[int] | None, hundredths: int
) -> None:
    assert hundredths == score(levels, weights)


def test_no_goal_has_no_score() -> None:
    assert t_score_hundredths([]) is None


@given(_goals)
def test_it_is_the_formula_with_scales_that_go_together_by_three_tenths(
    goals: list[Attained],
) -> None:
    """Held to the formula in whole numbers: no root, no float, and no constant of the code."""
    weighed = sum(each.level * each.weight for each in goals)
    squares = sum(each.weight**2 for each in goals)
    whole = sum(each.weight for each in goals)
    spread = Fraction(7, 10) * squares + Fraction(3, 10) * whole**2
    away = (t_score_hundredths(goals) or 0) - 5000

    # |away| is 1000 |weighed| / sqrt(spread), to the nearest whole number.
    assert (max(2 * abs(away) - 1, 0)) ** 2 * spread <= (2000 * weighed) ** 2
    assert (2000 * weighed) ** 2 <= (2 * abs(away) + 1) ** 2 * spread
    assert away * weighed >= 0


@given(_goals)
def test_turned_round_it_is_as_far_from_fifty(goals: list[Attained]) -> None:
    turned = t_score_hundredths([Attained(-each.level, each.weight) for each in goals])

    assert (t_score_hundredths(goals) or 0) + (turned or 0) == 10000


@given(_goals)
def test_the_order_of_goals_does_not_matter(goals: list[Attained]) -> None:
    assert t_score_hundredths(goals) == t_score_hundredths(list(reversed(goals)))


@given(_goals)
def test_a_goal_that_goes_better_never_lowers_it(goals: list[Attained]) -> None:
    better = [Attained(min(each.level + 1, LEVEL_MAX), each.weight) for each in goals]

    assert (t_score_hundredths(better) or 0) >= (t_score_hundredths(goals) or 0)


@given(_goals)
def test_as_expected_everywhere_is_fifty(goals: list[Attained]) -> None:
    assert t_score_hundredths([Attained(0, each.weight) for each in goals]) == 5000


def test_levels_read_as_people_write_them() -> None:
    assert ["-2", "-1", "0", "+1", "+2"] == [
        level_text(level) for level in range(LEVEL_MIN, LEVEL_MAX + 1)
    ]
