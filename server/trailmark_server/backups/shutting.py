"""Shutting what a log of another day would open again: what has changed since, it does not know."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from trailmark_adapters.randomness import SystemRandomness
from trailmark_adapters.sqlite import Connection, SqliteFile, SqliteReader
from trailmark_server.storage.ports import KeyStore
from trailmark_server.storage.rows import Database, Tables
from trailmark_server.storage.sql.connection import Connection as Reading
from trailmark_server.storage.sql.keys import SqlKeyStore
from trailmark_server.storage.sqlite.store import SqliteTables, open_keys_file, open_main_file
from trailmark_shared.errors import TrailmarkError
from trailmark_shared.ids import SpaceId

Disabled = Mapping[bytes, int]
"""Ids of accounts, and since when they may do nothing."""

_DOORS: Final = (
    "DELETE FROM web_session",
    "DELETE FROM sign_in_link",
    "DELETE FROM passkey_challenge",
    "DELETE FROM supporter_session",
    "DELETE FROM invitation WHERE used_at IS NULL",
    "DELETE FROM device_invitation",
)
"""What lets in by itself, and may have been used up or ended since. Redeemed invitations stay: by
them a device that asks again is known."""


def forget_doors(file: SqliteFile) -> None:
    """Forget browsers, links and codes that open something in a copy of a log."""

    def work(conn: Connection) -> None:
        for sql in _DOORS:
            conn.execute(sql)

    file.write(work)


def disabled(conn: Reading) -> Disabled:
    """Return the accounts of a log that may do nothing, and since when."""
    found = conn.execute("SELECT id, disabled_at FROM therapist WHERE disabled_at IS NOT NULL")
    return dict(found.fetchall())


def disabled_in_file(path: Path) -> Disabled:
    """Return them from a file, none where it is damaged: that may be why it is replaced."""
    try:
        with closing(SqliteReader(path)) as file:
            return file.read(disabled)
    except TrailmarkError:
        return {}


def keep_disabled(file: SqliteFile, since: Disabled) -> None:
    """Disable accounts in a copy of a log that was made before they were."""
    rows = [(at, id_) for id_, at in since.items()]
    sql = "UPDATE therapist SET disabled_at = ? WHERE id = ? AND disabled_at IS NULL"
    file.write(lambda conn: conn.executemany(sql, rows))


async def close_spaces(tables: Database, keys: KeyStore) -> None:
    """Close every space of a log to members until one of its devices has spoken.

    The keys list them first: stopped in between, a server closes too much rather than too little.
    """
    spaces = sorted(await tables.read(_unerased))
    await keys.close_spaces(spaces)

    def work(held: Tables) -> None:
        for space in spaces:
            held.log.set_closed(space, closed=True)

    await tables.write(work)


def _unerased(held: Tables) -> set[SpaceId]:
    erased = {each.space for each in held.accounts.erasures()}
    return {space for space, _ in held.log.all_lanes()} - erased


async def close_spaces_of_files(log: Path, keys: Path) -> None:
    """Do so where both stores are files that nobody else uses."""
    keys_file = open_keys_file(keys)
    try:
        main = open_main_file(log)
        try:
            await close_spaces(SqliteTables(main), SqlKeyStore(keys_file, SystemRandomness()))
        finally:
            await main.close()
    finally:
        await keys_file.close()
