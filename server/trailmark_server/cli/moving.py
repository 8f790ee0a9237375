"""``migrate-to``: move a server from its files into PostgreSQL."""

from __future__ import annotations

import asyncio

from trailmark_server.cli.folders import require_files
from trailmark_server.cli.output import DEFAULTS, Shared, show, told_progress
from trailmark_server.settings import named_databases, named_folder
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.words import gettext


def migrate_to(database: str, /, *, shared: Shared = DEFAULTS) -> None:
    """Move everything from the data folder into empty PostgreSQL databases, and verify it there.

    The server must be stopped. Interrupted, the same command goes on where it was. Devices notice
    nothing: the same history, the same keys. The files stay, marked as moved.

    Args:
        database: postgresql://HOST/NAME, or @FILE with that in it.
        shared: Options of every command.

    Raises:
        DomainError: ``invalid_input``: the server runs, or this is no address of a database.
        StorageError: ``storage_unavailable``: there is no server in the folder, or what speaks
            with PostgreSQL is not installed.
        IntegrityError: ``corrupt_log``: what arrived does not verify; nothing was switched over.
    """
    from trailmark_server.stores import postgres_part

    postgres_part("move")
    from trailmark_server.move import Moved, move

    goal = named_databases(database, shared.keys_database)
    if goal is None:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("name the database to move to"))
    data = named_folder(shared.data)
    require_files(data)

    with told_progress(shared) as told:
        moved: Moved = asyncio.run(move(data, goal, told))
    show(
        gettext(
            "Moved and verified: {entries} entries in {lanes} lanes. Start the server "
            "with --database from now on; the files stay as they were, and are not used "
            "any more."
        ).format(entries=moved.entries, lanes=moved.lanes),
        {"moved": True, "lanes": moved.lanes, "entries": moved.entries},
        as_json=shared.as_json,
    )
