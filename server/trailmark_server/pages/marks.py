"""A goal's mark: a shape and a colour, always together, so that neither has to be seen alone.

Marks follow the order in which goals were shared, so they stay the same on every page and visit.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

_PATHS: Final = (
    "M8 1.2a6.8 6.8 0 1 1 0 13.6A6.8 6.8 0 0 1 8 1.2z",  # circle
    "M8 .6 15.4 8 8 15.4.6 8z",  # diamond
    "M3 1.8h10A1.2 1.2 0 0 1 14.2 3v10a1.2 1.2 0 0 1-1.2 1.2H3A1.2 1.2 0 0 1 1.8 13V3A1.2 1.2 0 0 1 3 1.8z",  # noqa: E501 square
    "M8 1.2 15.4 14.6H.6z",  # triangle
    "M8 .8 14.4 4.4v7.2L8 15.2 1.6 11.6V4.4z",  # hexagon
    "M5.8 1.2h4.4v4.6h4.6v4.4h-4.6v4.6H5.8v-4.6H1.2V5.8h4.6z",  # cross
    "M8 .6c4 4.4 5.6 6.6 5.6 9a5.6 5.6 0 0 1-11.2 0C2.4 7.2 4 5 8 .6z",  # drop
    "M8 .8l2.1 4.7 5.1.5-3.8 3.4 1.1 5L8 11.8l-4.5 2.6 1.1-5L.8 6l5.1-.5z",  # star
)
"""Outlines in a box of 16 by 16."""

HUES: Final = 8
"""Colours of the style sheet, ``hue-0`` to ``hue-7``."""

_NOTE: Final = "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6z"


class Mark(msgspec.Struct, frozen=True):
    """What stands beside a goal's words.

    Attributes:
        path: Outline of the shape.
        hue: Number of the colour.
    """

    path: str
    hue: int


PLAIN_MARK: Final = Mark(path=_NOTE, hue=HUES - 1)
"""Mark of what belongs to no goal: a small dot."""


def mark_of_place(place: int) -> Mark:
    """Return the mark of the goal at ``place`` (from 0) in the order of sharing.

    Shape and colour together repeat only after 64 goals.
    """
    shapes = len(_PATHS)
    return Mark(path=_PATHS[place % shapes], hue=(place + place // shapes) % HUES)


def marks_by_goal(goals: Iterable[str]) -> dict[str, Mark]:
    """Return the mark of each goal.

    Args:
        goals: Ids as text in the order in which the goals were shared.
    """
    return {goal: mark_of_place(place) for place, goal in enumerate(dict.fromkeys(goals))}
