"""Files of backups: their names, how one comes to be there whole, and when old ones go."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, NoReturn

import msgspec

from trailmark_adapters.durable_files import sync_folder
from trailmark_adapters.file_lock import FileLock
from trailmark_adapters.nacl import NaclSigner
from trailmark_adapters.sqlite import Connection, SqliteReader
from trailmark_adapters.sqlite_copy import tables_in
from trailmark_shared.errors import (
    DomainError,
    ErrorCode,
    IntegrityError,
    StorageError,
    TrailmarkError,
)
from trailmark_shared.words import gettext

Kind = Literal["log", "keys"]

_STAMP: Final = "%Y%m%dT%H%M%SZ"
_DAY_MS: Final = 24 * 3600 * 1000
_PART: Final = ".part"
_HEADER: Final = b"SQLite format 3\0"
_ANY: Final = frozenset[bytes]()
_TABLES: Final[Mapping[Kind, frozenset[str]]] = {
    "log": frozenset({"lane", "event", "chain"}),
    "keys": frozenset({"space_key", "revoked_grant"}),
}
"""Some tables that a backup of each kind has had ever since there are backups."""


def name_of(kind: Kind, now_ms: int) -> str:
    """Return the name of a backup that is made at ``now_ms``; names sort by time."""
    at = datetime.fromtimestamp(now_ms / 1000, UTC)
    return f"trailmark-{kind}-{at.strftime(_STAMP)}.db"


def found(folder: Path, kind: Kind, keys: frozenset[bytes] = _ANY) -> list[tuple[int, Path]]:
    """Return when each backup of a folder was made (milliseconds UTC), and it, the newest last.

    Only what holds what a backup of that kind holds is one. Where a name says later than the file
    was written, somebody gave it that name.

    Args:
        folder: Where they are.
        kind: Of what they are.
        keys: Public signing keys of the server whose they are; none for any server's.
    """
    return sorted(
        (min(times), path)
        for times, path in _backups(folder, kind)
        if not keys or keys & (_signing_keys(path, kind) or keys)
    )


def _backups(folder: Path, kind: Kind) -> Generator[tuple[tuple[int, int], Path]]:
    """Yield when each backup was made, by its name and by its file, milliseconds UTC; and it."""
    for path in folder.glob(f"trailmark-{kind}-*.db"):
        stamp = path.stem.removeprefix(f"trailmark-{kind}-")
        try:
            named = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue  # somebody else's
        if path.is_file() and _TABLES[kind] <= tables_in(path):
            yield (int(named.timestamp()) * 1000, int(path.stat().st_mtime) * 1000), path


def require_kind(path: Path, kind: Kind) -> None:
    """Check that a file holds what a backup of a kind holds.

    Raises:
        DomainError: ``invalid_input``: it is of the other kind, or no backup at all.
        IntegrityError: ``corrupt_log``: it is a database that cannot be read.
    """
    held = tables_in(path)
    if _TABLES[kind] <= held:
        return
    if not held and _begins_as_database(path):
        raise IntegrityError(
            ErrorCode.CORRUPT_LOG,
            gettext("{file} is damaged, or not all of a backup: copy it once more").format(
                file=path
            ),
        )
    words = {
        "log": gettext("{file} is no backup of the log"),
        "keys": gettext("{file} is no backup of the keys"),
    }[kind]
    if any(tables <= held for tables in _TABLES.values()):
        words = {
            "log": gettext("{file} is a backup of the keys: name it with --keys, behind the log"),
            "keys": gettext("{file} is a backup of the log: name that of the keys with --keys"),
        }[kind]
    raise DomainError(ErrorCode.INVALID_INPUT, words.format(file=path))


def require_same_server(log: Path, keys: Path) -> None:
    """Check that a log and keys are of one server, as far as they tell.

    Keys that are older or newer than the log have a key in common with it.

    Args:
        log: A backup of the log, or the file of a server.
        keys: The same of the keys.

    Raises:
        DomainError: ``invalid_input``: no key that signed the log is among the keys.
    """
    signed, held = _signing_keys(log, "log"), _signing_keys(keys, "keys")
    if signed and held and not signed & held:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "this log is of another server than these keys, which cannot open it: see whether "
                "the backup and the place are the right ones"
            ),
        )


def _begins_as_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_HEADER)) == _HEADER


class Forgotten(msgspec.Struct, frozen=True):
    """What became of older backups.

    Attributes:
        removed: Those that went.
        waiting: Those that are old enough to go and stay, because the clock may be wrong.
    """

    removed: list[Path]
    waiting: list[Path]


def forget_old(own: Path, kind: Kind, days: int, now_ms: int) -> Forgotten:
    """Remove the backups beside one that are of the same server and older than ``days``.

    Both the name and the file must say so: what was renamed, or written there since, stays.

    Where for longer than ``days`` there was no backup of the log, the clock may be wrong: then
    ``days`` are counted from the last one before that, until one after it is as old. One of the
    keys knows all that those before it know, but for the keys of who was erased since: so they go
    whatever the clock was, those too that say that they are made more than a day from now.

    Args:
        own: A backup of this server that verifies; other servers may have theirs beside it.
        kind: Of what it is.
        days: How old they may become.
        now_ms: Clock, milliseconds UTC.

    Returns:
        Those that went, and those that wait.

    Raises:
        StorageError: ``storage_unavailable``: the folder does not let go of one.
    """
    kept, keys = days * _DAY_MS, _signing_keys(own, kind)
    ours = sorted(
        (max(times), min(times), path)
        for times, path in _backups(own.parent, kind)
        if keys & (_signing_keys(path, kind) or keys)
    )
    before = now_ms - kept
    due = [(at, path) for at, _, path in ours if at < before]
    ahead = [path for _, at, path in ours if at > now_ms + _DAY_MS]
    if kind == "keys":
        removed, waiting = [*(path for _, path in due), *ahead], []
    else:
        newest_old = due[-1][0] if due else before
        oldest_young = min((at for at, _, _ in ours if before <= at <= now_ms), default=now_ms)
        if oldest_young - newest_old > kept:
            before = newest_old - kept
        removed = [path for at, path in due if at < before]
        waiting = [*(path for at, path in due if at >= before), *ahead]
    try:
        for path in removed:
            path.unlink()
    except OSError as error:
        _refuse(own.parent, error)
    return Forgotten(removed, waiting)


def _signing_keys(path: Path, kind: Kind) -> frozenset[bytes]:
    """Return the public keys by which a backup tells its server; none where it tells of none."""

    def work(conn: Connection) -> frozenset[bytes]:
        if kind == "log":
            return frozenset(key for (key,) in conn.execute("SELECT key FROM known_signing_key"))
        found = conn.execute("SELECT seed, key FROM succession")
        return frozenset(NaclSigner(seed).public_key if seed else key for seed, key in found)

    table = "known_signing_key" if kind == "log" else "succession"
    if table not in tables_in(path):  # of a release that had one server's backups in a folder
        return frozenset()
    try:
        with closing(SqliteReader(path)) as file:
            return file.read(work)
    except TrailmarkError:
        return frozenset()


def date(path: Path, at_ms: int) -> None:
    """Let a file say when its backup was made, as its name does, whatever this machine's clock."""
    os.utime(path, (at_ms / 1000, at_ms / 1000))


@contextmanager
def unfinished(path: Path) -> Generator[Path]:
    """Yield where to write; afterwards nothing is left of it unless ``put`` has moved it.

    Args:
        path: Where it shall be once it is whole.

    Raises:
        StorageError: ``storage_unavailable``: the folder cannot be used.
    """
    part = _part_of(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = _lock_of(part)
        part.touch(mode=0o600)
    except OSError as error:
        _refuse(path.parent, error)
    with closing(lock), lock:  # as long as it is written, nobody clears it away
        try:
            yield part
        finally:
            _remove(part)


def is_taken(path: Path) -> bool:
    """Say whether a backup of this name is there, or is being written."""
    return any(path.parent.glob(f"{path.name}*"))


def clear(folder: Path) -> None:
    """Remove what is left of backups and restores that were killed."""
    for name in {left.name.partition(_PART)[0] for left in folder.glob(f"*.db{_PART}*")}:
        part = _part_of(folder / name)
        with suppress(StorageError), closing(_lock_of(part)) as lock, lock:
            _remove(part)


def _part_of(path: Path) -> Path:
    return path.with_name(f"{path.name}{_PART}")


def _lock_of(part: Path) -> FileLock:
    return FileLock(part.with_name(f"{part.name}-lock"), wait_ms=0)


def _remove(part: Path) -> None:
    for left in part.parent.glob(f"{part.name}*"):
        left.unlink(missing_ok=True)


def put(part: Path, path: Path) -> None:
    """Let a closed file be there under its name, durably, in place of what was there.

    Raises:
        StorageError: ``storage_unavailable``: the folder cannot be used.
    """
    try:
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        _refuse(path.parent, error)


def _refuse(folder: Path, error: OSError) -> NoReturn:
    raise StorageError(
        ErrorCode.STORAGE_UNAVAILABLE,
        gettext("the folder {folder} cannot be used ({why})").format(
            folder=folder, why=error.strerror
        ),
    ) from None
