"""What a form of a member wrote, as the log has it."""

from trailmark_server.forms import is_of, stem_of
from trailmark_server.storage.ports import EventStore, Window
from trailmark_shared import limits
from trailmark_shared.ids import EventId, Lane, SpaceId


async def written_by(
    store: EventStore, place: tuple[SpaceId, Lane], actor: str, form: bytes
) -> list[EventId]:
    """Return the ids of what a form wrote, of the last rows of a lane, the newest first."""
    rows = await store.timeline(*place, Window(limit=limits.PAGE_EVENTS_MAX))
    stem = stem_of(actor, form)
    return [row.event.id for row in rows if is_of(row.event.id, stem)]
