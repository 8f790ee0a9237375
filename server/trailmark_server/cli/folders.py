"""Where a command works that makes no server: a wrong place is named, not filled."""

from __future__ import annotations

import asyncio
from importlib import import_module
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from trailmark_server.cli.output import Shared
from trailmark_server.settings import named_folder
from trailmark_server.stores import KEYS_FILE, MAIN_FILE, require_here
from trailmark_shared.errors import ErrorCode, StorageError
from trailmark_shared.words import gettext

BOTH: Final = (MAIN_FILE, KEYS_FILE)
ACCOUNTS: Final = (MAIN_FILE,)
"""All that ``therapist add`` makes before the first ``serve``."""


def present_folder(shared: Shared, wanted: tuple[str, ...] = BOTH) -> Path:
    """Return the data folder of a server that is there; with ``--database`` it may be missing.

    There must be no running event loop.

    Args:
        shared: Options of every command.
        wanted: Files that it must hold; the databases that stand for them.

    Raises:
        StorageError: As ``require_files``; or a database cannot be used.
    """
    data = named_folder(shared.data)
    if shared.databases is None:
        require_files(data, wanted)
    else:
        _require_filled(shared.databases.main, "log")
        if KEYS_FILE in wanted:
            _require_filled(shared.databases.keys, "keys")
    return data


def _require_filled(url: str, store: str) -> None:
    try:
        peeking = import_module("trailmark_server.storage.postgres.peeking")
    except ModuleNotFoundError:
        return  # whoever opens it says what is missing
    if not asyncio.run(peeking.PostgresPeek(url).holds_server(store)):
        raise StorageError(
            ErrorCode.STORAGE_UNAVAILABLE,
            gettext(
                "there is no server in the database {name}: name another with --database"
            ).format(name=urlsplit(url).path[1:]),
        )


def require_files(data: Path, wanted: tuple[str, ...] = BOTH) -> None:
    """Check that a folder holds a server's data.

    Raises:
        StorageError: ``storage_unavailable``: it does not, or is being restored.
    """
    missing = [name for name in wanted if not (data / name).exists()]
    if missing:
        require_here(data)
        raise StorageError(
            ErrorCode.STORAGE_UNAVAILABLE,
            gettext("there is no {file} in {folder}: name the data folder with --data").format(
                file=missing[0], folder=data
            ),
        )
