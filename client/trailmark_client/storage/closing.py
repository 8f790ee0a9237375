"""Closing a store with a passphrase and opening it again, whatever moment a kill comes at.

Beside each file its successor is written whole, then the lock file says that the successors count,
then they take the names. Before that word a kill leaves everything as it was, after it the next
start goes on; neither needs the passphrase. Meanwhile nobody else has the store open: every app
holds the lock ``in-use`` together with the others, this holds it alone.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from trailmark_adapters.durable_files import sync_folder, write_durably
from trailmark_adapters.file_lock import WAIT_MS_MAX, FileLock
from trailmark_adapters.sqlite import copy_file
from trailmark_client.lock import (
    FileSeal,
    Lock,
    LockFile,
    State,
    database_key,
)
from trailmark_client.storage.cleaning import remove_damaged
from trailmark_client.storage.shredding import blank, shred

IN_USE: Final = "in-use.lock"
"""Whoever has the store open holds it together with the others; who closes it holds it alone."""

NEXT_SUFFIX: Final = ".next"
"""What the successor of a file is called."""

ALONE_WAIT_MS: Final = 2_000

_SIDE_FILES: Final = ("-wal", "-shm")

_UNDONE: Final[dict[State, State | None]] = {"closing": None, "opening": "closed"}


class Files(msgspec.Struct, frozen=True, kw_only=True):
    """Where what a lock seals lies.

    Attributes:
        database: The database.
        identity: The identity file.
    """

    database: Path
    identity: Path

    @property
    def both(self) -> tuple[Path, Path]:
        """All of them."""
        return self.database, self.identity


def settled_lock(files: Files) -> Lock | None:
    """Return the lock of a store, once what a kill interrupted is undone or finished.

    Returns:
        The lock, in the state ``closed``; ``None`` where there is no passphrase.

    Raises:
        IntegrityError: ``corrupt_identity``: the file of the lock is damaged.
        StorageError: ``storage_unavailable``: another process is at it for too long.
    """
    file = LockFile(files.identity.parent)
    lock = file.read()
    if _is_settled(files, lock):
        return lock
    with alone(files, WAIT_MS_MAX):
        _settle(files, file)
    return file.read()


def is_settled(files: Files) -> bool:
    """Say whether nothing was interrupted."""
    return _is_settled(files, LockFile(files.identity.parent).read())


def _is_settled(files: Files, lock: Lock | None) -> bool:
    if lock is None:
        return True
    return lock.state == "closed" and not any(_next(each).exists() for each in files.both)


@contextmanager
def alone(files: Files, wait_ms: int = ALONE_WAIT_MS) -> Generator[None]:
    """Hold the store alone.

    Args:
        files: Where it lies.
        wait_ms: Longest wait for others, milliseconds.

    Raises:
        StorageError: ``storage_unavailable``: another process has it open.
    """
    lock = FileLock(files.identity.with_name(IN_USE), wait_ms)
    try:
        with lock:
            yield
    finally:
        lock.close()


def close_store(files: Files, lock: Lock, key: bytes, seal: FileSeal) -> None:
    """Seal a store; nobody else has it open.

    Args:
        files: Where it lies.
        lock: From ``lock.locked``.
        key: What the lock holds.
        seal: Of that key.

    Raises:
        StorageError: ``storage_unavailable`` or ``disk_full``: it is as it was.
    """
    file = LockFile(files.identity.parent)
    # What was moved aside is open; all that could be read of it is in the store.
    remove_damaged(files.identity.parent)
    file.save(msgspec.structs.replace(lock, state="closing"))
    with _undone_by_errors(files, file):
        _copy_database(files, None, database_key(key))
        write_durably(_next(files.identity), seal.sealed(files.identity.read_bytes()))
        sync_folder(files.identity.parent)
    _go_on(files, file, lock, "closed")


def open_store(files: Files, lock: Lock, key: bytes, seal: FileSeal) -> None:
    """Take the passphrase off a store; nobody else has it open.

    Args:
        files: Where it lies.
        lock: Its lock.
        key: What the lock holds.
        seal: Of that key.

    Raises:
        StorageError: ``storage_unavailable`` or ``disk_full``: it is as it was.
    """
    file = LockFile(files.identity.parent)
    file.save(msgspec.structs.replace(lock, state="opening"))
    with _undone_by_errors(files, file):
        _copy_database(files, database_key(key), None)
        write_durably(_next(files.identity), seal.opened(files.identity.read_bytes()))
        sync_folder(files.identity.parent)
    _go_on(files, file, lock, "opened")


@contextmanager
def _undone_by_errors(files: Files, file: LockFile) -> Generator[None]:
    try:
        yield
    except BaseException:
        _settle(files, file)
        raise


def _copy_database(files: Files, key: bytes | None, next_key: bytes | None) -> None:
    target = _next(files.database)
    shred(target)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    copy_file(files.database, key, target, next_key)
    written = os.open(target, os.O_RDWR | os.O_CLOEXEC)
    try:
        os.fsync(written)
    finally:
        os.close(written)


def _go_on(files: Files, file: LockFile, lock: Lock, state: State) -> None:
    """Say that the successors count, and let them take their places."""
    file.save(msgspec.structs.replace(lock, state=state))
    _settle(files, file)


def _settle(files: Files, file: LockFile) -> None:
    """Undo or finish, as the lock says; the caller holds the store alone."""
    lock = file.read()
    if lock is None:
        return
    if lock.state in _UNDONE:
        for each in files.both:
            shred(_next(each))
        before = _UNDONE[lock.state]
        if before is None:
            file.remove()
        else:
            file.save(msgspec.structs.replace(lock, state=before))
        return
    for suffix in _SIDE_FILES:
        # Whatever they held is in the copy; beside another file they would be damage.
        if _next(files.database).exists():
            shred(files.database.with_name(f"{files.database.name}{suffix}"))
    for each in files.both:
        _take_place(each)
    if lock.state == "opened":
        file.remove()


def _take_place(path: Path) -> None:
    """Let the successor of a file take its name; what stood there is overwritten first."""
    if not _next(path).exists():
        return
    old = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        blank(old)
    finally:
        os.close(old)
    _next(path).replace(path)
    sync_folder(path.parent)


def _next(path: Path) -> Path:
    return path.with_name(f"{path.name}{NEXT_SUFFIX}")
