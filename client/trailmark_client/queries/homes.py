"""Where things are at home: the lane whose copy is the living one."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.documents import documents, of_subject
from trailmark_shared.domain.home import Home, home_of
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import SELF, Lane
from trailmark_shared.projections.goal import GoalDocument, is_shown
from trailmark_shared.words import gettext


class GoalAtHome(msgspec.Struct, frozen=True, kw_only=True):
    """A goal with the lane where it lives.

    Attributes:
        id: The goal.
        home: Where it lives, and what was left behind elsewhere.
        document: The goal as that lane knows it.
        copies: The goal as each lane knows it.
    """

    id: bytes
    home: Home
    document: GoalDocument
    copies: Mapping[Lane, GoalDocument]

    @property
    def lane(self) -> Lane:
        """The lane to write to."""
        return self.home.lane

    @property
    def own_place(self) -> int | None:
        """Its place in the person's own order; sharing a goal may leave it untold there."""
        field, own = self.document.rank, self.copies.get(SELF)
        shares = {each.event for each in self.document.shares}
        is_told = field.value is not None or not {each.event for each in field.values} <= shares
        if own is None or is_told:
            return field.value
        return own.rank.value

    def is_shown_in(self, lane: Lane) -> bool:
        """Say whether a lane shows the goal now: where it is at home, or as a copy."""
        there = self.copies.get(lane)
        return there is not None and is_shown(there)

    @property
    def copied_into(self) -> list[Lane]:
        """Lanes that show a frozen copy of the goal."""
        homes = {self.lane, *self.home.also}
        return sorted(lane for lane in self.copies if lane not in homes and self.is_shown_in(lane))


def goal_at_home(conn: Connection, goal: bytes) -> GoalAtHome:
    """Return a goal with the lane where it lives.

    Raises:
        DomainError: ``not_found``: it does not live on this device.
    """
    found = _at_home(goal, of_subject(conn, "goal", goal, GoalDocument))
    if found is None:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("there is no such goal on this device"))
    return found


def goals_at_home(conn: Connection) -> list[GoalAtHome]:
    """Return every goal that lives on this device, the one written first in front.

    One that was taken back into a ``self`` which another device keeps for itself is not among them.
    """
    found = [_at_home(goal, copies) for goal, copies in goal_copies(conn).items()]
    goals = [each for each in found if each is not None]
    return sorted(goals, key=lambda each: (_created_at(each.copies), each.id))


def goal_copies(conn: Connection) -> dict[bytes, dict[Lane, GoalDocument]]:
    """Return every goal as each lane knows it, wherever it lives."""
    copies: dict[bytes, dict[Lane, GoalDocument]] = {}
    for held in documents(conn, "goal", GoalDocument):
        copies.setdefault(held.subject, {})[held.lane] = held.document
    return copies


def _at_home(goal: bytes, copies: Mapping[Lane, GoalDocument]) -> GoalAtHome | None:
    home = home_of({str(lane): each for lane, each in copies.items()})
    document = copies.get(home.lane)
    if document is None:
        return None
    return GoalAtHome(id=goal, home=home, document=document, copies=copies)


def _created_at(copies: Mapping[Lane, GoalDocument]) -> int:
    return min(each.created_at for each in copies.values())


def lane_of_child(lanes: Mapping[Lane, object], goal_lane: Lane) -> Lane:
    """Return where a step or check-in lives: beside its goal if it is there, else in ``self``.

    Args:
        lanes: What each lane knows of it, by lane.
        goal_lane: Where its goal lives.

    Raises:
        DomainError: ``not_found``: neither lane knows it.
    """
    for lane in (goal_lane, SELF):
        if lane in lanes:
            return lane
    raise DomainError(ErrorCode.NOT_FOUND, gettext("there is no such entry on this device"))
