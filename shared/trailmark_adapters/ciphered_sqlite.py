"""The one door to SQLCipher: SQLite whose file is sealed page by page under one key.

It is an extra, ``trailmark[lock]``, loaded only where a file is sealed. Its connections and errors
are those of ``sqlite3`` in everything but their classes, so ``sqlite`` treats both alike.
"""

from __future__ import annotations

import os
import sqlite3
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import quote

from trailmark_shared.errors import ErrorCode, StorageError
from trailmark_shared.words import gettext

KEY_BYTES: Final = 32
"""Length of the key of a file, in bytes; it is used as it is, without stretching."""

_STATEMENTS_KEPT: Final = 512
"""Statements that a connection keeps ready: more than any store has, for a rest is planned anew."""

_MODULE: Final = "sqlcipher3.dbapi2"
_FULL_TEXT: Final = "database or disk is full"

_loaded: Any = None


def is_installed() -> bool:
    """Say whether sealed files can be opened here."""
    return find_spec("sqlcipher3") is not None


def errors() -> tuple[type[Exception], ...]:
    """Return the root of the errors of SQLite, once more where SQLCipher is in use."""
    return (sqlite3.Error,) if _loaded is None else (sqlite3.Error, _loaded.Error)


def operational_errors() -> tuple[type[Exception], ...]:
    """Return what SQLite raises where it cannot go on, once more where SQLCipher is in use."""
    own = sqlite3.OperationalError
    return (own,) if _loaded is None else (own, _loaded.OperationalError)


def connect(path: Path, mode: str, key: bytes | None) -> sqlite3.Connection:
    """Return a connection with a file; with another key, its first statement fails.

    Args:
        path: The file.
        mode: ``ro`` or ``rw``.
        key: ``KEY_BYTES`` bytes that it is sealed under, or ``None`` for an open file.

    Raises:
        StorageError: ``storage_unavailable``: SQLCipher is not installed.
    """
    library = sqlite3 if key is None else _dbapi()
    conn = library.connect(
        address(path, mode), uri=True, isolation_level=None, cached_statements=_STATEMENTS_KEPT
    )
    if key is not None:
        # What it logs goes to the standard error stream, into the middle of an answer.
        conn.execute("PRAGMA cipher_log_level=NONE")
        conn.execute(f'PRAGMA key="{_literal(key)}"')
    return cast("sqlite3.Connection", conn)


def copy(source: Path, source_key: bytes | None, target: Path, target_key: bytes | None) -> None:
    """Write all of a file into a new one under another key, or none.

    Nobody else may have the source open. Both must be synced by the caller.

    Args:
        source: The file.
        source_key: Its key, ``None`` for an open file.
        target: An empty file.
        target_key: Its key, ``None`` for an open file.

    Raises:
        StorageError: ``storage_unavailable``: SQLCipher is not installed; ``disk_full``.
    """
    dbapi = _dbapi()
    conn = (
        dbapi.connect(address(source, "rw"), uri=True, isolation_level=None)
        if source_key is None
        else connect(source, "rw", source_key)
    )
    try:
        conn.execute("PRAGMA temp_store=MEMORY")
        (version,) = conn.execute("PRAGMA user_version").fetchone()
        key = "" if target_key is None else _literal(target_key)
        conn.execute("ATTACH DATABASE ? AS target KEY ?", (address(target, "rw"), key))
        try:
            conn.execute("SELECT sqlcipher_export('target')").fetchone()
        except dbapi.OperationalError as error:
            # It passes SQLite's words on and not its code.
            if str(error) != _FULL_TEXT:
                raise
            raise StorageError(
                ErrorCode.DISK_FULL, gettext("the disk is full; free some space and try again")
            ) from error
        conn.execute(f"PRAGMA target.user_version={int(version)}")
        conn.execute("DETACH DATABASE target")
    finally:
        conn.close()


def address(path: Path, mode: str) -> str:
    """Return the address of a file as SQLite takes it.

    Args:
        path: The file.
        mode: ``ro`` or ``rw``.
    """
    return f"file:{quote(os.fsencode(path))}?mode={mode}"


def _literal(key: bytes) -> str:
    assert len(key) == KEY_BYTES, "a key of another length would be stretched as a passphrase"
    return f"x'{key.hex()}'"


def _dbapi() -> Any:  # noqa: ANN401  (a module without types)
    global _loaded  # noqa: PLW0603  (loaded once, and only where it is needed)
    if _loaded is None:
        if not is_installed():
            raise StorageError(
                ErrorCode.STORAGE_UNAVAILABLE,
                gettext(
                    "what opens a store with a passphrase is not installed here; install "
                    "trailmark with its extra: trailmark[lock]"
                ),
            )
        _loaded = import_module(_MODULE)
    return _loaded
