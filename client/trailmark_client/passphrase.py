"""A passphrase for this device's store: set, used, changed, forgotten and taken off again.

Nothing of it reaches a server or another device. Each of these either is done whole or leaves the
store as it was, also where it is killed in between.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from trailmark_adapters.nacl import NaclCipher
from trailmark_adapters.randomness import Randomness
from trailmark_client.app import App, files_of, open_app
from trailmark_client.lock import (
    Cost,
    FileSeal,
    Lock,
    LockFile,
    key_by_code,
    key_by_passphrase,
    locked,
    new_key,
    with_code,
)
from trailmark_client.storage.closing import alone, close_store, open_store, settled_lock
from trailmark_shared.codes import recovery_code_from_text
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.recovery import recovery_secrets
from trailmark_shared.words import gettext

USUAL: Cost = Cost()


def unlocked(home: Path, passphrase: str) -> bytes | None:
    """Return the key of a store, ``None`` where it has no passphrase.

    Args:
        home: The folder of the person's data.
        passphrase: What was typed.

    Raises:
        DomainError: ``wrong_passphrase``.
        IntegrityError: ``corrupt_identity``: the file of the lock is damaged.
    """
    lock = settled_lock(files_of(home))
    return None if lock is None else key_by_passphrase(lock, passphrase, NaclCipher())


def set_passphrase(
    home: Path, passphrase: str, randomness: Randomness, cost: Cost = USUAL
) -> bytes:
    """Seal a store under a passphrase; this process has closed it.

    Args:
        home: The folder of the person's data.
        passphrase: What is to open it.
        randomness: Chance.
        cost: Of trying one passphrase.

    Returns:
        The key, with which it can be opened without asking.

    Raises:
        DomainError: ``invalid_input``: too short, or there is a passphrase already.
        StorageError: ``storage_unavailable``: another process has the store open, or what is
            needed is not installed. ``disk_full``. The store is as it was.
    """
    cipher, key = NaclCipher(), new_key(randomness)
    lock = locked(key, passphrase, cipher, randomness, cost)
    # A damaged store is mended first, and a new one begun.
    with open_app(home, randomness=randomness) as app:
        code = app.identity.backup_code
    if code is not None:
        lock = with_code(lock, key, (code.id, code.key), cipher, randomness)
    with alone(files_of(home)):
        if LockFile(home).read() is not None:
            raise DomainError(
                ErrorCode.INVALID_INPUT,
                gettext("there is a passphrase already; trailmark passphrase change"),
            )
        close_store(files_of(home), lock, key, FileSeal(cipher, key, randomness))
    return key


def change_passphrase(app: App, passphrase: str, following: str, cost: Cost = USUAL) -> None:
    """Let another passphrase open the store; the old one opens it no more.

    Args:
        app: The open store.
        passphrase: What opens it now.
        following: What is to open it.
        cost: Of trying one passphrase.

    Raises:
        DomainError: ``wrong_passphrase``; ``invalid_input``: too short, or there is none.
    """
    file = LockFile(app.home)
    lock = _there(file.read())
    key = key_by_passphrase(lock, passphrase, app.vault.cipher)
    fresh = locked(key, following, app.vault.cipher, app.randomness, cost)

    def save() -> None:
        now = _there(file.read())
        file.save(msgspec.structs.replace(fresh, state="closed", code=now.code))

    app.write(lambda _conn: save())


def remove_passphrase(home: Path, passphrase: str, randomness: Randomness) -> None:
    """Take the passphrase off a store; this process has closed it.

    Args:
        home: The folder of the person's data.
        passphrase: What opens it now.
        randomness: Chance.

    Raises:
        DomainError: ``wrong_passphrase``; ``invalid_input``: there is none.
        StorageError: ``storage_unavailable``: another process has the store open. ``disk_full``.
            The store is as it was.
    """
    cipher, files = NaclCipher(), files_of(home)
    lock = _there(settled_lock(files))
    key = key_by_passphrase(lock, passphrase, cipher)
    with alone(files):
        open_store(files, lock, key, FileSeal(cipher, key, randomness))


def forgotten(
    home: Path, code: str, following: str, randomness: Randomness, cost: Cost = USUAL
) -> bytes:
    """Let another passphrase open the store of who has the recovery code.

    Args:
        home: The folder of the person's data.
        code: The recovery code as typed.
        following: What is to open it.
        randomness: Chance.
        cost: Of trying one passphrase.

    Returns:
        The key.

    Raises:
        RefusedError: ``wrong_code``: mistyped.
        DomainError: ``wrong_code``: another code, or none, opens it. ``invalid_input``.
        StorageError: ``storage_unavailable``: another process has the store open.
    """
    cipher, files = NaclCipher(), files_of(home)
    lock = _there(settled_lock(files))
    secrets = recovery_secrets(recovery_code_from_text(code))
    key = key_by_code(lock, secrets.backup_key, cipher)
    fresh = locked(key, following, cipher, randomness, cost)
    with alone(files):
        now = _there(LockFile(home).read())
        LockFile(home).save(msgspec.structs.replace(fresh, state="closed", code=now.code))
    return key


def opens_by_code(home: Path) -> bool:
    """Say whether the recovery code opens the lock of a store, too."""
    lock = settled_lock(files_of(home))
    return lock is not None and lock.code is not None


def _there(lock: Lock | None) -> Lock:
    if lock is None:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("this store has no passphrase; trailmark passphrase set"),
        )
    return lock
