"""The files of a server behind an erased person: no key, no row, no byte that says what was."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.erased_person import ERASURE, PROOF, WORDS, filled
from tests.support.lane_devices import SPACE
from tests.support.store_worlds import sqlite_world
from trailmark_adapters.nacl import NaclCipher
from trailmark_adapters.randomness import SystemRandomness
from trailmark_server.rest_seal import RestSeal
from trailmark_shared.errors import SealError
from trailmark_shared.ids import EventId


async def test_no_key_that_is_left_opens_an_older_backup(tmp_path: Path) -> None:
    async with sqlite_world(tmp_path) as world:
        await filled(world)
        key = await world.keys.space_key(SPACE)
        with closing(sqlite3.connect(tmp_path / "main.db")) as conn:
            conn.execute("VACUUM INTO ?", (str(tmp_path / "older.db"),))
        await world.store.erase_space(ERASURE, [PROOF])
        await world.store.clean()
        left = _keys_in(tmp_path / "keys.db")
        assert WORDS.encode() not in _without_accounts(tmp_path / "older.db")
        assert WORDS.encode() not in _read(tmp_path, "main.db*", "keys.db*")
        assert key is not None
        assert key not in _read(tmp_path, "*.db", "*.db-*")
        for candidate in left:
            _refuses_to_open(candidate, tmp_path / "older.db")
        assert _opened(key, tmp_path / "older.db"), "with the key it would open"


def _keys_in(keys_file: Path) -> list[bytes]:
    """Return everything in the keys store that has the length of a key."""
    with closing(sqlite3.connect(keys_file)) as conn:
        tables = [name for (name,) in conn.execute("SELECT name FROM sqlite_master")]
        rows = [
            row
            for name in tables
            if not name.startswith("sqlite_")
            for row in conn.execute(f"SELECT * FROM {name}")  # noqa: S608
        ]
    return [each for row in rows for each in row if isinstance(each, bytes) and len(each) == 32]


def _sealed(database: Path) -> list[tuple[bytes, bytes]]:
    with closing(sqlite3.connect(database)) as conn:
        return conn.execute(
            "SELECT event.id, body FROM event JOIN lane ON lane.number = event.lane"
            " WHERE body IS NOT NULL AND space = ?",
            (SPACE,),
        ).fetchall()


def _opened(key: bytes, database: Path) -> list[bytes]:
    seal = RestSeal(NaclCipher(), SystemRandomness(), SPACE, key)
    return [seal.open(EventId(event), body) for event, body in _sealed(database)]


def _refuses_to_open(key: bytes, database: Path) -> None:
    seal = RestSeal(NaclCipher(), SystemRandomness(), SPACE, key)
    for event, body in _sealed(database):
        with pytest.raises(SealError):
            seal.open(EventId(event), body)


def _without_accounts(database: Path) -> bytes:
    """Return a backup without what names devices and people: that is not sealed, and ages out."""
    copy = database.with_name("copy.db")
    shutil.copy(database, copy)
    with closing(sqlite3.connect(copy)) as conn:
        for table in ("acquaintance", "invitation", "device"):
            conn.execute(f"DELETE FROM {table}")  # noqa: S608
        conn.commit()
        conn.execute("VACUUM")
    return copy.read_bytes()


def _read(folder: Path, *patterns: str) -> bytes:
    found = {path for pattern in patterns for path in folder.glob(pattern)}
    return b"".join(path.read_bytes() for path in found if path.name not in {"older.db", "copy.db"})


STAYS = {
    "closed_space",
    "device",
    "erased_event",
    "erased_space",
    "erasure_proof",
    "lane",
    "revoked_grant",
    "space",
    "space_erasure",
}
"""Tables that go on naming an erased space: ids, times and hashes."""

GOES = {
    "access_entry",
    "acquaintance",
    "device_invitation",
    "hand_over",
    "invitation",
    "recovery",
    "supporter_link",
}
"""Tables that hold nothing of an erased space any more."""


async def test_every_table_that_names_a_space_says_what_erasing_does_with_it(
    tmp_path: Path,
) -> None:
    async with sqlite_world(tmp_path) as world:
        await filled(world)
        await world.store.erase_space(ERASURE, [PROOF])
        with closing(sqlite3.connect(tmp_path / "main.db")) as conn:
            naming = set(_tables_with_a_space(conn))
            left = {
                table
                for table, column in naming
                if conn.execute(
                    f'SELECT 1 FROM "{table}" WHERE "{column}" = ?',  # noqa: S608
                    (SPACE,),
                ).fetchone()
            }
        assert STAYS | GOES == {table for table, _ in naming}
        assert not left & GOES


def _tables_with_a_space(conn: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    tables = conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        for _, column, *_ in conn.execute(f'PRAGMA table_info("{table}")'):
            if "space" in column:
                yield table, column
