"""Sharing a goal and taking it back: the goal changes its home, nothing is flipped in place.

``goal_shared`` in the shared lane and ``goal_moved`` in ``self`` are written in one transaction,
and so are ``goal_withdrawn`` and ``goal_kept``. What was written in ``self`` before this device
knew of the move stays there; sharing again carries it over.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.carrying import Way, carry_children
from trailmark_client.commands.fields import base_of_fields
from trailmark_client.commands.when import When
from trailmark_client.commands.written import Written
from trailmark_client.queries.homes import GoalAtHome, goal_at_home
from trailmark_client.queries.lanes import OpenLane, is_open, open_lanes
from trailmark_client.recorder import Recorder
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events import goals
from trailmark_shared.events.registry import WHOLE_GOAL
from trailmark_shared.events.sharing import SharingWished
from trailmark_shared.ids import SELF, Lane, id_from_text, text_from_id
from trailmark_shared.projections.goal import GoalDocument

_HOME_FIELDS: Final = (*WHOLE_GOAL, "home")


def share_goal(
    conn: Connection,
    recorder: Recorder,
    goal: bytes,
    when: When,
    *,
    check_ins_since: int | None = None,
) -> Written:
    """Share a goal with those let in, or keep the wish until somebody is.

    Steps follow where the person agreed to share steps. Check-ins from before stay private unless
    they are asked for; all keep the time at which they happened.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        goal: The goal.
        when: Now, as the person's clock and zone say.
        check_ins_since: Check-ins recorded from here on follow, milliseconds UTC, if any.

    Returns:
        What was written; ``wished`` where nobody is let in yet.

    Raises:
        DomainError: ``nothing_changed``: it is shared already and nothing was left behind, or it is
            wished already.
    """
    at_home, came_back = brought_home(conn, recorder, goal_at_home(conn, goal), when)
    if at_home.lane != SELF:
        return _share_left_behind(conn, recorder, at_home, when)
    lanes = open_lanes(conn, when.day)
    written = (
        _move_to(conn, recorder, at_home, lanes[0], when, check_ins_since)
        if lanes
        else _wish(conn, recorder, at_home, when)
    )
    return msgspec.structs.replace(written, events=(*came_back, *written.events))


def _wish(conn: Connection, recorder: Recorder, at_home: GoalAtHome, when: When) -> Written:
    if at_home.document.wish is not None:
        raise DomainError(
            ErrorCode.NOTHING_CHANGED, "it is to be shared already, as soon as somebody is let in"
        )
    base = recorder.base_of(conn, SELF, at_home.id, "wish")
    wish = SharingWished(what="goal")
    event = recorder.record(conn, SELF, at_home.id, wish, when=when, base=base)
    return Written(
        kind="goal", subject=at_home.id, lane=SELF, seen_by=(), events=(event.id,), wished=True
    )


def _move_to(
    conn: Connection,
    recorder: Recorder,
    at_home: GoalAtHome,
    to: OpenLane,
    when: When,
    check_ins_since: int | None,
) -> Written:
    data = goals.GoalShared(**goal_fields(at_home.document))
    events = _record_share(conn, recorder, at_home.id, to.lane, data, when)
    way = Way(source=SELF, target=to.lane, classes=to.classes, check_ins_since=check_ins_since)
    events += carry_children(conn, recorder, at_home.id, way)
    return Written(
        kind="goal", subject=at_home.id, lane=to.lane, seen_by=to.names, events=tuple(events)
    )


def _record_share(
    conn: Connection,
    recorder: Recorder,
    goal: bytes,
    lane: Lane,
    data: goals.GoalShared,
    when: When,
) -> list[bytes]:
    base = base_of_fields(conn, recorder, lane, goal, _HOME_FIELDS)
    shared = recorder.record(conn, lane, goal, data, when=when, base=base)
    moved = goals.GoalMoved(lane=lane, shared=text_from_id(shared.id))
    own = base_of_fields(conn, recorder, SELF, goal, _HOME_FIELDS)
    event = recorder.record(conn, SELF, goal, moved, when=when, base=own)
    return [shared.id, event.id]


def _share_left_behind(
    conn: Connection, recorder: Recorder, at_home: GoalAtHome, when: When
) -> Written:
    own = at_home.copies.get(SELF)
    if own is None or not at_home.home.left_behind:
        raise DomainError(ErrorCode.NOTHING_CHANGED, "it is shared already")
    fields = goal_fields(at_home.document) | _fields_set_by(own, at_home.home.left_behind)
    data = goals.GoalShared(**fields)
    events = _record_share(conn, recorder, at_home.id, at_home.lane, data, when)
    names = {each.lane: each.names for each in open_lanes(conn, when.day)}
    return Written(
        kind="goal",
        subject=at_home.id,
        lane=at_home.lane,
        seen_by=names.get(at_home.lane, ()),
        events=tuple(events),
    )


def brought_home(
    conn: Connection, recorder: Recorder, at_home: GoalAtHome, when: When
) -> tuple[GoalAtHome, tuple[bytes, ...]]:
    """Take a goal back that is at home where nobody is let in any more.

    A grant runs out or is revoked on another device without a word about goals; what is written
    from then on stays with the person.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        at_home: The goal.
        when: Now, as the person's clock and zone say.

    Returns:
        The goal where it is to be written, and ids of the events that brought it there, if any.
    """
    if at_home.lane == SELF or is_open(conn, at_home.lane, when.day):
        return at_home, ()
    written = withdraw_goal(conn, recorder, at_home.id, when)
    return goal_at_home(conn, at_home.id), written.events


def withdraw_goal(conn: Connection, recorder: Recorder, goal: bytes, when: When) -> Written:
    """Take a shared goal back: from now on it is written on the person's devices only.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        goal: The goal.
        when: Now, as the person's clock and zone say.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_shared``: it is at home on this device.
    """
    at_home = goal_at_home(conn, goal)
    if at_home.lane == SELF:
        raise DomainError(ErrorCode.NOT_SHARED, "this goal is not shared")
    events = [
        withdraw_from(conn, recorder, at_home, lane, when)
        for lane in (at_home.lane, *at_home.home.also)
    ]
    kept = goals.GoalKept(**goal_fields(at_home.document))
    base = _reached_in_self(conn, recorder, at_home)
    events.append(recorder.record(conn, SELF, goal, kept, when=when, base=base).id)
    everything = frozenset({"steps", "check_ins"})
    back = Way(source=at_home.lane, target=SELF, classes=everything, check_ins_since=0)
    events += carry_children(conn, recorder, goal, back)
    return Written(kind="goal", subject=goal, lane=SELF, seen_by=(), events=tuple(events))


def withdraw_from(
    conn: Connection, recorder: Recorder, at_home: GoalAtHome, lane: Lane, when: When
) -> bytes:
    """Take a goal out of one lane, and return the id of the event."""
    live = tuple(
        each.event
        for each in at_home.copies[lane].shares
        if not each.is_copy and each.withdrawn_at is None
    )
    base = recorder.base_of(conn, lane, at_home.id, "home")
    data = goals.GoalWithdrawn(shares=live)
    return recorder.record(conn, lane, at_home.id, data, when=when, base=base).id


def _reached_in_self(
    conn: Connection, recorder: Recorder, at_home: GoalAtHome
) -> tuple[bytes, ...]:
    """Name what moved out, not what was left behind: that stays visible beside what came back."""
    left = {id_from_text(each) for each in at_home.home.left_behind}
    own = at_home.copies.get(SELF)
    named = dict.fromkeys(base_of_fields(conn, recorder, SELF, at_home.id, _HOME_FIELDS))
    named.update((id_from_text(each.event), None) for each in (own.moves if own else ()))
    return tuple(each for each in named if each not in left)


def goal_fields(document: GoalDocument) -> dict[str, Any]:
    """Return the values of a whole goal as they are shown, without those that are not set."""
    values = {name: getattr(document, name).value for name in WHOLE_GOAL}
    return {name: value for name, value in values.items() if value is not None}


def _fields_set_by(document: GoalDocument, events: Iterable[str]) -> dict[str, Any]:
    wanted = set(events)
    found: dict[str, Any] = {}
    for name in WHOLE_GOAL:
        for each in getattr(document, name).values:
            if each.event in wanted:
                found.setdefault(name, each.value)
    return found
