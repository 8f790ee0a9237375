"""Which way numbers go, said only where there are enough of them to say it.

One change between two numbers is noise, so a trend has a word from three numbers on, and only where
at least half of all pairs, weighed against those that speak for the other way, agree. Nobody is
told that they do well or badly: the word is about the numbers, and what it may mean for a goal is a
suggestion that the person takes or leaves.

Source:
    H. B. Mann, "Nonparametric tests against trend", Econometrica 13 (1945): the count of pairs
    that rise minus those that fall; no significance is claimed here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from trailmark_shared.domain.statuses import Achievement
from trailmark_shared.words import Texts, marked

Trend = Literal["rising", "falling", "steady"]
"""Which way numbers go."""

TREND_POINTS_MIN: Final = 3
"""Fewer numbers have no trend."""

TREND_POINTS_MAX: Final = 200
"""Only the latest numbers count for a trend."""

TREND_WORDS: Final[Mapping[Trend, str]] = Texts(
    {
        "rising": marked("going up"),
        "falling": marked("going down"),
        "steady": marked("about the same"),
    }
)
"""What people read instead of a code."""

_WHEN_MORE_IS_HOPED_FOR: Final[Mapping[Trend, Achievement]] = {
    "rising": "improving",
    "falling": "worsening",
    "steady": "no-change",
}
_WHEN_LESS_IS_HOPED_FOR: Final[Mapping[Trend, Achievement]] = {
    "rising": "worsening",
    "falling": "improving",
    "steady": "no-change",
}


def trend_of(numbers: Sequence[int]) -> Trend | None:
    """Return which way ``numbers`` go, the earliest first; ``None`` for fewer than three."""
    latest = numbers[-TREND_POINTS_MAX:]
    if len(latest) < TREND_POINTS_MIN:
        return None
    lean = _lean(latest)
    pairs = len(latest) * (len(latest) - 1) // 2
    if 2 * abs(lean) < pairs:
        return "steady"
    return "rising" if lean > 0 else "falling"


def _lean(numbers: Sequence[int]) -> int:
    """Return how many pairs rise less how many fall."""
    lean, before = 0, list[int]()
    for each in numbers:
        lower, upto = bisect_left(before, each), bisect_right(before, each)
        lean += lower - (len(before) - upto)
        before.insert(upto, each)
    return lean


def suggested(trend: Trend | None, *, less_is_hoped_for: bool) -> Achievement | None:
    """Return the word for how a goal goes that a trend suggests; the person decides."""
    if trend is None:
        return None
    return (_WHEN_LESS_IS_HOPED_FOR if less_is_hoped_for else _WHEN_MORE_IS_HOPED_FOR)[trend]
