"""``trailmark backup`` and ``trailmark restore``: everything in one sealed file, with no server."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.files import refuse_taken, whole_file
from trailmark_client.cli.here import Here, opened, waiting_words
from trailmark_client.cli.options import PLAIN, Common
from trailmark_client.cli.parameters import Parameter
from trailmark_client.cli.progress import counting
from trailmark_client.cli.wording import time_words
from trailmark_client.queries.outbox import unsent
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext, marked

if TYPE_CHECKING:
    from trailmark_adapters.sqlite import Connection
    from trailmark_client.identity import BackupCode

CODE_WORDS = (
    marked("A backup opens with your recovery code only. There is none yet, so this is it."),
    marked("Losing it makes the backup worthless: nobody else can open it."),
    marked("Whoever has code and file can read everything of yours. Keep the code on paper."),
)


class BackupMade(msgspec.Struct, frozen=True, kw_only=True):
    """Everything was written into a sealed file.

    Attributes:
        code: The recovery code that opens it, where it was made for this; else null.
        file: Where it is.
        size: Its length in bytes.
        rows: How many rows of the store are in it.
        made_at: When, milliseconds UTC.
    """

    code: str | None
    file: str
    size: int
    rows: int
    made_at: int


class BackupRestored(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of a backup is on this device.

    Attributes:
        device: Id of this device: another one than the one that made the backup.
        space: Id of everything of this person.
        rows: How many rows came back.
        made_at: When the backup was made, milliseconds UTC.
        server: Name of the home server that the person was connected to, or null.
        unsent: Events saved on this device and not sent yet.
    """

    device: str
    space: str
    rows: int
    made_at: int
    server: str | None
    unsent: int


def backup(
    file: Annotated[Path, Parameter(help="Name of a file that does not exist yet")],
    /,
    *,
    new_code: Annotated[
        bool, Parameter(negative="", help="Make a code without asking, if there is none")
    ] = False,
    common: Common = PLAIN,
) -> Answer[BackupMade]:
    """Write everything of yours into one file that only your recovery code opens.

    It needs no network and no server. Keep the file where your devices are not.

    Args:
        file: Where to.
        new_code: Make one.
        common: Options of every command.
    """
    from trailmark_client.backup import backup_pieces
    from trailmark_client.storage.backing_up import note_backup, rows_to_back_up

    refuse_taken(file)
    with (
        opened(common) as here,
        _code_for(here, new_code=new_code) as (sealed_for, made, begun),
    ):
        with whole_file(file) as stream, counting(here.terminal, gettext("Sealing"), None) as count:

            def write(conn: Connection) -> int:
                for piece in backup_pieces(here.app, conn, sealed_for, here.now_ms):
                    count.add(stream.write(piece))
                return rows_to_back_up(conn)

            rows = here.read(write)
        here.app.write(lambda conn: note_backup(conn, here.now_ms))
        document = BackupMade(
            code=made,
            file=str(file),
            size=file.stat().st_size,
            rows=rows,
            made_at=here.now_ms,
        )
    return Answer(
        document,
        (
            gettext("Written and sealed: {file} ({size} bytes).").format(
                file=file, size=document.size
            ),
            gettext("Only your recovery code opens it: trailmark restore FILE"),
            gettext("What you erase later stays in it: delete old backups then."),
        ),
        begun=begun,
    )


@contextmanager
def _code_for(here: Here, *, new_code: bool) -> Generator[tuple[BackupCode, str | None, str]]:
    """Yield what to seal for; and where it is made now, the code and what was said of it."""
    from trailmark_client.backup import keep_backup_code, known_code, recovery_codes
    from trailmark_client.cli.recovery import ask_again
    from trailmark_client.recovery import new_code as fresh_code

    known = known_code(here.app)
    if known is None and recovery_codes(here.app):
        # This device never saw it.
        known = keep_backup_code(here.app, here.terminal.typed(gettext("Your recovery code:")))
    if known is not None:
        yield known, None, ""
        return
    if not (here.terminal.may_ask or new_code):
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("there is no recovery code yet: trailmark backup FILE --new-code makes one"),
        )
    made = fresh_code(here.app)
    words = (*map(gettext, CODE_WORDS), "", f"    {made}", "")
    with here.terminal.showing(made, *words) as begun:
        if not new_code:
            ask_again(here, made)
        yield keep_backup_code(here.app, made), made, begun


def restore(file: Path, /, *, common: Common = PLAIN) -> Answer[BackupRestored]:
    """Put everything of a backup onto this device, which must not have been used before.

    It becomes a device of its own, so a backup may be restored twice, or beside the device that
    made it. All of it comes back, or nothing does. The recovery code that it was sealed for is
    asked for, or read from the input: it stands in no history of a shell.

    Args:
        file: The backup.
        common: Options of every command.
    """
    from trailmark_client import backup as backups

    with opened(common) as here:
        typed = here.terminal.typed(gettext("Your recovery code:"))
        with counting(here.terminal, gettext("Restoring"), None) as count:
            found = backups.restore(here.app, file, typed, count.add)
        identity = here.app.identity
        document = BackupRestored(
            device=text_from_id(identity.device),
            space=text_from_id(identity.space),
            rows=found.rows,
            made_at=found.made_at,
            server=found.server,
            unsent=here.read(lambda conn: unsent(conn, identity)),
        )
        zone = here.zone
    lines = [
        gettext("Everything is back, as of {time}.").format(time=time_words(found.made_at, zone))
    ]
    if identity.server is not None:
        lines.append(
            gettext("To be in step with {name} again: trailmark recover {url}").format(
                name=identity.server.name, url=identity.server.url
            )
        )
    return Answer(document, (*lines, *waiting_words(document.unsent)))
