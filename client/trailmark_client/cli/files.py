"""Files that a person asks for: whole or not at all, for their own account only."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from trailmark_shared.errors import DomainError, ErrorCode, StorageError

_OWNER_ONLY: Final = 0o600


def refuse_taken(file: Path) -> None:
    """Refuse a name that has a file already, or stands in no folder.

    Raises:
        DomainError: ``invalid_input``.
    """
    if file.exists() or not file.absolute().parent.is_dir():
        raise DomainError(
            ErrorCode.INVALID_INPUT, "name a file that does not exist, in a folder that does"
        )


def write_whole(file: Path, pieces: Iterable[bytes]) -> int:
    """Write a new file, on the disk when this returns.

    Args:
        file: Its name.
        pieces: Its content.

    Returns:
        Its length in bytes.

    Raises:
        StorageError: ``disk_full`` or ``storage_unavailable``: nothing was left behind.
    """
    staged = file.with_name(f"{file.name}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        target = os.open(staged, flags, _OWNER_ONLY)
        try:
            with os.fdopen(target, "wb") as stream:
                size = sum(stream.write(piece) for piece in pieces)
                stream.flush()
                os.fsync(stream.fileno())
            staged.replace(file)
        except BaseException:
            staged.unlink(missing_ok=True)
            raise
    except OSError as error:
        code = ErrorCode.DISK_FULL if error.errno == errno.ENOSPC else ErrorCode.STORAGE_UNAVAILABLE
        raise StorageError(code, "the file cannot be written; nothing was left of it") from None
    return size
