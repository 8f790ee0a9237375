"""``trailmark export-lane``: one lane with all that proves it, for the person to keep or give."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.cli.answers import Answer
from trailmark_client.cli.files import refuse_taken, write_whole
from trailmark_client.cli.here import opened
from trailmark_client.cli.options import PLAIN, Common
from trailmark_client.cli.parameters import Parameter
from trailmark_client.queries.lane_export import export_lane, lane_meant
from trailmark_shared.words import gettext


class LaneExported(msgspec.Struct, frozen=True, kw_only=True):
    """A copy of a lane was written.

    Attributes:
        file: Where it is.
        lane: The lane.
        entries: Entries in it.
        words: "as of entry N: …", to compare with others who see this lane.
        notice: What stands on top of it.
        size: Its length in bytes.
    """

    file: str
    lane: str
    entries: int
    words: str
    notice: list[str]
    size: int


def export(
    file: Annotated[Path, Parameter(help="Name of a file that does not exist yet")],
    /,
    *,
    lane: Annotated[
        str | None,
        Parameter(help="Which one, or the beginning of its name; by default the shared one"),
    ] = None,
    common: Common = PLAIN,
) -> Answer[LaneExported]:
    """Write one lane into a file from which anybody can check that nothing was altered.

    It holds what the server's log holds, up to the last entry that this device has fetched.
    """
    refuse_taken(file)
    with opened(common) as here:
        identity, now = here.app.identity, here.now_ms
        name = here.read(lambda conn: lane_meant(conn, lane))

        def write(conn: Connection) -> LaneExported:
            header, lines = export_lane(conn, identity, name, now)
            return LaneExported(
                file=str(file),
                lane=name,
                entries=header.entries,
                words=header.words,
                notice=list(header.notice),
                size=write_whole(file, lines),
            )

        document = here.read(write)
    return Answer(
        document,
        (
            gettext("Written: {entries} entries of {lane}.").format(
                entries=document.entries, lane=document.lane
            ),
            *document.notice,
            gettext("Its words, for whoever checks it: {words}").format(words=document.words),
        ),
    )
