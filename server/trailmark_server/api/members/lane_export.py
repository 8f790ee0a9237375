"""One lane in a file with all that proves it: a therapist checks it on a machine of their own."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from litestar import get
from litestar.response import Stream

from trailmark_server.access import Verb
from trailmark_server.api.members.asking import Reading, refusals
from trailmark_server.api.members.shapes import LaneQuery, SpacePath
from trailmark_server.guards import refuse_foreign_reader
from trailmark_server.members.lane_export import MEDIA_TYPE, export_lane
from trailmark_server.members.visits import open_space, require_lane
from trailmark_server.services import InjectedServices

FILE_NAME: Final = "trailmark-lane.jsonl"
"""What the file is called: it names nobody."""


@get(
    "/people/{space:str}/export",
    media_type=MEDIA_TYPE,
    responses=refusals(HTTPStatus.FORBIDDEN, person=True),
    guards=[refuse_foreign_reader],
    summary="One lane as a file that proves itself (trailmark-lane-export/1)",
)
async def take_lane(
    services: InjectedServices, signed_in: Reading, space: SpacePath, lane: LaneQuery
) -> Stream:
    """Return every row of a lane with its hashes, the signed head and what was agreed to.

    Name the server's own address in `Origin`, as for a write: a file is handed to no other site's
    page. JSON Lines, as `docs/protocol.md` describes it; `trailmark verify FILE --head WORDS`
    checks it. A file that stops before its last row was cut short: the right to read it ended
    meanwhile. The person is told.

    Raises:
        NothingHereError: The lane is closed to you, or does not exist.
    """
    audience = await open_space(services, signed_in, space)
    wanted = await require_lane(services, audience, lane)
    pieces = await export_lane(
        services, audience.space, wanted, audience.right(Verb.EXPORT, wanted)
    )
    return Stream(
        pieces,
        media_type=MEDIA_TYPE,
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{FILE_NAME}"',
        },
    )
