"""Shutting what a log of another day would open again: what has changed since, it does not know."""

from __future__ import annotations

from pathlib import Path

from trailmark_adapters.randomness import SystemRandomness
from trailmark_server.storage.ports import KeyStore
from trailmark_server.storage.rows import Database, Tables
from trailmark_server.storage.sql.keys import SqlKeyStore
from trailmark_server.storage.sqlite.store import SqliteTables, open_keys_file, open_main_file
from trailmark_shared.ids import SpaceId


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
