"""Putting a backup back: copied, verified and folded beside what is there, then put in its place.

Devices bring back by themselves what the backup does not hold; until one of a person's devices has
spoken, that person's data are closed to members. Keys stay as they are where no backup of them is
named: they know what was revoked and erased since. Accounts are as of the backup's day, without the
browsers that were signed in and the links and codes that were open: some were ended or used since.
Whoever is disabled in the log that is replaced stays so.
"""

from __future__ import annotations

from contextlib import ExitStack, closing
from hashlib import file_digest
from pathlib import Path

import msgspec

from trailmark_adapters.sqlite import SqliteFile
from trailmark_adapters.sqlite_copy import copy_file
from trailmark_server.backups import folders, shutting
from trailmark_server.backups.place import Place, Told, over_postgres, stopped, verified
from trailmark_server.settings import Databases
from trailmark_server.storage.ports import Verification
from trailmark_server.storage.sqlite.store import keys_migrations, main_migrations
from trailmark_server.stores import KEYS_FILE, MAIN_FILE, RESTORING_FILE, mark_restoring
from trailmark_shared.errors import DomainError, ErrorCode, IntegrityError, StorageError
from trailmark_shared.words import gettext


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What to put back.

    Attributes:
        log: A backup of the log.
        keys: A backup of the keys; ``None``: those that are there stay.
        replace: In place of the log that is there.
        replace_keys: And of the keys that are there, with all that they know since.
        even_damaged: Also what does not verify.
    """

    log: Path
    keys: Path | None = None
    replace: bool = False
    replace_keys: bool = False
    even_damaged: bool = False


async def restore(asked: Asked, place: Place, told: Told) -> Verification:
    """Put a backup back where its server is stopped.

    Args:
        asked: What, and over what.
        place: Where to.
        told: Hears how far it is.

    Returns:
        How far each lane is proven, and what does not match.

    Raises:
        DomainError: ``invalid_input``: a server runs there, something is there already, there are
            no keys to read the log with, or those are another server's.
        StorageError: A file or store cannot be used; nothing was replaced.
        IntegrityError: ``corrupt_log``: the backup does not verify; nothing was replaced.
    """
    _require_asked(asked)
    if place.databases is not None:
        return await _into_databases(asked, place.data, place.databases, told)
    with stopped(place.data):
        return await _into_folder(asked, place.data, told)


def _require_asked(asked: Asked) -> None:
    if asked.replace_keys and (asked.keys is None or not asked.replace):
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("--replace-keys goes with --keys and --replace")
        )
    for path in (asked.log, asked.keys):
        if path is not None and not path.is_file():
            raise StorageError(
                ErrorCode.STORAGE_UNAVAILABLE,
                gettext("there is no file {file}").format(file=path),
            )
    folders.require_kind(asked.log, "log")
    if asked.keys is not None:
        folders.require_kind(asked.keys, "keys")


async def _into_folder(asked: Asked, data: Path, told: Told) -> Verification:
    main, keys = data / MAIN_FILE, data / KEYS_FILE
    # Whoever was interrupted between the two was asked about those keys before.
    is_half = asked.keys is not None and _is_file(data / RESTORING_FILE)
    _require_room(asked, is_there=_is_file(main), has_keys=_is_file(keys) and not is_half)
    folders.clear(data)
    with ExitStack() as stack:
        main_part = stack.enter_context(folders.unfinished(main))
        _copy_log(asked.log, main_part, shutting.disabled_in_file(main), told)
        if asked.keys is None:
            folders.require_same_server(main_part, keys)
            found = await verified(main_part, keys, told, is_folded=True)
            _require_whole(asked, found)
            await shutting.close_spaces_of_files(main_part, keys)
            # What a server that was killed has not put into its file yet goes before the file does.
            with mark_restoring(data, with_keys=False):
                _put(main_part, main)
            return found
        keys_part = stack.enter_context(folders.unfinished(keys))
        _copy_keys(asked.keys, keys_part, told)
        folders.require_same_server(main_part, keys_part)
        found = await verified(main_part, keys_part, told, is_folded=True)
        _require_whole(asked, found)
        await shutting.close_spaces_of_files(main_part, keys_part)
        # Between the two a server must not start: its log would be of another day than its keys.
        with mark_restoring(data, with_keys=True):
            _put(keys_part, keys)
            _put(main_part, main)
    return found


def _copy_log(source: Path, goal: Path, since: shutting.Disabled, told: Told) -> None:
    copy_file(source, goal, lambda done, total: told("copy", done, total))
    with closing(SqliteFile(goal, main_migrations())) as file:  # an older release may have made it
        shutting.forget_doors(file)
        shutting.keep_disabled(file, since)


def _copy_keys(source: Path, goal: Path, told: Told) -> None:
    copy_file(source, goal, lambda done, total: told("copy", done, total))
    SqliteFile(goal, keys_migrations()).close()


def _put(part: Path, path: Path) -> None:
    for side in ("-wal", "-shm"):
        path.with_name(path.name + side).unlink(missing_ok=True)
    folders.put(part, path)


async def _into_databases(asked: Asked, data: Path, goal: Databases, told: Told) -> Verification:
    postgres = over_postgres()
    urls = [goal.main] if asked.keys is None else [goal.main, goal.keys]
    for url in urls:
        await postgres.require_alone(url)
    _require_room(
        asked,
        is_there=await postgres.has_log(goal.main),
        has_keys=await postgres.has_keys(goal.keys),
    )
    folders.clear(data)
    with ExitStack() as stack:
        log_part = stack.enter_context(folders.unfinished(data / "restored-log.db"))
        keys_part = stack.enter_context(folders.unfinished(data / "restored-keys.db"))
        _copy_log(asked.log, log_part, await postgres.disabled(goal.main), told)
        if asked.keys is None:
            await postgres.save_keys(goal, keys_part, told)
        else:
            _copy_keys(asked.keys, keys_part, told)
        folders.require_same_server(log_part, keys_part)
        # In files, so that a backup that does not verify costs nothing of what is there.
        _require_whole(asked, await verified(log_part, keys_part, told))
        if asked.replace:
            await postgres.empty(goal.main)
        if asked.replace_keys:
            await postgres.empty(goal.keys)
        found: Verification = await postgres.load(
            _digest(asked.log), log_part, None if asked.keys is None else keys_part, goal, told
        )
    _require_whole(asked, found)
    await postgres.finish(goal)
    return found


def _is_file(path: Path) -> bool:
    return path.exists()


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return file_digest(file, "sha256").digest()


def _require_room(asked: Asked, *, is_there: bool, has_keys: bool) -> None:
    if is_there and not asked.replace:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("a server's data are there already; --replace puts the backup in their place"),
        )
    if asked.keys is None and not has_keys:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("there are no keys to read this log with: name their backup with --keys"),
        )
    if asked.keys is not None and has_keys and not asked.replace_keys:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "keys are there already. Newer ones know what was erased and revoked since, and "
                "hold the key that devices trust: leave --keys away, or give those that are there "
                "up with --replace-keys"
            ),
        )


def _require_whole(asked: Asked, found: Verification) -> None:
    if found.findings and not asked.even_damaged:
        raise IntegrityError(
            ErrorCode.CORRUPT_LOG,
            gettext(
                "the backup does not verify ({n} findings); take another one, or put it back with "
                "--even-damaged"
            ).format(n=len(found.findings)),
        )
