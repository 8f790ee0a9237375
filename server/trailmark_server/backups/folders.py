"""Files of backups: their names, how one comes to be there whole, and when old ones go."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, NoReturn

from trailmark_adapters.sqlite_copy import tables_in
from trailmark_shared.errors import DomainError, ErrorCode, StorageError
from trailmark_shared.words import gettext

Kind = Literal["log", "keys"]

_STAMP: Final = "%Y%m%dT%H%M%SZ"
_DAY_MS: Final = 24 * 3600 * 1000
_PART: Final = ".part"
_TABLES: Final[Mapping[Kind, frozenset[str]]] = {
    "log": frozenset({"lane", "event", "chain"}),
    "keys": frozenset({"space_key", "revoked_grant"}),
}
"""Some tables that a backup of each kind has had ever since there are backups."""


def name_of(kind: Kind, now_ms: int) -> str:
    """Return the name of a backup that is made at ``now_ms``; names sort by time."""
    at = datetime.fromtimestamp(now_ms / 1000, UTC)
    return f"trailmark-{kind}-{at.strftime(_STAMP)}.db"


def found(folder: Path, kind: Kind) -> list[tuple[int, Path]]:
    """Return when each backup of a folder was made (milliseconds UTC), and it, the newest last.

    Only what holds what a backup of that kind holds is one. Where a name says later than the file
    was written, somebody gave it that name.
    """
    return sorted((min(times), path) for times, path in _backups(folder, kind))


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
    """
    held = tables_in(path)
    if _TABLES[kind] <= held:
        return
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


def forget_old(folder: Path, kind: Kind, days: int, now_ms: int) -> list[Path]:
    """Remove the backups of a folder that are older than ``days``.

    Both the name and the file must say so: what was renamed, or written there since, stays.

    Returns:
        Those that went.
    """
    before = now_ms - days * _DAY_MS
    old = sorted(path for times, path in _backups(folder, kind) if max(times) < before)
    for path in old:
        path.unlink()
    return old


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
    part = path.with_name(f"{path.name}{_PART}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part.touch(mode=0o600)
    except OSError as error:
        _refuse(path.parent, error)
    try:
        yield part
    finally:
        for left in path.parent.glob(f"{part.name}*"):
            left.unlink(missing_ok=True)


def clear(folder: Path) -> None:
    """Remove what is left of backups and restores that were killed."""
    for left in folder.glob(f"*.db{_PART}*"):
        left.unlink()


def put(part: Path, path: Path) -> None:
    """Let a closed file be there under its name, durably, in place of what was there.

    Raises:
        StorageError: ``storage_unavailable``: the folder cannot be used.
    """
    try:
        _flush(part, os.O_RDONLY)
        part.replace(path)
        _flush(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        _refuse(path.parent, error)


def _flush(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse(folder: Path, error: OSError) -> NoReturn:
    raise StorageError(
        ErrorCode.STORAGE_UNAVAILABLE,
        gettext("the folder {folder} cannot be used ({why})").format(
            folder=folder, why=error.strerror
        ),
    ) from None
