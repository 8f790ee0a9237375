"""Where a goal is at home, and what was written in the old home before the move was known.

A goal is at home in the lane that holds a ``goal_shared`` of it with a body that no
``goal_withdrawn`` names; otherwise in ``self``. Every other lane holds frozen copies. One lane
alone cannot know this: a ``goal_shared`` may have been refused, so all of them are asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from trailmark_shared.ids import SELF, Lane


class ShareView(Protocol):
    """A ``goal_shared`` as a lane's document tells of it."""

    @property
    def event(self) -> str:
        """Id of the ``goal_shared``."""
        ...

    @property
    def shared_at(self) -> int:
        """When, milliseconds UTC."""
        ...

    @property
    def is_copy(self) -> bool:
        """Whether it is a frozen copy from the start."""
        ...

    @property
    def withdrawn_at(self) -> int | None:
        """When it was taken back."""
        ...


class MoveView(Protocol):
    """A ``goal_moved`` as a lane's document tells of it."""

    @property
    def shared(self) -> str:
        """Id of the ``goal_shared`` that it points to."""
        ...

    @property
    def left_behind(self) -> Sequence[str]:
        """Setters that the move does not reach."""
        ...


class GoalView(Protocol):
    """What this rule reads of a goal document."""

    @property
    def shares(self) -> Sequence[ShareView]:
        """Every ``goal_shared`` of the lane."""
        ...

    @property
    def moves(self) -> Sequence[MoveView]:
        """Every ``goal_moved`` of the lane."""
        ...


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """Where a goal is at home.

    Attributes:
        lane: The lane to write to.
        also: Other lanes that hold an open ``goal_shared``: two devices shared at once.
        left_behind: Setters in ``self`` that no move to an open ``goal_shared`` reaches: "written
            before you shared this: share it too?".
    """

    lane: Lane
    also: tuple[Lane, ...] = ()
    left_behind: tuple[str, ...] = ()


def home_of(goals: Mapping[str, GoalView]) -> Home:
    """Return where a goal is at home.

    Args:
        goals: The documents of one goal, by lane.

    Returns:
        The home; where several lanes hold an open ``goal_shared``, the one shared first.
    """
    opened = {
        lane: [each for each in goal.shares if not each.is_copy and each.withdrawn_at is None]
        for lane, goal in goals.items()
        if lane != SELF
    }
    lanes = sorted(
        (min(each.shared_at for each in shares), lane) for lane, shares in opened.items() if shares
    )
    if not lanes:
        return Home(lane=SELF)
    live = {each.event for shares in opened.values() for each in shares}
    return Home(
        lane=Lane(lanes[0][1]),
        also=tuple(Lane(lane) for _, lane in lanes[1:]),
        left_behind=_left_behind(goals.get(SELF), live),
    )


def _left_behind(own: GoalView | None, live: set[str]) -> tuple[str, ...]:
    """The setters that every move with a live ``goal_shared`` misses."""
    moves = [each for each in (own.moves if own else ()) if each.shared in live]
    if not moves:
        return ()
    return tuple(
        sorted(
            event
            for event in moves[0].left_behind
            if all(event in each.left_behind for each in moves)
        )
    )
