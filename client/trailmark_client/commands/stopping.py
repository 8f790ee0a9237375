"""Stopping to share: one step, no reason, with or without a network."""

from __future__ import annotations

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.commands.when import When
from trailmark_client.commands.withdrawing import bring_home, withdraw_from
from trailmark_client.queries.documents import documents
from trailmark_client.queries.homes import GoalAtHome, goal_at_home, goals_at_home
from trailmark_client.queries.lanes import is_open, live_grants, stopped_grants
from trailmark_client.queries.members import Member
from trailmark_client.recorder import Recorder
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.access import AccessRevoked
from trailmark_shared.ids import SELF, Lane
from trailmark_shared.projections.grant import GrantDocument
from trailmark_shared.words import gettext


class Stopped(msgspec.Struct, frozen=True, kw_only=True):
    """Sharing with somebody was stopped in one lane, within the caller's transaction.

    Attributes:
        grant: The grant that is over.
        name: Whom it let in.
        lane: The lane.
        came_back: Goals that are private again, by id.
        still_seen_by: Names of others who are let into the same lane.
        events: Ids of the events, in order.
    """

    grant: bytes
    name: str
    lane: Lane
    came_back: tuple[bytes, ...]
    still_seen_by: tuple[str, ...]
    events: tuple[bytes, ...]


def stop_member(conn: Connection, recorder: Recorder, member: Member, when: When) -> list[Stopped]:
    """End every grant of a member for ever, in whatever lanes.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        member: Whom, from ``members.member_meant``.
        when: Now, as the person's clock and zone say.

    Returns:
        What was written, by grant; at least one.
    """
    return [stop_sharing(conn, recorder, each.subject, when) for each in member.unrevoked]


def settle_stops(conn: Connection, recorder: Recorder, when: When) -> list[Stopped]:
    """End the grants that took the place of one which was stopped on another device meanwhile.

    The person's stop was about the member, not about one set of terms.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        when: Now, as the person's clock and zone say.

    Returns:
        What was written; nothing where no devices were apart.
    """
    held = documents(conn, "grant", GrantDocument)
    stopped = stopped_grants(held)
    return [
        stop_sharing(conn, recorder, each.subject, when)
        for each in held
        if each.subject in stopped and each.document.revoked_at is None
        if each.document.granted is not None
    ]


def stop_sharing(conn: Connection, recorder: Recorder, grant: bytes, when: When) -> Stopped:
    """End a grant for ever; if nobody else is let into its lane, goals come back first.

    The server treats the grant as revoked from the first word of the next sync on, whatever else
    waits to be sent.

    Args:
        conn: The store, inside a write transaction.
        recorder: Who writes events.
        grant: The grant.
        when: Now, as the person's clock and zone say.

    Returns:
        What was written.

    Raises:
        DomainError: ``not_found``; ``nothing_changed``: it is stopped already.
    """
    grants = documents(conn, "grant", GrantDocument)
    held = next((each for each in grants if each.subject == grant), None)
    if held is None or held.document.granted is None:
        raise DomainError(ErrorCode.NOT_FOUND, gettext("there is no such grant on this device"))
    if held.document.revoked_at is not None:
        raise DomainError(
            ErrorCode.NOTHING_CHANGED, gettext("sharing with them is stopped already")
        )
    others = {
        each.document.granted.member: each.document.granted.name
        for each in live_grants(conn, when.day)
        if each.lane == held.lane and each.subject != grant and each.document.granted is not None
    }
    goals = [] if others else goals_at_home(conn)
    shared = [each for each in goals if held.lane in {each.lane, *each.home.also}]
    events = [
        event for each in shared for event in _take_back(conn, recorder, each, held.lane, when)
    ]
    events.append(recorder.record(conn, held.lane, grant, AccessRevoked(), when=when).id)
    others.pop(held.document.granted.member, None)
    return Stopped(
        grant=grant,
        name=held.document.granted.name,
        lane=held.lane,
        came_back=tuple(each.id for each in shared if goal_at_home(conn, each.id).lane == SELF),
        still_seen_by=tuple(others.values()),
        events=tuple(events),
    )


def _take_back(
    conn: Connection, recorder: Recorder, goal: GoalAtHome, lane: Lane, when: When
) -> tuple[bytes, ...]:
    elsewhere = [each for each in (goal.lane, *goal.home.also) if each != lane]
    if any(is_open(conn, each, when.day) for each in elsewhere):
        # Two devices shared it apart: it lives on where somebody is let in still.
        return withdraw_from(conn, recorder, goal, lane, when)
    return bring_home(conn, recorder, goal, when)
