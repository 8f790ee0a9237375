"""How a goal goes, in one calm sentence: the words beside every chart.

A sentence states what was written down and what was hoped for. It names no shortfall, nothing in a
row, and nothing about the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trailmark_shared.domain.progress import Segment
from trailmark_shared.domain.targets import Target, text_from_tenths
from trailmark_shared.domain.trends import TREND_WORDS

NOTHING_YET: Final = "nothing yet, and that is fine"

_PERIODS: Final[Mapping[str, tuple[str, str]]] = {
    "day": ("day", "days"),
    "week": ("week", "weeks"),
    "month": ("month", "months"),
}


def progress_sentence(segment: Segment, baseline_tenths: int | None) -> str:
    """Return how it went while one target held.

    Args:
        segment: What was computed.
        baseline_tenths: Where the person stood at the start, or ``None``.

    Returns:
        A phrase without full stop: "as hoped for in 2 of 3 weeks".
    """
    phrases = [_standing(segment, baseline_tenths)]
    if segment.trend is not None:
        phrases.append(f"the numbers are {TREND_WORDS[segment.trend]}")
    return "; ".join(phrases)


def _standing(segment: Segment, baseline_tenths: int | None) -> str:
    target = segment.target
    if target is not None and target.per is not None:
        return _counted(segment, *_PERIODS[target.per])
    numbers = [each.value_tenths for each in segment.points if each.value_tenths is not None]
    if not numbers:
        return NOTHING_YET
    latest = f"the latest number is {text_from_tenths(numbers[-1])}"
    return f"{latest}{_compared(segment, target, baseline_tenths)}"


def _counted(segment: Segment, one: str, many: str) -> str:
    if segment.told:
        periods = one if segment.told == 1 else many
        return f"as hoped for in {segment.met} of {segment.told} {periods}"
    return f"no whole {one} yet" if segment.bars else NOTHING_YET


def _compared(segment: Segment, target: Target | None, baseline_tenths: int | None) -> str:
    if target is None or target.value_tenths is None:
        return ""
    if segment.hoped_tenths is None:
        return "; with a starting point it could be compared"
    hoped = text_from_tenths(segment.hoped_tenths)
    if target.kind == "reach_rating":
        return f"; hoped for: {hoped} or more"
    start = f"{text_from_tenths(baseline_tenths or 0)} at the start"
    change = segment.change_percent_tenths or 0
    percent = f"{text_from_tenths(abs(change))} % {'more' if change < 0 else 'less'} than"
    return f", {percent if change else 'the same as'} {start}; hoped for: {hoped} or less"
