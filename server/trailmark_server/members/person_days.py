"""The person's days: where members read and write about somebody, the day is that person's.

What a therapist in New York writes in the evening is written tomorrow for somebody in Auckland, who
reads it beside what they wrote themselves. So their zone dates it, whoever writes and reads.
"""

from __future__ import annotations

from typing import Final

from trailmark_adapters.clock import zone_from_name
from trailmark_server.members.entries import entries_from_rows
from trailmark_server.services import Services
from trailmark_server.storage.ports import SERVER, Reader, Window
from trailmark_shared.ids import Lane, SpaceId

_PERSON: Final = "person"

_PLACES: Final = (
    Window(limit=4),
    Window(limit=20),
    Window(limit=1, types=frozenset({"access_granted"})),
)
"""Where something of the person's is looked for: in what came last, else where they let in.

Few rows first: nearly always one of them is the person's, and each costs a seal that is opened.
"""


async def person_zone(
    services: Services, space: SpaceId, lane: Lane, reader: Reader = SERVER
) -> str:
    """Return the time zone in which the person wrote last in a lane, an IANA name.

    ``UTC`` where nothing of theirs is there, or this machine does not know the zone.

    Args:
        services: The server.
        space: Whose.
        lane: The lane.
        reader: Who asks.
    """
    for window in _PLACES:
        rows = await services.events.timeline(space, lane, window, reader)
        own = [each.body for each in entries_from_rows(rows) if each.actor == _PERSON]
        if own:
            zone = max(own, key=lambda each: each.recorded_at).zone
            return zone if zone_from_name(zone) is not None else "UTC"
    return "UTC"
