"""Which lanes a new item goes to: decided when it is written, by what was agreed, told at once.

An item lives in one lane. Where several people are to see it who do not read the same lane, the
others get the same words in theirs: what is said once never changes, so no copy falls behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.queries.homes import GoalAtHome, goal_at_home
from trailmark_client.queries.lanes import OpenLane, lanes_agreed, lanes_named, open_lanes
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import SELF, Lane
from trailmark_shared.words import gettext


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """For whom the person means one item.

    Attributes:
        private: For nobody else, whatever was or will be agreed.
        names: Only for these members, as the person typed them; none for "as agreed".
    """

    private: bool = False
    names: tuple[str, ...] = ()


AS_AGREED: Final = Choice()
"""The person said nothing: what was agreed decides."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a new item goes.

    Attributes:
        lane: Where it lives.
        others: Further lanes that get it too.
        seen_by: Names of those who will see it; empty when it stays on this device.
        wished: It goes along with its goal, which is to be shared once somebody is let in.
    """

    lane: Lane
    others: tuple[Lane, ...] = ()
    seen_by: tuple[str, ...] = ()
    wished: bool = False

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """All lanes, where it lives in front."""
        return (self.lane, *self.others)


PRIVATE: Final = Place(lane=SELF)

_GO_ALONG: Final = frozenset({"check_ins", "steps"})
"""What follows a goal into the lane that it is shared into."""


def place_of_child(
    conn: Connection, goal: bytes, agreed_class: str, day: str, choice: Choice = AS_AGREED
) -> Place:
    """Return where a new step, check-in, win or setback of a goal goes.

    Args:
        conn: The store.
        goal: The goal it belongs to.
        agreed_class: The class that must have been agreed to, of ``domain.consent``.
        day: The person's local date.
        choice: For whom.

    Returns:
        As agreed, the lane where the goal is at home if its class was agreed to there, else
        ``self``: a private goal never shows through what hangs under it. Where the person named
        somebody, the goal's home if they read that, else ``self``, and the lanes of the others.

    Raises:
        DomainError: ``not_found``: no lane knows the goal, or nobody is called that;
            ``ambiguous_id``, ``not_agreed``; ``not_shared``: somebody named does not see the goal.
    """
    return place_under(conn, goal_at_home(conn, goal), agreed_class, day, choice)


def place_under(
    conn: Connection, at_home: GoalAtHome, agreed_class: str, day: str, choice: Choice
) -> Place:
    """Do what ``place_of_child`` does, for a goal that was read already."""
    if choice.private:
        return PRIVATE
    if not choice.names:
        home = [each for each in open_lanes(conn, day) if each.lane == at_home.lane]
        agreed = [each for each in home if agreed_class in each.classes]
        if agreed:
            return _place(at_home.lane, agreed)
        is_wished = at_home.document.wish is not None and agreed_class in _GO_ALONG
        return msgspec.structs.replace(PRIVATE, wished=is_wished)
    named = lanes_named(conn, day, choice.names, agreed_class)
    if any(not at_home.is_shown_in(each.lane) for each in named):
        raise DomainError(
            ErrorCode.NOT_SHARED,
            gettext("they do not see that goal; share the goal with them first"),
        )
    is_at_home = any(each.lane == at_home.lane for each in named)
    return _place(at_home.lane if is_at_home else SELF, named)


def place_of_note(
    conn: Connection, goal: bytes | None, day: str, choice: Choice = AS_AGREED
) -> Place:
    """Return where a win or setback goes, which may stand beside no goal at all.

    Without a goal and without a name it goes to everybody with whom its class was agreed.

    Raises:
        DomainError: As ``place_of_child``.
    """
    if goal is not None:
        return place_of_child(conn, goal, "wins_setbacks", day, choice)
    if choice.private:
        return PRIVATE
    if choice.names:
        lanes = lanes_named(conn, day, choice.names, "wins_setbacks")
    else:
        lanes = lanes_agreed(conn, day, "wins_setbacks")
    return _place(lanes[0].lane, lanes) if lanes else PRIVATE


def _place(home: Lane, lanes: Sequence[OpenLane]) -> Place:
    return Place(
        lane=home,
        others=tuple(each.lane for each in lanes if each.lane != home),
        seen_by=tuple(dict.fromkeys(name for each in lanes for name in each.names)),
    )
