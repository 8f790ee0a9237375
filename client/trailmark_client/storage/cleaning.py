"""Cleaning: what was erased leaves the files of this device, not only its tables.

Erasing owes a cleaning, noted in the transaction that erases. It is paid by writing the database
anew, since SQLite leaves copies where it moved rows to other pages and its search index keeps
deleted words for a while, and by shredding the damaged
databases that were moved aside, from which nothing can be erased. A kill in between leaves the debt
to the next start.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from trailmark_adapters.sqlite import Connection, SqliteFile
from trailmark_client.storage.rescue import DAMAGED_SUFFIX
from trailmark_client.storage.search_index import forget_erased
from trailmark_client.storage.settings import drop_setting, set_setting, setting
from trailmark_client.storage.shredding import shred
from trailmark_shared.errors import StorageError

if TYPE_CHECKING:
    from trailmark_adapters.database import Database

_OWED: Final = "cleaning_owed"


def owe_cleaning(conn: Connection) -> None:
    """Note, in the transaction that erases, that words are to leave the files."""
    set_setting(conn, _OWED, str(int(cleaning_owed(conn) or "0") + 1))


def cleaning_owed(conn: Connection) -> str | None:
    """Return what names the debt, or ``None`` where nothing is owed."""
    return setting(conn, _OWED)


def note_cleaned(conn: Connection, owed: str | None) -> None:
    """Note that a debt was paid, unless more was erased in the meantime.

    Args:
        conn: The store, inside a write transaction.
        owed: From ``cleaning_owed``, before the file was cleaned.
    """
    if cleaning_owed(conn) == owed:
        drop_setting(conn, _OWED)


def clean(file: SqliteFile) -> bool:
    """Pay what is owed.

    Args:
        file: The store, outside of any transaction.

    Returns:
        Whether nothing is owed any more; a reader in another process may keep a part of it until
        the next time.

    Raises:
        StorageError: ``disk_full`` or ``storage_unavailable``: it stays owed.
        IntegrityError: ``corrupt_log``: the file is damaged.
    """
    owed = file.read(cleaning_owed)
    if owed is None:
        return True
    file.write(forget_erased)
    is_rid = remove_damaged(file.path.parent)
    if not (file.clean() and is_rid):
        return False
    file.write(lambda conn: note_cleaned(conn, owed))
    return True


async def clean_beside(database: Database, folder: Path) -> None:
    """Pay what is owed where the store serves an event loop; what cannot be paid stays owed.

    Args:
        database: The store.
        folder: Where it lies.
    """
    owed = await database.read(cleaning_owed)
    if owed is None:
        return
    is_rid = remove_damaged(folder)
    with suppress(StorageError):
        await database.write(forget_erased)
        if await database.clean() and is_rid:
            await database.write(lambda conn: note_cleaned(conn, owed))


def damaged_files(folder: Path) -> list[Path]:
    """Return the databases, with their side files, that were moved aside in a folder."""
    found = folder.glob(f"*{DAMAGED_SUFFIX}*")
    return sorted(each for each in found if each.is_file() and not each.is_symlink())


def remove_damaged(folder: Path) -> bool:
    """Shred what was moved aside: everything in it that could be read is in the present store.

    Returns:
        Whether none is left.
    """
    for each in damaged_files(folder):
        with suppress(OSError):
            shred(each)
    return not damaged_files(folder)
