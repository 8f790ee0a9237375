"""Wishes to share, carried out once somebody is let in."""

from __future__ import annotations

from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.reflections import Chosen, write_excerpt
from trailmark_client.commands.sharing import Sharing, share_into
from trailmark_client.commands.when import When
from trailmark_client.commands.withdrawing import brought_home
from trailmark_client.commands.written import Written
from trailmark_client.queries.homes import goal_at_home
from trailmark_client.queries.lanes import OpenLane, is_open, lanes_agreed
from trailmark_client.queries.wishes import OpenWish, open_wishes
from trailmark_client.recorder import Recorder
from trailmark_shared.events.sharing import SharingWishSettled
from trailmark_shared.ids import SELF, text_from_id

_CLASS: Final = {"goal": "goals", "excerpt": "excerpts"}


def carry_out_wishes(
    conn: Connection,
    recorder: Recorder,
    when: When,
    *,
    device: bytes | None = None,
    to: OpenLane | None = None,
) -> list[Written]:
    """Share what was wished to be shared, where its class was agreed to.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        when: Now, as the person's clock and zone say.
        device: Only what was wished on this device, so that no two devices carry out the same.
        to: The circle of care to share with; by default the one that there is. Where there are
            several, the person says with whom.

    Returns:
        What was shared; the other wishes wait on.
    """
    found: list[Written] = []
    for wish in open_wishes(conn):
        class_ = _CLASS[wish.wished.what]
        if to is None:
            lanes = lanes_agreed(conn, when.day, class_)
        else:
            lanes = [to] if class_ in to.classes else []
        if len(lanes) == 1 and device in {None, wish.device}:
            found.append(_carry_out(conn, recorder, wish, lanes[0], when))
    return found


def _carry_out(
    conn: Connection, recorder: Recorder, wish: OpenWish, to: OpenLane, when: When
) -> Written:
    if wish.wished.what == "goal":
        return _share_wished_goal(conn, recorder, wish, to, when)
    written = _share_wished_excerpt(conn, recorder, wish, to, when)
    return _settled(conn, recorder, written, when)


def _settled(conn: Connection, recorder: Recorder, written: Written, when: When) -> Written:
    settled = SharingWishSettled(outcome="shared", lane=written.lane)
    base = recorder.base_of(conn, SELF, written.subject, "wish")
    event = recorder.record(conn, SELF, written.subject, settled, when=when, base=base)
    return msgspec.structs.replace(written, events=(*written.events, event.id))


def _share_wished_goal(
    conn: Connection, recorder: Recorder, wish: OpenWish, to: OpenLane, when: When
) -> Written:
    if is_open(conn, goal_at_home(conn, wish.subject).lane, when.day):
        shared = Written(
            kind="goal", subject=wish.subject, lane=to.lane, seen_by=to.names, events=()
        )
        return _settled(conn, recorder, shared, when)
    at_home, came_back = brought_home(conn, recorder, goal_at_home(conn, wish.subject), when)
    since = recorder.recorded_at(conn, SELF, text_from_id(wish.event))
    written = share_into(conn, recorder, at_home, [to], when, Sharing(check_ins_since=since))
    return msgspec.structs.replace(written, events=(*came_back, *written.events))


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
