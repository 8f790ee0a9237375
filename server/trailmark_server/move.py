"""Moving a server from the files of its folder into PostgreSQL, from the first row to the proof."""

from __future__ import annotations

from contextlib import closing
from hashlib import sha256
from pathlib import Path

import msgspec

from trailmark_adapters.clock import SystemClock
from trailmark_adapters.nacl import NaclCipher
from trailmark_adapters.randomness import SystemRandomness
from trailmark_adapters.sqlite import Connection, SqliteFile
from trailmark_server.backups.place import stopped
from trailmark_server.settings import Databases
from trailmark_server.storage.log_store import open_log_store
from trailmark_server.storage.postgres import moving
from trailmark_server.storage.postgres.database import PostgresDatabase
from trailmark_server.storage.postgres.store import PostgresTables, open_keys, open_main
from trailmark_server.storage.sql.keys import SqlKeyStore
from trailmark_server.storage.sqlite.store import keys_migrations, main_migrations
from trailmark_server.stores import (
    KEYS_FILE,
    MAIN_FILE,
    MOVED_FILE,
    is_moved,
    mark_moved,
    require_restored,
)
from trailmark_shared.errors import DomainError, ErrorCode, IntegrityError
from trailmark_shared.words import gettext


class Moved(msgspec.Struct, frozen=True):
    """What was moved and verified.

    Attributes:
        lanes: Lanes.
        entries: Their entries.
    """

    lanes: int
    entries: int


async def move(data: Path, goal: Databases, told: moving.Told) -> Moved:
    """Copy everything, verify it where it arrived, and mark the folder as moved.

    Args:
        data: The folder; its server is stopped.
        goal: Empty databases, or those in which the same move was interrupted.
        told: Hears how far it is.

    Returns:
        What is there now.

    Raises:
        DomainError: ``invalid_input``: the server runs, or the databases hold something else.
        StorageError: A store cannot be used; do it again.
        IntegrityError: ``corrupt_log``: what arrived does not verify.
    """
    with stopped(data):
        require_restored(data)
        return await _moved(data, goal, told)


async def _moved(data: Path, goal: Databases, told: moving.Told) -> Moved:
    with (
        closing(SqliteFile(data / KEYS_FILE, keys_migrations())) as keys_file,
        closing(SqliteFile(data / MAIN_FILE, main_migrations())) as main_file,
    ):
        server_id = keys_file.read(_server_id)
        async with (
            open_keys(goal.keys, is_moving=True) as keys,
            open_main(goal.main, is_moving=True) as main,
        ):
            # A folder stays a server's own as long as nothing of it can be anywhere else.
            is_copied = await moving.is_verified(main)
            if not is_copied:
                mover = server_id if (data / MOVED_FILE).exists() else None
                try:
                    await moving.require_room(keys, moving.KEYS_TABLES, mover)
                    await moving.require_room(main, moving.MAIN_TABLES, mover)
                except DomainError:
                    if is_moved(data):
                        raise _moved_before() from None
                    raise
            if not is_moved(data):
                mark_moved(data, is_done=False)
            if not is_copied:
                await moving.copy_tables(keys_file, keys, moving.KEYS_TABLES, server_id, told)
                await moving.copy_tables(main_file, main, moving.MAIN_TABLES, server_id, told)
            moved = await _verified(main_file, main, keys)
            await moving.note_verified(main)
            await moving.finish(keys)
            mark_moved(data, is_done=True)
            await moving.finish(main)
    return moved


def _moved_before() -> DomainError:
    return DomainError(
        ErrorCode.INVALID_INPUT,
        gettext(
            "this folder was moved before, and the database holds something: start the server with "
            "--database, or name empty ones to move it once more"
        ),
    )


def _server_id(conn: Connection) -> bytes:
    """Return what tells this server's move from another one's; it tells nothing of the key."""
    found = conn.execute("SELECT coalesce(key, seed) FROM succession WHERE number = 1").fetchone()
    return sha256(b"trailmark-move/1" + found[0]).digest()


async def _verified(source: SqliteFile, main: PostgresDatabase, keys: PostgresDatabase) -> Moved:
    """Recompute everything that arrived, and compare every head with the file's."""
    key_store = SqlKeyStore(keys, SystemRandomness())
    store = await open_log_store(
        PostgresTables(main), key_store, NaclCipher(), SystemClock(), SystemRandomness()
    )
    found = await store.verification()
    heads = "SELECT space, name, head, hash FROM lane WHERE head > 0 ORDER BY space, name"
    here = source.read(lambda conn: [tuple(row) for row in conn.execute(heads)])
    there = await main.read(lambda conn: list(conn.execute(heads)))
    if found.findings or here != there:
        raise IntegrityError(
            ErrorCode.CORRUPT_LOG,
            gettext(
                "what arrived does not verify ({n} findings); verify the files first, then "
                "begin with empty databases"
            ).format(n=len(found.findings)),
        )
    return Moved(lanes=len(there), entries=sum(head for _, _, head, _ in there))
