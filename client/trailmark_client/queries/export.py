"""Everything that can be read on this device, in one document that other programs can read."""

from __future__ import annotations

from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.identity import Identity
from trailmark_client.queries.goals import GoalView, show_goal
from trailmark_client.queries.homes import goals_at_home
from trailmark_client.queries.log import LogEvent, raw_events
from trailmark_client.queries.sharing import GrantLine, list_grants
from trailmark_client.queries.timeline import TimelineLine, Window, timeline
from trailmark_shared import limits
from trailmark_shared.ids import text_from_id

FORMAT: Final = "trailmark-export/1"


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of one person, as this device can read it.

    Attributes:
        format: Name and version of this document.
        made_at: When it was made, milliseconds UTC.
        space: Id of everything of this person.
        device: Id of the device that made it.
        goals: Every goal with everything under it.
        timeline: What happened, the earliest first; reflections with their words.
        sharing: Who is let in, and who was.
        events: Every event as it is stored, with the body as it was written.
    """

    format: str
    made_at: int
    space: str
    device: str
    goals: list[GoalView]
    timeline: list[TimelineLine]
    sharing: list[GrantLine]
    events: list[LogEvent]


def export(conn: Connection, identity: Identity, day: str, made_at: int) -> Export:
    """Return everything that can be read on this device.

    Args:
        conn: The store.
        identity: Who this device is.
        day: The person's local date, on which grants count.
        made_at: Now, milliseconds UTC.
    """
    return Export(
        format=FORMAT,
        made_at=made_at,
        space=text_from_id(identity.space),
        device=text_from_id(identity.device),
        goals=[show_goal(conn, each.id, day) for each in goals_at_home(conn)],
        timeline=timeline(conn, Window()),
        sharing=list_grants(conn, day),
        events=raw_events(conn, None, limits.INTEGER_MAX),
    )
