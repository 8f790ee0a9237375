"""``trailmark export``: a copy of everything, for the person to keep."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.files import refuse_taken, write_whole
from trailmark_client.cli.here import Here, opened
from trailmark_client.cli.options import PLAIN, Common
from trailmark_client.queries.export import export


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """A copy of everything was written.

    Attributes:
        file: Where it is.
        goals: Goals in it.
        events: Events in it.
        size: Its length in bytes.
    """

    file: str
    goals: int
    events: int
    size: int


def export_all(
    file: Annotated[Path, Parameter(help="Name of a file that does not exist yet")],
    /,
    *,
    common: Common = PLAIN,
) -> Answer[Exported]:
    """Write everything that can be read on this device into a file, as JSON."""
    with opened(common) as here:
        document = write_export(here, file)
    return Answer(
        document,
        (
            f"Written: {document.goals} goals, {document.events} events.",
            "It is not sealed: whoever has the file can read everything.",
            "Only your own account on this machine may open it.",
        ),
    )


def offer_export(here: Here) -> None:
    """Ask whether to keep a copy of everything first, and write it.

    Raises:
        DomainError: As ``write_export``.
        StorageError: As ``write_export``.
    """
    name = here.terminal.ask("Keep a copy of everything first? Name of a new file, or nothing:")
    if name:
        write_export(here, Path(name))
        here.terminal.say("Written.")


def write_export(here: Here, file: Path) -> Exported:
    """Write everything into a new file: all of it or nothing, for the person's own account only.

    Raises:
        DomainError: ``invalid_input``: the file exists, or its folder does not.
        StorageError: ``disk_full`` or ``storage_unavailable``: nothing was left behind.
    """
    refuse_taken(file)
    identity, day = here.app.identity, here.when().day
    found = here.read(lambda conn: export(conn, identity, day, here.now_ms))
    data = msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n"
    write_whole(file, [data])
    return Exported(
        file=str(file), goals=len(found.goals), events=len(found.events), size=len(data)
    )
