"""How a goal goes, in one calm sentence: the words beside every chart.

A sentence states what was written down and what was hoped for. It names no shortfall, nothing in a
row, and nothing about the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from trailmark_shared.domain.periods import Per
from trailmark_shared.domain.progress import Segment
from trailmark_shared.domain.targets import Target, text_from_tenths
from trailmark_shared.domain.trends import TREND_WORDS
from trailmark_shared.words import Counted, Texts, counted, gettext, marked, marked_plural

NOTHING_YET: Final = marked("nothing yet, and that is fine")

_HOPED_FOR: Final[Mapping[Per, Counted]] = {
    "day": marked_plural("as hoped for in {met} of {n} day", "as hoped for in {met} of {n} days"),
    "week": marked_plural(
        "as hoped for in {met} of {n} week", "as hoped for in {met} of {n} weeks"
    ),
    "month": marked_plural(
        "as hoped for in {met} of {n} month", "as hoped for in {met} of {n} months"
    ),
}
_NO_WHOLE: Final[Mapping[Per, str]] = Texts(
    {
        "day": marked("no whole day yet"),
        "week": marked("no whole week yet"),
        "month": marked("no whole month yet"),
    }
)

_SO_FAR: Final[Mapping[Per, str]] = Texts(
    {
        "day": marked("{number} so far today"),
        "week": marked("{number} so far this week"),
        "month": marked("{number} so far this month"),
    }
)


def progress_sentence(segment: Segment, baseline_tenths: int | None) -> str:
    """Return how it went while one target held.

    Args:
        segment: What was computed.
        baseline_tenths: Where the person stood at the start, or ``None``.

    Returns:
        A phrase without full stop: "as hoped for in 2 of 3 weeks".
    """
    standing = _standing(segment, baseline_tenths)
    if segment.trend is None:
        return standing
    return gettext("{standing}; the numbers are {trend}").format(
        standing=standing, trend=TREND_WORDS[segment.trend]
    )


def _standing(segment: Segment, baseline_tenths: int | None) -> str:
    target = segment.target
    if target is not None and target.per is not None:
        return _counted(segment, target.per)
    numbers = [each.value_tenths for each in segment.points if each.value_tenths is not None]
    if not numbers:
        return gettext(NOTHING_YET)
    latest = gettext("the latest number is {number}").format(number=text_from_tenths(numbers[-1]))
    return _compared(latest, segment, target, baseline_tenths)


def _counted(segment: Segment, per: Per) -> str:
    if segment.told:
        return counted(_HOPED_FOR[per], segment.told, met=segment.met)
    if not segment.bars:
        return gettext(NOTHING_YET)
    if segment.so_far_tenths is None:
        return _NO_WHOLE[per]
    return _SO_FAR[per].format(number=text_from_tenths(segment.so_far_tenths))


def _compared(
    latest: str, segment: Segment, target: Target | None, baseline_tenths: int | None
) -> str:
    if target is None or target.value_tenths is None:
        return latest
    if segment.hoped_tenths is None:
        return gettext("{standing}; with a starting point it could be compared").format(
            standing=latest
        )
    hoped = text_from_tenths(segment.hoped_tenths)
    if target.kind == "reach_rating":
        return gettext("{standing}; hoped for: {number} or more").format(
            standing=latest, number=hoped
        )
    change = segment.change_percent_tenths or 0
    if not change:
        told = gettext("{standing}, the same as {start} at the start; hoped for: {number} or less")
    elif change < 0:
        told = gettext(
            "{standing}, {percent} % more than {start} at the start; hoped for: {number} or less"
        )
    else:
        told = gettext(
            "{standing}, {percent} % less than {start} at the start; hoped for: {number} or less"
        )
    return told.format(
        standing=latest,
        percent=text_from_tenths(abs(change)),
        start=text_from_tenths(baseline_tenths or 0),
        number=hoped,
    )
