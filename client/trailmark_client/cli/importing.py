"""``trailmark import``: a copy of everything, read back on a device that was never used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.here import Here, names_words, opened
from trailmark_client.cli.options import PLAIN, Common
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.progress import counting
from trailmark_client.cli.wording import time_words
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext, ngettext

if TYPE_CHECKING:
    from trailmark_client.importing import Imported


class ImportMade(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of an export is on this device.

    Attributes:
        device: Id of this device: a device of its own.
        space: Id of everything of the person here: a new one.
        events: How many events came.
        made_at: When the export was made, milliseconds UTC.
        stopped: Names of those who were let in where it was made, and are not here.
    """

    device: str
    space: str
    events: int
    made_at: int
    stopped: list[str]


def import_all(
    file: Annotated[
        Path,
        Parameter(
            help="What trailmark export wrote: JSON, or the archive; or the folder of an older "
            "Trailmark"
        ),
    ],
    /,
    *,
    common: Common = PLAIN,
) -> Answer[ImportMade]:
    """Read a copy of everything back onto this device, which must not have been used before.

    It is a new beginning with all of your history: nobody is let in here, and no server is known.
    To be one of your own devices again, use trailmark restore, recover or device join instead. All
    of it comes back, or nothing does.

    Args:
        file: The copy, or the folder.
        common: Options of every command.
    """
    with opened(common) as here:
        found = _from_folder(here, file) if file.is_dir() else _from_copy(here, file)
        identity = here.app.identity
        document = ImportMade(
            device=text_from_id(identity.device),
            space=text_from_id(identity.space),
            events=found.events,
            made_at=found.made_at,
            stopped=list(found.stopped),
        )
        made = time_words(found.made_at, here.zone)
    lines_said = [
        ngettext(
            "{n} event is here, as of {time}.", "{n} events are here, as of {time}.", found.events
        ).format(n=found.events, time=made)
    ]
    if found.stopped:
        lines_said.append(
            ngettext(
                "{names} was let in where this copy was made, and is not here: "
                "what they saw is with you. Let them in again with trailmark connect.",
                "{names} were let in where this copy was made, and are not here: "
                "what they saw is with you. Let them in again with trailmark connect.",
                len(found.stopped),
            ).format(names=names_words(found.stopped))
        )
    return Answer(document, tuple(lines_said))


def _from_copy(here: Here, file: Path) -> Imported:
    from trailmark_client import importing

    with importing.document_of(file) as lines:
        with counting(here.terminal, gettext("Checking"), None):
            total = importing.count_events(lines)
        with counting(here.terminal, gettext("Importing"), total) as count:
            return importing.import_all(here.app, lines, count.add)


def _from_folder(here: Here, folder: Path) -> Imported:
    from trailmark_client import older_stores

    with older_stores.older_store_of(folder) as older:
        total = older_stores.count_events(older)
        with counting(here.terminal, gettext("Importing"), total) as count:
            return older_stores.import_store(here.app, older, count.add)
