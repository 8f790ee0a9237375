"""Which lane a new item goes to: decided when it is written, by what was agreed, told at once."""

from __future__ import annotations

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.homes import goal_at_home
from trailmark_client.queries.lanes import open_lanes
from trailmark_shared.ids import SELF, Lane


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a new item goes.

    Attributes:
        lane: The lane.
        seen_by: Names of those who will see it; empty when it stays on this device.
    """

    lane: Lane
    seen_by: tuple[str, ...] = ()


PRIVATE = Place(lane=SELF)


def place_of_child(conn: Connection, goal: bytes, agreed_class: str, day: str) -> Place:
    """Return where a new step, check-in, win or setback of a goal goes.

    Args:
        conn: The store.
        goal: The goal it belongs to.
        agreed_class: The class that must have been agreed to, of ``domain.consent``.
        day: The person's local date.

    Returns:
        The lane where the goal is at home if its class was agreed to there, else ``self``: a
        private goal never shows through what hangs under it.

    Raises:
        DomainError: ``not_found``: no lane knows the goal.
    """
    lane = goal_at_home(conn, goal).lane
    for each in open_lanes(conn, day):
        if each.lane == lane and agreed_class in each.classes:
            return Place(lane=lane, seen_by=each.names)
    return PRIVATE


def place_of_note(conn: Connection, goal: bytes | None, day: str, *, private: bool) -> Place:
    """Return where a win or setback goes, which may stand beside no goal at all.

    Raises:
        DomainError: ``not_found``: no lane knows the goal.
    """
    if private:
        return PRIVATE
    if goal is not None:
        return place_of_child(conn, goal, "wins_setbacks", day)
    for each in open_lanes(conn, day):
        if "wins_setbacks" in each.classes:
            return Place(lane=each.lane, seen_by=each.names)
    return PRIVATE
