"""Files that a person asks for: whole or not at all, for their own account only."""

from __future__ import annotations

import errno
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from trailmark_adapters.durable_files import sync_folder
from trailmark_shared.errors import DomainError, ErrorCode, StorageError
from trailmark_shared.words import gettext

_OWNER_ONLY: Final = 0o600


def refuse_taken(file: Path) -> None:
    """Refuse a name that cannot become a new file.

    Raises:
        DomainError: ``invalid_input``: the file exists, its folder does not, or what a writing that
            was cut short has left is in the way.
    """
    if os.path.lexists(file) or not file.absolute().parent.is_dir():
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("name a file that does not exist, in a folder that does"),
        )
    if os.path.lexists(_staged(file)):
        name = _staged(file).name
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("{name} was left there, unfinished and readable: remove it").format(name=name),
        )


@contextmanager
def whole_file(file: Path) -> Generator[IO[bytes]]:
    """Write a new file: it gets its name once all of it has reached the disk.

    Args:
        file: Its name; see ``refuse_taken``.

    Yields:
        Where to write. Whatever ends the writing early, nothing is left.

    Raises:
        StorageError: ``disk_full`` or ``storage_unavailable``: nothing was left behind.
    """
    try:
        with _staged_file(file) as stream:
            yield stream
    except OSError as error:
        code = ErrorCode.DISK_FULL if error.errno == errno.ENOSPC else ErrorCode.STORAGE_UNAVAILABLE
        raise StorageError(
            code, gettext("the file cannot be written; nothing was left of it")
        ) from None


def write_whole(file: Path, pieces: Iterable[bytes]) -> int:
    """Write a new file, on the disk when this returns.

    Args:
        file: Its name.
        pieces: Its content.

    Returns:
        Its length in bytes.

    Raises:
        StorageError: As ``whole_file``.
    """
    with whole_file(file) as stream:
        return sum(stream.write(piece) for piece in pieces)


@contextmanager
def _staged_file(file: Path) -> Generator[IO[bytes]]:
    staged = _staged(file)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    target = os.open(staged, flags, _OWNER_ONLY)
    written = staged
    try:
        with os.fdopen(target, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        written = staged.replace(file)
        sync_folder(file.absolute().parent)
    except BaseException:
        written.unlink(missing_ok=True)
        raise


def _staged(file: Path) -> Path:
    return file.with_name(f"{file.name}.part")
