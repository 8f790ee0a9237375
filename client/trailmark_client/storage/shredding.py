"""Shredding: a file goes with its content, not only its name.

It is overwritten, synced and then removed. A disk that writes elsewhere than it is told (flash,
copy-on-write, snapshots) may keep what stood there before; only its own means reach that.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_CHUNK_BYTES: Final = 1024 * 1024
_ZEROS: Final = bytes(_CHUNK_BYTES)


def shred(path: Path) -> None:
    """Overwrite a file with zeros and remove it; one that is not there is left alone."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return
    try:
        blank(descriptor)
    finally:
        os.close(descriptor)
    path.unlink(missing_ok=True)


def blank(descriptor: int) -> None:
    """Overwrite an open file with zeros and sync it; its name may be gone already.

    Args:
        descriptor: Opened for writing.
    """
    left = os.fstat(descriptor).st_size
    os.lseek(descriptor, 0, os.SEEK_SET)
    while left > 0:
        left -= os.write(descriptor, _ZEROS[: min(left, _CHUNK_BYTES)])
    os.fsync(descriptor)
