"""Sharing a goal: it changes its home, nothing is flipped in place.

``goal_shared`` in the shared lane and ``goal_moved`` in ``self`` are written in one transaction. A
goal has one home; every further lane gets a frozen copy, which sharing again brings up to date.
What was written in ``self`` before this device knew of the move stays there; sharing again carries
it over. Taking back is in ``withdrawing``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.carrying import Way, carry_children
from trailmark_client.commands.copies import copy_goal
from trailmark_client.commands.fields import HOME_FIELDS, base_of_fields, goal_fields
from trailmark_client.commands.when import When
from trailmark_client.commands.withdrawing import brought_home
from trailmark_client.commands.written import Written
from trailmark_client.queries.homes import GoalAtHome, goal_at_home
from trailmark_client.queries.lanes import OpenLane, lanes_meant, open_lanes
from trailmark_client.queries.shown import place_told
from trailmark_client.recorder import Recorder
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events import goals
from trailmark_shared.events.registry import WHOLE_GOAL
from trailmark_shared.events.sharing import SharingWished, SharingWishSettled
from trailmark_shared.ids import SELF, Lane, text_from_id
from trailmark_shared.projections.goal import GoalDocument
from trailmark_shared.words import gettext


class Sharing(msgspec.Struct, frozen=True, kw_only=True):
    """How a goal is to be shared.

    Attributes:
        names: With whom, as the person typed it; none for the one circle of care that there is.
        check_ins_since: Check-ins recorded from here on follow, milliseconds UTC; ``None`` for
            none.
    """

    names: tuple[str, ...] = ()
    check_ins_since: int | None = None


PLAINLY: Final = Sharing()
"""With whoever is let in; the check-ins from before stay private."""


def share_goal(
    conn: Connection, recorder: Recorder, goal: bytes, when: When, how: Sharing = PLAINLY
) -> Written:
    """Share a goal with those let in, or keep the wish until somebody is.

    Steps follow where the person agreed to share steps. Check-ins from before stay private unless
    they are asked for; all keep the time at which they happened.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        goal: The goal.
        when: Now, as the person's clock and zone say.
        how: With whom, and what follows.

    Returns:
        What was written; ``wished`` where nobody is let in yet.

    Raises:
        DomainError: ``nothing_changed``: it is shared already and nothing was left behind, or it is
            wished already; ``ambiguous_id``: several circles of care and none was named;
            ``not_agreed``; ``not_found``: nobody is called that.
    """
    at_home, came_back = brought_home(conn, recorder, goal_at_home(conn, goal), when)
    if at_home.lane != SELF and not how.names:
        written = _share_left_behind(conn, recorder, at_home, when)
    elif lanes := lanes_meant(conn, when.day, how.names, "goals"):
        written = share_into(conn, recorder, at_home, lanes, when, how)
    else:
        written = _wish(conn, recorder, at_home, when)
    return msgspec.structs.replace(written, events=(*came_back, *written.events))


def share_into(
    conn: Connection,
    recorder: Recorder,
    at_home: GoalAtHome,
    lanes: Sequence[OpenLane],
    when: When,
    how: Sharing,
) -> Written:
    """Make a private goal at home in the first of ``lanes``, and show it in all of them.

    Returns:
        What was written.

    Raises:
        DomainError: ``nothing_changed``: each of them shows just this already.
    """
    events: list[bytes] = []
    for each in lanes:
        if at_home.lane == SELF:
            events += _move_to(conn, recorder, at_home, each, when, how)
        elif each.lane == at_home.lane:
            events += _carried_over(conn, recorder, at_home, when)
        else:
            events += _copy_to(conn, recorder, at_home, each, how)
        at_home = goal_at_home(conn, at_home.id)
    if not events:
        raise DomainError(
            ErrorCode.NOTHING_CHANGED, gettext("it is shared already, just as it is now")
        )
    events += _settle_wish(conn, recorder, at_home, when)
    return Written(
        kind="goal",
        subject=at_home.id,
        lane=at_home.lane,
        seen_by=tuple(dict.fromkeys(name for each in lanes for name in each.names)),
        events=tuple(events),
    )


def _wish(conn: Connection, recorder: Recorder, at_home: GoalAtHome, when: When) -> Written:
    if at_home.document.wish is not None:
        raise DomainError(
            ErrorCode.NOTHING_CHANGED,
            gettext("it is to be shared already, as soon as somebody is let in"),
        )
    base = recorder.base_of(conn, SELF, at_home.id, "wish")
    wish = SharingWished(what="goal")
    event = recorder.record(conn, SELF, at_home.id, wish, when=when, base=base)
    return Written(
        kind="goal", subject=at_home.id, lane=SELF, seen_by=(), events=(event.id,), wished=True
    )


def _settle_wish(
    conn: Connection, recorder: Recorder, at_home: GoalAtHome, when: When
) -> list[bytes]:
    own = at_home.copies.get(SELF)
    if own is None or own.wish is None:
        return []
    settled = SharingWishSettled(outcome="shared", lane=at_home.lane)
    base = recorder.base_of(conn, SELF, at_home.id, "wish")
    return [recorder.record(conn, SELF, at_home.id, settled, when=when, base=base).id]


def _move_to(
    conn: Connection,
    recorder: Recorder,
    at_home: GoalAtHome,
    to: OpenLane,
    when: When,
    how: Sharing,
) -> list[bytes]:
    share = NewShare(
        lane=to.lane, data=shared_goal(conn, to.lane, at_home.id, goal_fields(at_home.document))
    )
    events = record_share(conn, recorder, at_home.id, share, when)
    since = how.check_ins_since
    way = Way(source=SELF, target=to.lane, classes=to.classes, check_ins_since=since)
    return events + carry_children(conn, recorder, at_home.id, way)


def _copy_to(
    conn: Connection, recorder: Recorder, at_home: GoalAtHome, to: OpenLane, how: Sharing
) -> list[bytes]:
    """Write a frozen copy, or bring it up to date; steps and check-ins follow as they stand."""
    events: list[bytes] = []
    try:
        events += copy_goal(conn, recorder, at_home.id, to.lane).events
    except DomainError as refused:
        if refused.code != ErrorCode.NOTHING_CHANGED:
            raise
    since = how.check_ins_since
    way = Way(source=at_home.lane, target=to.lane, classes=to.classes, check_ins_since=since)
    return events + carry_children(conn, recorder, at_home.id, way)


def shared_goal(
    conn: Connection, lane: Lane, goal: bytes, fields: Mapping[str, Any]
) -> goals.GoalShared:
    """Return what a lane is told of a goal: all of it, but no place that tells of other goals."""
    told: dict[str, Any] = {**fields, "rank": place_told(conn, lane, goal, fields.get("rank"))}
    return goals.GoalShared(**told)


class NewShare(msgspec.Struct, frozen=True, kw_only=True):
    """What is written into a shared lane.

    Attributes:
        lane: The lane.
        data: The goal.
        cause: The proposal that it carries out, if any.
    """

    lane: Lane
    data: goals.GoalShared
    cause: bytes | None = None


def record_share(
    conn: Connection, recorder: Recorder, goal: bytes, share: NewShare, when: When
) -> list[bytes]:
    """Let a goal move from ``self`` into a shared lane.

    Returns:
        Ids of the ``goal_shared`` there and of the ``goal_moved`` here.
    """
    lane = share.lane
    base = base_of_fields(conn, recorder, lane, goal, HOME_FIELDS)
    shared = recorder.record(conn, lane, goal, share.data, when=when, base=base, cause=share.cause)
    moved = goals.GoalMoved(lane=lane, shared=text_from_id(shared.id))
    own = base_of_fields(conn, recorder, SELF, goal, HOME_FIELDS)
    event = recorder.record(conn, SELF, goal, moved, when=when, base=own)
    return [shared.id, event.id]


def _share_left_behind(
    conn: Connection, recorder: Recorder, at_home: GoalAtHome, when: When
) -> Written:
    events = _carried_over(conn, recorder, at_home, when)
    if not events:
        raise DomainError(ErrorCode.NOTHING_CHANGED, gettext("it is shared already"))
    names = {each.lane: each.names for each in open_lanes(conn, when.day)}
    return Written(
        kind="goal",
        subject=at_home.id,
        lane=at_home.lane,
        seen_by=names.get(at_home.lane, ()),
        events=tuple(events),
    )


def _carried_over(
    conn: Connection, recorder: Recorder, at_home: GoalAtHome, when: When
) -> list[bytes]:
    """Write what was left behind in ``self`` into the goal's home; nothing where nothing was."""
    own = at_home.copies.get(SELF)
    if own is None or not at_home.home.left_behind:
        return []
    fields = goal_fields(at_home.document) | _fields_set_by(own, at_home.home.left_behind)
    data = shared_goal(conn, at_home.lane, at_home.id, fields)
    share = NewShare(lane=at_home.lane, data=data)
    return record_share(conn, recorder, at_home.id, share, when)


def _fields_set_by(document: GoalDocument, events: Iterable[str]) -> dict[str, Any]:
    wanted = set(events)
    found: dict[str, Any] = {}
    for name in WHOLE_GOAL:
        for each in getattr(document, name).values:
            if each.event in wanted:
                found.setdefault(name, each.value)
    return found
