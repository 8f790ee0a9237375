"""Writing what a person picked of the time before into the lane of somebody new, one by one.

Each keeps the time at which it happened. A private goal becomes at home there; of a goal that lives
with somebody else, and of everything else, the new lane gets a copy.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.carrying import Way, carry_check_in, carry_step
from trailmark_client.commands.copies import copy_excerpt, copy_note
from trailmark_client.commands.sharing import PLAINLY, share_into
from trailmark_client.commands.when import When
from trailmark_client.commands.withdrawing import brought_home
from trailmark_client.commands.written import Written
from trailmark_client.queries.documents import of_subject
from trailmark_client.queries.homes import goal_at_home, lane_of_child
from trailmark_client.queries.lanes import OpenLane
from trailmark_client.queries.picking import CLASS_BY_KIND, Pick, still_there
from trailmark_client.recorder import Recorder
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.projections.fold import DOCUMENT_TYPES

_GONE: Final = frozenset({ErrorCode.NOTHING_CHANGED, ErrorCode.NOT_FOUND})


def share_picked(
    conn: Connection, recorder: Recorder, picks: Collection[str], to: OpenLane, when: When
) -> list[Written]:
    """Share picked things with those who read a lane.

    What is gone since it was picked, and what is not of a class agreed to there, is left out.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        picks: Ids, as text.
        to: The lane.
        when: Now, as the person's clock and zone say.

    Returns:
        What was written, by pick.
    """
    found = [
        _share_or_leave(conn, recorder, pick, to, when)
        for pick in still_there(conn, picks)
        if CLASS_BY_KIND[pick.kind] in to.classes
    ]
    return [each for each in found if each is not None and each.events]


def _share_or_leave(
    conn: Connection, recorder: Recorder, pick: Pick, to: OpenLane, when: When
) -> Written | None:
    try:
        return _share(conn, recorder, pick, to, when)
    except DomainError as refused:
        if refused.code in _GONE:
            return None
        raise


def _share(conn: Connection, recorder: Recorder, pick: Pick, to: OpenLane, when: When) -> Written:
    match pick.kind:
        case "goal":
            at_home, came_back = brought_home(conn, recorder, goal_at_home(conn, pick.id), when)
            written = share_into(conn, recorder, at_home, [to], when, PLAINLY)
            return msgspec.structs.replace(written, events=(*came_back, *written.events))
        case "step" | "check_in":
            events = tuple(_carried(conn, recorder, pick, to))
        case "excerpt":
            events = copy_excerpt(conn, recorder, pick.id, to.lane).events
        case _:
            events = copy_note(conn, recorder, pick.id, to.lane).events
    return Written(kind=pick.kind, subject=pick.id, lane=to.lane, seen_by=to.names, events=events)


def _carried(conn: Connection, recorder: Recorder, pick: Pick, to: OpenLane) -> list[bytes]:
    """Write a step or check-in into a lane that shows its goal, else nothing."""
    at_home = None if pick.goal is None else goal_at_home(conn, pick.goal)
    if at_home is None or not at_home.is_shown_in(to.lane):
        return []
    lanes = of_subject(conn, pick.kind, pick.id, DOCUMENT_TYPES[pick.kind])
    others = {lane: each for lane, each in lanes.items() if lane != to.lane}
    source = lane_of_child(others, at_home.lane)
    way = Way(source=source, target=to.lane, classes=to.classes, private_too=True)
    carry = carry_step if pick.kind == "step" else carry_check_in
    return carry(conn, recorder, pick.id, way)
