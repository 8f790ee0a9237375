"""A goal's mark: a shape and a colour, always together, so that neither has to be seen alone.

Marks follow the order in which goals were shared, so they stay the same on every page and visit.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

SHAPES: Final = 8
"""How many outlines there are."""

HUES: Final = 8
"""How many colours there are."""


class Mark(msgspec.Struct, frozen=True):
    """What stands beside a goal's words.

    Attributes:
        shape: Number of the outline, or ``None`` for the small dot of what belongs to no goal.
        hue: Number of the colour.
    """

    shape: int | None
    hue: int


PLAIN_MARK: Final = Mark(shape=None, hue=HUES - 1)
"""Mark of what belongs to no goal."""


def mark_of_place(place: int) -> Mark:
    """Return the mark of the goal at ``place`` (from 0) in the order of sharing.

    Shape and colour together repeat only after 64 goals.
    """
    return Mark(shape=place % SHAPES, hue=(place + place // SHAPES) % HUES)


def marks_by_goal(goals: Iterable[str]) -> dict[str, Mark]:
    """Return the mark of each goal.

    Args:
        goals: Ids as text in the order in which the goals were shared.
    """
    return {goal: mark_of_place(place) for place, goal in enumerate(dict.fromkeys(goals))}
