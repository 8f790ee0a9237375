"""A backup: everything of a person in one file that only their recovery code opens.

The file is ``MAGIC``, four bytes of length and a header in MessagePack, then sealed chunks, each
behind four bytes of its length. A chunk's nonce counts from 0 and says whether it is the last one,
so chunks can be neither left out, nor swapped, nor cut off; the header is bound to each of them.
Inside stand records, each behind four bytes of its length, across the borders of chunks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Final

import msgspec

from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, IntegrityError, LimitExceededError, SealError
from trailmark_shared.sealing import NONCE_BYTES, Cipher, derive_key
from trailmark_shared.words import gettext

MAGIC: Final = b"trailmark-backup/1\n"
"""How the file begins."""

SALT_BYTES: Final = 32

_FAMILY: Final = b"trailmark-backup/"
_LABEL: Final = b"trailmark-backup-file/1"
_LENGTH_BYTES: Final = 4
_TAG_BYTES: Final = 16
_COUNTER_BYTES: Final = 8
_HEADER_BYTES_MAX: Final = 1024

Read = Callable[[int], bytes]
"""Returns as many bytes as asked for, fewer only at the end of the file."""


class BackupHeader(msgspec.Struct, frozen=True, kw_only=True):
    """What anybody can read of a backup.

    Attributes:
        code: Which recovery code opens it: id of its holder.
        salt: 32 random bytes; no two files are sealed with one key.
        made_at: When it was made, milliseconds UTC.
    """

    code: bytes
    salt: bytes
    made_at: int


def sealed_pieces(
    cipher: Cipher, key: bytes, header: BackupHeader, records: Iterable[bytes]
) -> Iterator[bytes]:
    """Yield a backup in pieces, holding no more than a chunk and a record at a time.

    Args:
        cipher: The cipher port.
        key: ``RecoverySecrets.backup_key``, 32 bytes.
        header: Its header, with a fresh salt.
        records: What is in it.

    Raises:
        LimitExceededError: ``BACKUP_RECORD_BYTES_MAX``: a record could not be read again.
    """
    head = _head(header)
    yield head
    chunks = _Chunks(cipher, key, header, head)
    waiting = bytearray()
    for record in records:
        if len(record) > limits.BACKUP_RECORD_BYTES_MAX:
            raise LimitExceededError(
                "BACKUP_RECORD_BYTES_MAX", len(record), limits.BACKUP_RECORD_BYTES_MAX
            )
        waiting += len(record).to_bytes(_LENGTH_BYTES) + record
        while len(waiting) > limits.BACKUP_CHUNK_BYTES:
            yield chunks.sealed(bytes(waiting[: limits.BACKUP_CHUNK_BYTES]), is_last=False)
            del waiting[: limits.BACKUP_CHUNK_BYTES]
    yield chunks.sealed(bytes(waiting), is_last=True)


def read_header(read: Read) -> BackupHeader:
    """Return the header of a backup that is read from its beginning.

    Raises:
        IntegrityError: ``corrupt_backup``: no backup, a damaged one, or one of a newer Trailmark.
    """
    magic = read(len(MAGIC))
    if magic != MAGIC:
        if magic.startswith(_FAMILY):
            raise IntegrityError(
                ErrorCode.CORRUPT_BACKUP,
                gettext("this backup was made by a newer Trailmark; upgrade this one"),
            )
        raise IntegrityError(
            ErrorCode.CORRUPT_BACKUP, gettext("this file is no backup of Trailmark")
        )
    size = int.from_bytes(read(_LENGTH_BYTES))
    encoded = read(size) if size <= _HEADER_BYTES_MAX else b""
    try:
        return msgspec.msgpack.decode(encoded, type=BackupHeader)
    except msgspec.MsgspecError:
        raise IntegrityError(
            ErrorCode.CORRUPT_BACKUP,
            gettext("the beginning of this backup is damaged; use another one"),
        ) from None


def opened_records(cipher: Cipher, key: bytes, header: BackupHeader, read: Read) -> Iterator[bytes]:
    """Yield the records of a backup, reading on behind its header.

    Args:
        cipher: The cipher port.
        key: ``RecoverySecrets.backup_key`` of the code that the header names.
        header: From ``read_header``.
        read: Reads on where that stopped.

    Raises:
        IntegrityError: ``corrupt_backup``: damaged, or not all of it; records before the damage
            were yielded, so nothing may count before the last one came.
    """
    chunks = _Chunks(cipher, key, header, _head(header))
    waiting = bytearray()
    is_last = False
    while not is_last:
        size = int.from_bytes(read(_LENGTH_BYTES))
        if not _TAG_BYTES <= size <= limits.BACKUP_CHUNK_BYTES + _TAG_BYTES:
            raise IntegrityError(ErrorCode.CORRUPT_BACKUP, _damage(chunks.number))
        plain, is_last = chunks.opened(read(size))
        waiting += plain
        yield from _whole_records(waiting)
    if waiting or read(1):
        raise IntegrityError(ErrorCode.CORRUPT_BACKUP, _damage(chunks.number))


def _whole_records(waiting: bytearray) -> Iterator[bytes]:
    """Yield every record that ``waiting`` holds to its end, and leave the rest there."""
    at = 0
    while len(waiting) - at >= _LENGTH_BYTES:
        end = at + _LENGTH_BYTES + int.from_bytes(waiting[at : at + _LENGTH_BYTES])
        if end - at > limits.BACKUP_RECORD_BYTES_MAX + _LENGTH_BYTES:
            raise IntegrityError(
                ErrorCode.CORRUPT_BACKUP,
                gettext("a record of this backup is too long to be one; use another backup"),
            )
        if end > len(waiting):
            break
        yield bytes(waiting[at + _LENGTH_BYTES : end])
        at = end
    del waiting[:at]


def _head(header: BackupHeader) -> bytes:
    encoded = msgspec.msgpack.encode(header)
    return MAGIC + len(encoded).to_bytes(_LENGTH_BYTES) + encoded


class _Chunks:
    """Seals or opens the chunks of one file, in order."""

    def __init__(self, cipher: Cipher, key: bytes, header: BackupHeader, head: bytes) -> None:
        self.number = 0
        self._cipher = cipher
        self._key = derive_key(key + header.salt, _LABEL)
        self._bound = sha256(head).digest()

    def sealed(self, plain: bytes, *, is_last: bool) -> bytes:
        """Return the next chunk behind its length."""
        chunk = self._cipher.seal(self._key, self._nonce(is_last=is_last), plain, self._bound)
        self.number += 1
        return len(chunk).to_bytes(_LENGTH_BYTES) + chunk

    def opened(self, chunk: bytes) -> tuple[bytes, bool]:
        """Return what the next chunk holds, and whether it is the last one."""
        for is_last in (False, True):
            try:
                nonce = self._nonce(is_last=is_last)
                plain = self._cipher.open(self._key, nonce, chunk, self._bound)
            except SealError:
                continue
            self.number += 1
            return plain, is_last
        raise IntegrityError(ErrorCode.CORRUPT_BACKUP, _damage(self.number))

    def _nonce(self, *, is_last: bool) -> bytes:
        counted = self.number.to_bytes(_COUNTER_BYTES) + bytes([is_last])
        return counted.ljust(NONCE_BYTES, b"\x00")


def _damage(chunk: int) -> str:
    return f"this backup is damaged or not all of it is here (part {chunk + 1}); use another one"
