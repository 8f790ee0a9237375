"""Making a backup: one file of the log, one of the keys, each verified before it is there.

A backup is a SQLite file with the schema of the embedded server, whatever the server runs on. Read
models are left out. The log is copied first: a key that is missing cannot be made again, while a
row that is missing is brought back by a device.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from trailmark_adapters.migrations import Migration
from trailmark_adapters.sqlite import Connection, SqliteFile
from trailmark_adapters.sqlite_copy import copy_file, make_lone
from trailmark_server.backups import folders
from trailmark_server.backups.place import READ_MODELS, Place, Told, over_postgres, verified
from trailmark_server.settings import data_folder
from trailmark_server.storage.sqlite.store import keys_migrations, main_migrations
from trailmark_server.stores import KEYS_FILE, MAIN_FILE, require_here
from trailmark_shared.errors import DomainError, ErrorCode, StorageError
from trailmark_shared.words import gettext

NOTED_FILE: Final = "backups.json"
"""In the data folder: where the last backup was put, for ``doctor``."""


class Folders(msgspec.Struct, frozen=True):
    """Where backups are put: apart from each other, so that one can be kept for days only.

    Attributes:
        log: Of the log.
        keys: Of the keys.
    """

    log: Path
    keys: Path


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """A backup.

    Attributes:
        log: The file of the log.
        keys: The file of the keys.
        lanes: Lanes in it.
        entries: Their entries.
        findings: How much in it does not match, as in the server itself.
    """

    log: Path
    keys: Path
    lanes: int
    entries: int
    findings: int


async def back_up(place: Place, goal: Folders, now_ms: int, told: Told) -> Saved:
    """Copy log and keys beside a running server, verify the copies, and put them in place.

    Args:
        place: The server's stores.
        goal: Where to put them.
        now_ms: When this is, for the names; a second later where another server was as quick.
        told: Hears how far it is.

    Returns:
        What is there now. A server that does not verify is copied nevertheless, and told of.

    Raises:
        DomainError: ``invalid_input``: both folders are the same.
        StorageError: A store or a folder cannot be used; nothing is left there.
        IntegrityError: ``corrupt_log``: the file is damaged so that it cannot be read.
    """
    _require_apart(goal)
    log, keys = _paths(goal, now_ms)
    while folders.is_taken(log) or folders.is_taken(keys):
        now_ms += 1000
        log, keys = _paths(goal, now_ms)
    for folder in (goal.log, goal.keys):
        folders.clear(folder)
    with folders.unfinished(log) as log_part, folders.unfinished(keys) as keys_part:
        await copy_stores(place, log_part, keys_part, told)
        found = await verified(log_part, keys_part, told)
        for part in (log_part, keys_part):
            make_lone(part)
            folders.date(part, now_ms)
        folders.put(log_part, log)
        folders.put(keys_part, keys)
    _note(place.data, goal)
    return Saved(
        log=log,
        keys=keys,
        lanes=len(found.lanes),
        entries=sum(each.entries for each in found.lanes),
        findings=len(found.findings),
    )


def _paths(goal: Folders, now_ms: int) -> tuple[Path, Path]:
    log, keys = folders.name_of("log", now_ms), folders.name_of("keys", now_ms)
    return goal.log / log, goal.keys / keys


def _require_apart(goal: Folders) -> None:
    if goal.log.resolve() == goal.keys.resolve():
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "give log and keys different folders: whoever has only one of them can read nothing"
            ),
        )


async def copy_stores(place: Place, log: Path, keys: Path, told: Told) -> None:
    """Copy both stores of a server into files, the read models left out; the log comes first."""
    if place.databases is not None:
        await over_postgres().save(place.databases, log, keys, told)
        return
    _copy_files(place.data, log, keys, told)


def _copy_files(data: Path, log: Path, keys: Path, told: Told) -> None:
    require_here(data)
    for name in (MAIN_FILE, KEYS_FILE):
        if not (data / name).exists():
            raise StorageError(
                ErrorCode.STORAGE_UNAVAILABLE,
                gettext("there is no {file} in the data folder: name another with --data").format(
                    file=name
                ),
            )
    _copy(data / MAIN_FILE, log, main_migrations(), _part_told(told, "log"))
    with closing(SqliteFile(log, main_migrations())) as file:
        file.write(_without_read_models)
        file.clean()
    _copy(data / KEYS_FILE, keys, keys_migrations(), _part_told(told, "keys"))


def _copy(
    source: Path, goal: Path, migrations: list[Migration], told: Callable[[int, int], None]
) -> None:
    copy_file(source, goal, told)
    SqliteFile(goal, migrations).close()  # an older release may have written it


def _part_told(told: Told, what: str) -> Callable[[int, int], None]:
    return lambda done, total: told(what, done, total)


def _without_read_models(conn: Connection) -> None:
    for table in READ_MODELS:
        conn.execute(f"DELETE FROM {table}")  # noqa: S608  (own names)


def _note(data: Path, goal: Folders) -> None:
    resolved = Folders(goal.log.resolve(), goal.keys.resolve())
    if noted_folders(data) == resolved:
        return  # on a full disk, too, a backup elsewhere is made
    noted = {"log": str(resolved.log), "keys": str(resolved.keys)}
    (data_folder(data) / NOTED_FILE).write_bytes(msgspec.json.encode(noted))


def noted_folders(data: Path) -> Folders | None:
    """Return where the last backup of a server was put, ``None`` where none is known."""
    try:
        noted = msgspec.json.decode((data / NOTED_FILE).read_bytes(), type=dict[str, str])
        return Folders(Path(noted["log"]), Path(noted["keys"]))
    except (OSError, msgspec.MsgspecError, KeyError):
        return None
