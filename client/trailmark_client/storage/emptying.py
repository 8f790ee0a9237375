"""Emptying a device: everything of the person goes from it, and it is as new.

A small file beside the database says so first, fsynced: from then on the device is emptied for
certain, by this process or by the next start, however often it is killed in between. The file also
keeps what home servers still have to be asked, until they have answered; it holds no word.

Two transactions empty the store. The first takes the words; only then comes the new identity, in
the second, so that an old identity always means that the store may still hold something.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from trailmark_adapters.disk import disk_errors
from trailmark_adapters.durable_files import replace_durably
from trailmark_adapters.sqlite import Connection, SqliteFile
from trailmark_client.identity import Identity, IdentityFile
from trailmark_client.storage.cleaning import owe_cleaning, remove_damaged
from trailmark_client.storage.rescue import waiting_files
from trailmark_client.storage.search_index import empty_index, is_own_table
from trailmark_client.storage.shredding import blank, shred
from trailmark_shared.errors import ErrorCode, IntegrityError, StorageError
from trailmark_shared.ids import EventId, SpaceId, text_from_id
from trailmark_shared.words import gettext

FILE_NAME: Final = "erasure"

_KEPT_TABLES: Final = ("migration",)
_SIDE_FILES: Final = ("", "-wal", "-shm")


class ServerErasure(msgspec.Struct, frozen=True, kw_only=True):
    """What a home server is still to be asked.

    Attributes:
        url: Its address.
        credential: What it knows this device by.
        space: Everything of the person there.
        event: Names the order.
        statements: The signed order, behind what other devices may lack of its ground.
        refused: The code with which the server said no for good, or ``None``.
    """

    url: str
    credential: str
    space: SpaceId
    event: EventId
    statements: tuple[bytes, ...]
    refused: str | None = None


class ErasedThere(msgspec.Struct, frozen=True, kw_only=True):
    """A home server erased its copy on no word that counts here: everything stays on this device.

    Attributes:
        space: Id of what was erased there.
        erased_at: When, milliseconds UTC by the server's clock.
        learned_at: When this device was told first, milliseconds UTC.
    """

    space: str
    erased_at: int
    learned_at: int


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says.

    Attributes:
        emptying: The space that is to go from this device; done once the identity has another one.
        waiting: What servers are still to be asked.
        there: What the home server did, or ``None``.
    """

    emptying: SpaceId | None = None
    waiting: tuple[ServerErasure, ...] = ()
    there: ErasedThere | None = None


class _Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """The file: exact bytes beside their checksum; a flipped bit must empty nothing."""

    checksum: str
    erasure: msgspec.Raw


class ErasureFile:
    """The file in the person's folder.

    Attributes:
        path: Where it is.
    """

    def __init__(self, path: Path) -> None:
        """Remember where it is; it need not be there."""
        self.path = path

    def read(self) -> Erasure:
        """Return what it says; nothing where it is not there, or was blanked already.

        Raises:
            IntegrityError: ``corrupt_identity``: it is damaged.
        """
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return Erasure()
        if data and not data.strip(b"\0"):
            # It was being shredded since nothing is to be done any more, and a kill came between.
            return Erasure()
        try:
            sealed = msgspec.json.decode(data, type=_Sealed)
            if sha256(bytes(sealed.erasure)).hexdigest() == sealed.checksum:
                return msgspec.json.decode(sealed.erasure, type=Erasure)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            pass
        raise IntegrityError(
            ErrorCode.CORRUPT_IDENTITY,
            gettext(
                "the file that says what is to be erased is damaged; nothing was changed. "
                "Move it out of the Trailmark folder to go on, and erase again"
            ),
        )

    def erased_there(self, space: SpaceId) -> ErasedThere | None:
        """Return what the home server did with its copy of a space on its own."""
        there = self.read().there
        return there if there is not None and there.space == text_from_id(space) else None

    @disk_errors()
    def save(self, erasure: Erasure) -> None:
        """Replace the file, durably; where nothing is to be done any more it goes.

        Raises:
            StorageError: ``disk_full``, ``storage_unavailable``: what is to be done is as it was.
        """
        if erasure == Erasure():
            shred(self.path)
            return
        encoded = msgspec.json.encode(erasure)
        sealed = _Sealed(checksum=sha256(encoded).hexdigest(), erasure=msgspec.Raw(encoded))
        replace_durably(self.path, msgspec.json.encode(sealed) + b"\n")


def is_to_be_emptied(erasure: Erasure, identity: Identity) -> bool:
    """Say whether the device still is the one that is to be emptied."""
    return erasure.emptying == identity.space


def empty_store(file: SqliteFile, identity_file: IdentityFile, fresh: Identity) -> None:
    """Empty an open store and begin a new identity in it; the caller cleans the file.

    Args:
        file: The store, outside of any transaction.
        identity_file: Gets ``fresh``; its old content is overwritten.
        fresh: From ``identity.new_identity``.

    Raises:
        StorageError: As ``SqliteFile.write``.
        IntegrityError: ``corrupt_log``: the file is damaged; ``empty_files`` comes next.
    """
    # First: a new identity must find nothing that could be rescued into its store.
    remove_leftovers(file.path)
    file.write(_delete_all)

    def begin(conn: Connection) -> None:
        # What another process recorded in between belongs to nobody any more.
        _delete_all(conn)
        owe_cleaning(conn)
        _replace(identity_file, fresh)

    file.write(begin)


def empty_files(path: Path, identity_file: IdentityFile, fresh: Identity) -> None:
    """Shred a store that cannot be emptied by statements, and begin a new identity."""
    remove_leftovers(path)
    for suffix in _SIDE_FILES:
        shred(path.with_name(f"{path.name}{suffix}"))
    _replace(identity_file, fresh)


def finish_emptying(
    path: Path, opener: Callable[[], SqliteFile], identity_file: IdentityFile, fresh: Identity
) -> None:
    """Empty what an interrupted process left, whatever state the database is in.

    Args:
        path: The database.
        opener: Opens it.
        identity_file: As ``empty_store``.
        fresh: As ``empty_store``.
    """
    try:
        with closing(opener()) as file:
            empty_store(file, identity_file, fresh)
    except (IntegrityError, StorageError):
        empty_files(path, identity_file, fresh)


def remove_leftovers(path: Path) -> None:
    """Shred the databases that were moved aside and what a kill left of a replaced identity."""
    remove_damaged(path.parent)
    for waiting in waiting_files(path):
        for suffix in _SIDE_FILES:
            shred(waiting.with_name(f"{waiting.name}{suffix}"))
    with suppress(OSError):
        for staged in path.parent.glob("*.tmp"):
            shred(staged)


def _delete_all(conn: Connection) -> None:
    tables = conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        is_ours = not table.startswith("sqlite_") and not is_own_table(table)
        if is_ours and table not in _KEPT_TABLES:
            conn.execute(f'DELETE FROM "{table}"')
    empty_index(conn)


def _replace(identity_file: IdentityFile, fresh: Identity) -> None:
    old = os.open(identity_file.path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        identity_file.save(fresh)
        blank(old)
    finally:
        os.close(old)
