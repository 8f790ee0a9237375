"""Taking a goal back: it comes home, and what others were given of it is named and taken away.

``goal_withdrawn`` in the shared lane and ``goal_kept`` in ``self`` are written in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.answers import close_proposals
from trailmark_client.commands.carrying import Way, carry_children
from trailmark_client.commands.copies import take_copy_back
from trailmark_client.commands.fields import HOME_FIELDS, base_of_fields, goal_fields
from trailmark_client.commands.when import When
from trailmark_client.commands.written import Written
from trailmark_client.queries.homes import GoalAtHome, goal_at_home
from trailmark_client.queries.lanes import everybody_who_sees, is_open, lanes_named
from trailmark_client.recorder import Recorder
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events import goals
from trailmark_shared.ids import SELF, Lane, id_from_text
from trailmark_shared.words import gettext


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
    events = bring_home(conn, recorder, at_home, when)
    return goal_at_home(conn, at_home.id), events


def withdraw_goal(conn: Connection, recorder: Recorder, goal: bytes, when: When) -> Written:
    """Take a shared goal back from everybody: it is written on the person's devices only.

    Copies that others were given are taken back, too.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        goal: The goal.
        when: Now, as the person's clock and zone say.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_shared``: nobody else sees it.
    """
    at_home = goal_at_home(conn, goal)
    events: list[bytes] = []
    if at_home.lane != SELF:
        events += bring_home(conn, recorder, at_home, when)
    for lane in at_home.copied_into:
        events += _take_copy_back(conn, recorder, goal, lane, when)
    if not events:
        raise DomainError(ErrorCode.NOT_SHARED, gettext("this goal is not shared"))
    return Written(kind="goal", subject=goal, lane=SELF, seen_by=(), events=tuple(events))


def withdraw_from_members(
    conn: Connection, recorder: Recorder, goal: bytes, names: Sequence[str], when: When
) -> Written:
    """Take a shared goal back from some; whoever reads another lane goes on seeing it there.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        goal: The goal.
        names: From whom, as the person typed it.
        when: Now, as the person's clock and zone say.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_shared``: they do not see it; ``not_found``, ``ambiguous_id``.
    """
    events: list[bytes] = []
    for lane in lanes_named(conn, when.day, names, None):
        at_home = goal_at_home(conn, goal)
        if lane.lane in {at_home.lane, *at_home.home.also}:
            events += bring_home(conn, recorder, at_home, when)
        else:
            events += _take_copy_back(conn, recorder, goal, lane.lane, when)
    at_home = goal_at_home(conn, goal)
    return Written(
        kind="goal",
        subject=goal,
        lane=at_home.lane,
        seen_by=tuple(everybody_who_sees(conn, at_home, when.day)),
        events=tuple(events),
    )


def bring_home(
    conn: Connection, recorder: Recorder, at_home: GoalAtHome, when: When
) -> tuple[bytes, ...]:
    """Make a shared goal at home on the person's devices; copies elsewhere stay as they are.

    Returns:
        Ids of the events, in order.
    """
    events = [
        event
        for lane in (at_home.lane, *at_home.home.also)
        for event in withdraw_from(conn, recorder, at_home, lane, when)
    ]
    fields: dict[str, Any] = {**goal_fields(at_home.document), "rank": at_home.own_place}
    kept = goals.GoalKept(**fields)
    base = _reached_in_self(conn, recorder, at_home)
    events.append(recorder.record(conn, SELF, at_home.id, kept, when=when, base=base).id)
    everything = frozenset({"steps", "check_ins"})
    back = Way(source=at_home.lane, target=SELF, classes=everything, check_ins_since=0)
    return (*events, *carry_children(conn, recorder, at_home.id, back))


def withdraw_from(
    conn: Connection, recorder: Recorder, at_home: GoalAtHome, lane: Lane, when: When
) -> tuple[bytes, ...]:
    """Take a goal out of one lane where it is at home, and close what was proposed about it there.

    Returns:
        Ids of the events, in order.
    """
    live = tuple(
        each.event
        for each in at_home.copies[lane].shares
        if not each.is_copy and each.withdrawn_at is None
    )
    base = recorder.base_of(conn, lane, at_home.id, "home")
    data = goals.GoalWithdrawn(shares=live)
    closed = close_proposals(conn, recorder, at_home.id, lane, when)
    return (*closed, recorder.record(conn, lane, at_home.id, data, when=when, base=base).id)


def _take_copy_back(
    conn: Connection, recorder: Recorder, goal: bytes, lane: Lane, when: When
) -> tuple[bytes, ...]:
    """Take a copy out of a lane, and close what was proposed about it there."""
    taken = take_copy_back(conn, recorder, "goal", goal, lane).events
    return (*close_proposals(conn, recorder, goal, lane, when), *taken)


def _reached_in_self(
    conn: Connection, recorder: Recorder, at_home: GoalAtHome
) -> tuple[bytes, ...]:
    """Name what moved out, not what was left behind: that stays visible beside what came back."""
    left = {id_from_text(each) for each in at_home.home.left_behind}
    own = at_home.copies.get(SELF)
    named = dict.fromkeys(base_of_fields(conn, recorder, SELF, at_home.id, HOME_FIELDS))
    named.update((id_from_text(each.event), None) for each in (own.moves if own else ()))
    return tuple(each for each in named if each not in left)
