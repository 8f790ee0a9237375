"""Marks of a chart where something changed, named so that no two names run into each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from trailmark_shared.projections.chart import Mark, Moment

NAME_WIDTH: Final = 8.0
"""Percent that the name of a mark takes on a narrow screen."""


def marks_of(placed: Sequence[tuple[float, Moment]]) -> Iterator[Mark]:
    """Yield the marks of moments, numbered from one.

    Args:
        placed: Each moment behind its place in percent, the earliest first.
    """
    names = dict(_names([x for x, _ in placed]))
    for index, (x, each) in enumerate(placed):
        name, name_x = names.get(index, ("", x))
        yield Mark(x=x, number=index + 1, name=name, name_x=name_x, day=each.day, words=each.words)


def _names(places: Sequence[float]) -> Iterator[tuple[int, tuple[str, float]]]:
    """Yield the first of marks that stand together, with the name of all and the place of it."""
    first = 0
    for index, x in enumerate(places):
        if index + 1 < len(places) and places[index + 1] - x < NAME_WIDTH:
            continue
        name = str(first + 1) if first == index else f"{first + 1}\N{EN DASH}{index + 1}"
        yield first, (name, round((places[first] + x) / 2, 2))
        first = index + 1
