"""What somebody reads who has the files of a server: its log, and the keys that are left."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from trailmark_adapters.nacl import NaclCipher
from trailmark_adapters.randomness import SystemRandomness
from trailmark_server.rest_seal import RestSeal
from trailmark_server.stores import KEYS_FILE, MAIN_FILE
from trailmark_shared.errors import SealError
from trailmark_shared.ids import EventId, Lane, SpaceId


def space_keys(folder: Path) -> list[bytes]:
    """Return the at-rest keys in a folder's ``keys.db``."""
    with closing(sqlite3.connect(folder / KEYS_FILE)) as conn:
        return [key for (key,) in conn.execute("SELECT key FROM space_key")]


def opened_with(keys: list[bytes], folder: Path) -> bytes:
    """Return every body and every document of a folder's log that one of the keys opens."""
    with closing(sqlite3.connect(folder / MAIN_FILE)) as conn:
        return b"\n".join(plain for key in keys for plain in _opened(conn, key))


def sealed_bodies(folder: Path) -> list[bytes]:
    """Return the bodies of a folder's log as they rest."""
    with closing(sqlite3.connect(folder / MAIN_FILE)) as conn:
        return [body for (body,) in conn.execute("SELECT body FROM event WHERE body NOT NULL")]


def _opened(conn: sqlite3.Connection, key: bytes) -> Iterator[bytes]:
    lanes = conn.execute("SELECT number, space, name FROM lane").fetchall()
    for number, space, name in lanes:
        seal = RestSeal(NaclCipher(), SystemRandomness(), SpaceId(space), key)
        bodies = "SELECT id, body FROM event WHERE lane = ? AND body NOT NULL"
        for event, body in conn.execute(bodies, (number,)):
            with suppress(SealError):
                yield seal.open(EventId(event), body)
        documents = "SELECT subject, json FROM document WHERE lane = ?"
        for subject, stored in conn.execute(documents, (number,)):
            with suppress(SealError):
                yield seal.open_document(Lane(name), subject, stored)
