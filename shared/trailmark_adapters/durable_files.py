"""Files that outlast a power cut: content and names reach the disk before it is said that they did.

An error of the machine comes as it is; ``disk.disk_errors`` says what it means.
"""

from __future__ import annotations

import os
from pathlib import Path


def write_durably(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read; when this returns, its content is on the disk."""
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(target, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace_durably(path: Path, data: bytes) -> None:
    """Replace a file as a whole, by way of one that ends in ``.tmp``; readers see either.

    Raises:
        OSError: The file is as it was; or it is the new one, and its folder could not be synced.
    """
    staged = path.with_name(f"{path.name}.tmp")
    write_durably(staged, data)
    staged.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Let the names in a folder survive a power cut."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
