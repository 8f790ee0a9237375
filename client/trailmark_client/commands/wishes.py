"""Wishes to share, carried out once somebody is let in."""

from __future__ import annotations

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.reflections import Chosen, write_excerpt
from trailmark_client.commands.sharing import share_goal
from trailmark_client.commands.when import When
from trailmark_client.commands.written import Written
from trailmark_client.queries.homes import goal_at_home
from trailmark_client.queries.lanes import OpenLane, is_open, open_lanes
from trailmark_client.queries.wishes import OpenWish, open_wishes
from trailmark_client.recorder import Recorder
from trailmark_shared.events.sharing import SharingWishSettled
from trailmark_shared.ids import SELF, text_from_id


def carry_out_wishes(
    conn: Connection, recorder: Recorder, when: When, *, device: bytes | None = None
) -> list[Written]:
    """Share what was wished to be shared, if somebody is let in now.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        when: Now, as the person's clock and zone say.
        device: Only what was wished on this device, so that no two devices carry out the same.

    Returns:
        What was shared; empty where nobody is let in or nothing was wished.
    """
    lanes = open_lanes(conn, when.day)
    if not lanes:
        return []
    return [
        _carry_out(conn, recorder, wish, lanes[0], when)
        for wish in open_wishes(conn)
        if device in {None, wish.device}
    ]


def _carry_out(
    conn: Connection, recorder: Recorder, wish: OpenWish, to: OpenLane, when: When
) -> Written:
    if wish.wished.what == "goal":
        written = _share_wished_goal(conn, recorder, wish, to, when)
    else:
        written = _share_wished_excerpt(conn, recorder, wish, to, when)
    settled = SharingWishSettled(outcome="shared", lane=to.lane)
    base = recorder.base_of(conn, SELF, wish.subject, "wish")
    event = recorder.record(conn, SELF, wish.subject, settled, when=when, base=base)
    return msgspec.structs.replace(written, events=(*written.events, event.id))


def _share_wished_goal(
    conn: Connection, recorder: Recorder, wish: OpenWish, to: OpenLane, when: When
) -> Written:
    if is_open(conn, goal_at_home(conn, wish.subject).lane, when.day):
        return Written(kind="goal", subject=wish.subject, lane=to.lane, seen_by=to.names, events=())
    since = recorder.recorded_at(conn, SELF, text_from_id(wish.event))
    return share_goal(conn, recorder, wish.subject, when, check_ins_since=since)


def _share_wished_excerpt(
    conn: Connection, recorder: Recorder, wish: OpenWish, to: OpenLane, when: When
) -> Written:
    wished = wish.wished
    assert wished.text is not None, "a wish for an excerpt holds its characters"
    chosen = Chosen(
        text=wished.text,
        reflection=wished.reflection or "",
        revision_sha256=wished.revision_sha256 or "",
        start=wished.start or 0,
        end=wished.end or 0,
    )
    events = write_excerpt(conn, recorder, wish.subject, to, chosen, when)
    return Written(
        kind="excerpt", subject=wish.subject, lane=to.lane, seen_by=to.names, events=events
    )
