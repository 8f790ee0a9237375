"""The folder that holds everything of this device."""

from __future__ import annotations

import os
from pathlib import Path

from trailmark_shared.errors import ErrorCode, StorageError
from trailmark_shared.words import gettext


def made_folder(folder: Path) -> Path:
    """Return a folder for its owner only, once it is there.

    Args:
        folder: Its name.

    Raises:
        StorageError: ``storage_unavailable``: it is no folder and cannot become one, or nothing may
            be written there.
    """
    is_there = False
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_there = True
        is_usable = os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        is_usable = False
    if is_there and not is_usable:
        raise StorageError(
            ErrorCode.STORAGE_UNAVAILABLE,
            gettext(
                "nothing can be written in the Trailmark folder now, and what is in it stays as it "
                "is; look at its disk and at who may write there, then try again"
            ),
        )
    if not is_usable:
        raise StorageError(
            ErrorCode.STORAGE_UNAVAILABLE,
            gettext(
                "there is no folder for your data that you may write to; set TRAILMARK_HOME to "
                "one, or leave it unset"
            ),
        )
    return folder
