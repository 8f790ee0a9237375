"""Whether the next start has much to bring up to date, so that somebody can say so beforehand."""

from __future__ import annotations

from pathlib import Path

from trailmark_adapters.migrations import migrations_from_folder
from trailmark_adapters.sqlite import Connection, SqliteReader
from trailmark_client.app import DATABASE_NAME, MIGRATIONS_FOLDER
from trailmark_client.lock import database_key
from trailmark_client.storage.read_models import is_projection_current
from trailmark_shared import limits
from trailmark_shared.errors import IntegrityError, StorageError


def is_long_update_due(
    home: Path, key: bytes | None, small_bytes: int = limits.CHECKED_AT_EVERY_START_BYTES_MAX
) -> bool:
    """Say whether an older release wrote a large store that this one opens next.

    Args:
        home: The folder of the person's data.
        key: What the lock of the store holds; ``None`` where there is no passphrase.
        small_bytes: Up to this size nobody notices.

    Returns:
        Whether it did; also ``False`` for what the start itself has to tell of.
    """
    path = home / DATABASE_NAME
    try:
        if path.stat().st_size <= small_bytes:
            return False
        reader = SqliteReader(path, key=database_key(key))
        try:
            return reader.read(_is_behind)
        finally:
            reader.close()
    except (OSError, StorageError, IntegrityError):
        return False


def _is_behind(conn: Connection) -> bool:
    known = len(migrations_from_folder(MIGRATIONS_FOLDER))
    (schema,) = conn.execute("PRAGMA user_version").fetchone()
    return schema < known or (schema == known and not is_projection_current(conn))
