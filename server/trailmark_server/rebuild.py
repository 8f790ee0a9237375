"""Fold all read models again from the log, beside a running server.

One lane is one transaction, so readers see the old documents or the new ones and never a half, and
an interrupted rebuild is simply begun again. What comes out equals, byte for byte, what folding
after each append has left.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from trailmark_server.rest_seal import RestSeal
from trailmark_server.storage.folding import project_lane
from trailmark_server.storage.ports import Progress
from trailmark_server.storage.rows import Database, Tables
from trailmark_shared.ids import Lane, SpaceId, is_shared

SealOf = Callable[[SpaceId], Awaitable[RestSeal]]
"""Gives the at-rest seal of a space."""


async def rebuild_lanes(database: Database, seal_of: SealOf, progress: Progress | None) -> int:
    """Fold every shared lane again.

    Args:
        database: The main store.
        seal_of: Opens bodies.
        progress: Told after each lane; ``False`` stops.

    Returns:
        How many lanes were done.
    """
    every = await database.read(lambda tables: tables.log.all_lanes())
    shared = [(space, lane) for space, lane in every if is_shared(lane)]
    for done, (space, lane) in enumerate(shared, start=1):
        await _rebuild(database, await seal_of(space), lane)
        if progress is not None and not progress(done, len(shared)):
            return done
    return len(shared)


async def _rebuild(database: Database, seal: RestSeal, lane: Lane) -> None:
    def work(tables: Tables) -> None:
        project_lane(tables.log, seal, lane)

    await database.write(work, seal.space, lane)
