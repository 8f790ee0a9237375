"""The lock of a store: the file from which a passphrase gives the key of everything else.

A random key seals the database and the identity. What the file holds is that key, sealed once
under the stretched passphrase and once, where this device knows one, under a key of the recovery
code: whoever forgot the passphrase still has the code. A changed passphrase seals only that anew.

The file also says how far the store is: ``closing`` and ``opening`` are undone by the next start,
``closed`` and ``opened`` are finished by it (``storage.closing``).
"""

from __future__ import annotations

import unicodedata
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal, NoReturn

import msgspec

from trailmark_adapters.cipher import STRETCH_SALT_BYTES, stretched
from trailmark_adapters.disk import disk_errors
from trailmark_adapters.durable_files import replace_durably, sync_folder
from trailmark_adapters.randomness import Randomness
from trailmark_shared import limits
from trailmark_shared.errors import (
    DomainError,
    ErrorCode,
    IntegrityError,
    LimitExceededError,
    SealError,
    StorageError,
)
from trailmark_shared.sealing import NONCE_BYTES, Cipher, derive_key
from trailmark_shared.words import gettext

FILE_NAME: Final = "lock"

KEY_BYTES: Final = 32
"""Length of the key that a lock holds, in bytes."""

SEALED_FILE: Final = b"trailmark sealed file 1\n"
"""How a file begins that is sealed as a whole."""

_PASSPHRASE_LABEL: Final = b"trailmark lock passphrase"
_CODE_LABEL: Final = b"trailmark lock recovery code"
_DATABASE_LABEL: Final = b"trailmark lock database"
_FILES_LABEL: Final = b"trailmark lock files"

State = Literal["closing", "closed", "opening", "opened"]


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What it costs to try one passphrase.

    Attributes:
        passes: Over the memory.
        memory_bytes: How much memory.
    """

    passes: int = limits.PASSPHRASE_PASSES
    memory_bytes: int = limits.PASSPHRASE_MEMORY_BYTES


class CodeSlot(msgspec.Struct, frozen=True, kw_only=True):
    """The key once more, for who forgot the passphrase.

    Attributes:
        id: Which recovery code opens it, 16 bytes.
        sealed: The key under a key of that code: nonce and ciphertext.
    """

    id: bytes
    sealed: bytes


class Lock(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says.

    Attributes:
        state: How far the store is.
        salt: Of the passphrase.
        cost: Of trying one.
        sealed: The key under the stretched passphrase: nonce and ciphertext.
        code: The key under the recovery code, where this device knew one.
    """

    state: State
    salt: bytes
    cost: Cost
    sealed: bytes
    code: CodeSlot | None = None


class _Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """The file: exact bytes beside their checksum."""

    checksum: str
    lock: msgspec.Raw


class LockFile:
    """The file in the person's folder.

    Attributes:
        path: Where it is.
    """

    def __init__(self, home: Path) -> None:
        """Remember where it is; without a passphrase there is none.

        Args:
            home: The folder of the person's data.
        """
        self.path = home / FILE_NAME

    def read(self) -> Lock | None:
        """Return what it says, ``None`` where there is no passphrase.

        Raises:
            IntegrityError: ``corrupt_identity``: it is damaged.
        """
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            sealed = msgspec.json.decode(data, type=_Sealed)
            if sha256(bytes(sealed.lock)).hexdigest() != sealed.checksum:
                _damaged()
            lock = msgspec.json.decode(sealed.lock, type=Lock)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            _damaged()
        if not 0 < lock.cost.memory_bytes <= limits.PASSPHRASE_MEMORY_BYTES_MAX:
            _damaged()
        return lock

    @disk_errors()
    def save(self, lock: Lock) -> None:
        """Replace the file; when this returns, it survives a power cut.

        Raises:
            StorageError: ``disk_full``, ``storage_unavailable``: the file is as it was.
        """
        encoded = msgspec.json.encode(lock)
        sealed = _Sealed(checksum=sha256(encoded).hexdigest(), lock=msgspec.Raw(encoded))
        replace_durably(self.path, msgspec.json.encode(sealed) + b"\n")

    def remove(self) -> None:
        """Remove the file: the store is open now."""
        self.path.unlink(missing_ok=True)
        sync_folder(self.path.parent)


def _damaged() -> NoReturn:
    raise IntegrityError(
        ErrorCode.CORRUPT_IDENTITY,
        gettext(
            "the file of the lock is damaged; nothing was changed. Put it back from a backup of "
            "the Trailmark folder, or join again from another device"
        ),
    ) from None


class FileSeal:
    """Seals whole files that lie beside the database."""

    def __init__(self, cipher: Cipher, key: bytes, randomness: Randomness) -> None:
        """Take the key of the lock.

        Args:
            cipher: The cipher.
            key: The key that the lock holds.
            randomness: Where nonces come from.
        """
        self._cipher = cipher
        self._key = derive_key(key, _FILES_LABEL)
        self._randomness = randomness

    def sealed(self, data: bytes) -> bytes:
        """Return the content of a sealed file."""
        nonce = self._randomness.token(NONCE_BYTES)
        return SEALED_FILE + nonce + self._cipher.seal(self._key, nonce, data, SEALED_FILE)

    def opened(self, data: bytes) -> bytes:
        """Return what a sealed file holds.

        Raises:
            SealError: ``seal_broken``: damaged, or sealed under another key.
        """
        sealed = data.removeprefix(SEALED_FILE)
        nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        return self._cipher.open(self._key, nonce, rest, SEALED_FILE)


def database_key(key: bytes | None) -> bytes | None:
    """Return the key of the database for the key of the lock; ``None`` for none."""
    return None if key is None else derive_key(key, _DATABASE_LABEL)


def new_key(randomness: Randomness) -> bytes:
    """Return a fresh key for a lock to hold."""
    return randomness.token(KEY_BYTES)


def locked(key: bytes, passphrase: str, cipher: Cipher, randomness: Randomness, cost: Cost) -> Lock:
    """Return a lock of a key, in the state ``closing``.

    Args:
        key: What it is to hold.
        passphrase: What is to open it.
        cipher: The cipher.
        randomness: Where salt and nonce come from.
        cost: Of trying one passphrase.

    Raises:
        DomainError: ``invalid_input``: too short.
        LimitExceededError: ``too_large``.
    """
    passphrase = _normal(passphrase)
    if len(passphrase) < limits.PASSPHRASE_CHARS_MIN:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "the passphrase is too short; {n} characters are the least, some words that only "
                "you know are better"
            ).format(n=limits.PASSPHRASE_CHARS_MIN),
        )
    if len(passphrase) > limits.PASSPHRASE_CHARS_MAX:
        raise LimitExceededError(
            "PASSPHRASE_CHARS_MAX", len(passphrase), limits.PASSPHRASE_CHARS_MAX
        )
    salt = randomness.token(STRETCH_SALT_BYTES)
    under = _stretched(passphrase, salt, cost)
    sealed = _sealed(key, under, _PASSPHRASE_LABEL, cipher, randomness)
    return Lock(state="closing", salt=salt, cost=cost, sealed=sealed)


def with_code(
    lock: Lock, key: bytes, code: tuple[bytes, bytes], cipher: Cipher, randomness: Randomness
) -> Lock:
    """Return a lock that a recovery code opens, too.

    Args:
        lock: The lock.
        key: What it holds.
        code: Id of the code, and its ``RecoverySecrets.backup_key``.
        cipher: The cipher.
        randomness: Where the nonce comes from.
    """
    code_id, backup_key = code
    under = derive_key(backup_key, _CODE_LABEL)
    sealed = _sealed(key, under, _CODE_LABEL, cipher, randomness)
    return msgspec.structs.replace(lock, code=CodeSlot(id=code_id, sealed=sealed))


def key_by_passphrase(lock: Lock, passphrase: str, cipher: Cipher) -> bytes:
    """Return the key that a lock holds.

    Raises:
        DomainError: ``wrong_passphrase``.
    """
    under = _stretched(_normal(passphrase), lock.salt, lock.cost)
    try:
        return _opened(lock.sealed, under, _PASSPHRASE_LABEL, cipher)
    except SealError:
        raise DomainError(
            ErrorCode.WRONG_PASSPHRASE,
            gettext(
                "this is not the passphrase; nothing was changed. Try again, or use your recovery "
                "code: trailmark passphrase forgot"
            ),
        ) from None


def key_by_code(lock: Lock, backup_key: bytes, cipher: Cipher) -> bytes:
    """Return the key that a lock holds, for who forgot the passphrase.

    Args:
        lock: The lock.
        backup_key: Of the recovery code.
        cipher: The cipher.

    Raises:
        DomainError: ``wrong_code``: another code opens it, or none does.
    """
    if lock.code is not None:
        try:
            under = derive_key(backup_key, _CODE_LABEL)
            return _opened(lock.code.sealed, under, _CODE_LABEL, cipher)
        except SealError:
            pass
    raise DomainError(
        ErrorCode.WRONG_CODE,
        gettext(
            "this recovery code does not open this device's store; in a new folder it still "
            "brings back what the server or a backup has: trailmark recover, trailmark restore"
        ),
    )


def locked_error() -> StorageError:
    """Return what is raised where a passphrase is needed and nobody can be asked."""
    return StorageError(
        ErrorCode.LOCKED,
        gettext(
            "the store is locked with a passphrase; type it at a terminal, or let "
            "TRAILMARK_PASSPHRASE_FILE name a file that only you can read"
        ),
    )


def _normal(passphrase: str) -> str:
    """Return a passphrase as every keyboard types it: a letter may have two spellings.

    One that is too long is cut to one character too many. No letter is composed of more than four.
    """
    longest = limits.PASSPHRASE_CHARS_MAX + 1
    return unicodedata.normalize("NFKC", passphrase[: 4 * longest]).strip()[:longest]


def _stretched(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    typed = passphrase.encode(errors="surrogatepass")
    return stretched(typed, salt, cost.passes, cost.memory_bytes)


def _sealed(
    key: bytes, under: bytes, label: bytes, cipher: Cipher, randomness: Randomness
) -> bytes:
    nonce = randomness.token(NONCE_BYTES)
    return nonce + cipher.seal(under, nonce, key, label)


def _opened(sealed: bytes, under: bytes, label: bytes, cipher: Cipher) -> bytes:
    return cipher.open(under, sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], label)
