"""The folder of a release whose devices signed nothing, read onto a device that was never used.

Such a device has no keys of its own by which others could know it, and its space no founder, so
neither can go on. Its events are all there, and the vault keys that open them: they begin anew here
as an export does (``importing``). The folder is only read.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from trailmark_adapters.cipher import system_cipher
from trailmark_adapters.disk import disk_errors
from trailmark_adapters.sqlite import Connection, SqliteReader
from trailmark_client.app import DATABASE_NAME, App
from trailmark_client.identity import FILE_NAME, VaultKey, checked, signs_nothing
from trailmark_client.importing import Imported, begin_anew, nobody_let_in, refuse_second_copy
from trailmark_client.storage.importing import Importing
from trailmark_client.storage.rows import ROW_COLUMNS
from trailmark_client.storage.standing import placed_events
from trailmark_client.storage.vault import opener_with
from trailmark_shared.errors import DomainError, ErrorCode, IntegrityError
from trailmark_shared.ids import SpaceId
from trailmark_shared.words import gettext

_MS: Final = 1_000_000


class OlderIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """What is still of use in the identity file of that time.

    Attributes:
        space: Everything of this person, as it was called there.
        vault_keys: All that the device holds.
    """

    space: SpaceId
    vault_keys: tuple[VaultKey, ...]


class OlderStore(msgspec.Struct, frozen=True, kw_only=True):
    """A store that is only read.

    Attributes:
        identity: Whose it is, and what opens it.
        reader: The way to its rows.
        written_at: When its file was written last, milliseconds UTC.
    """

    identity: OlderIdentity
    reader: SqliteReader
    written_at: int


@contextmanager
def older_store_of(folder: Path) -> Generator[OlderStore]:
    """Open the folder of an older release.

    Args:
        folder: What ``TRAILMARK_HOME`` named there.

    Yields:
        Its store.

    Raises:
        DomainError: ``not_found``: no device is in the folder; ``invalid_input``: one of this
            release is.
        IntegrityError: ``corrupt_identity``, ``corrupt_log``: it is damaged.
        StorageError: It cannot be read now.
    """
    identity_path, database = folder / FILE_NAME, folder / DATABASE_NAME
    if not identity_path.exists() or not database.exists():
        raise DomainError(
            ErrorCode.NOT_FOUND, gettext("there is no Trailmark folder of a device by that name")
        )
    with disk_errors():
        identity = _older_identity(checked(identity_path.read_bytes()))
        written_at = database.stat().st_mtime_ns // _MS
    if identity is None:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "that folder needs no import: let TRAILMARK_HOME name it, and it goes on as it is"
            ),
        )
    reader = SqliteReader(
        database, functions={"opened": opener_with(system_cipher(), identity.vault_keys)}
    )
    try:
        if not reader.read(_has_events):
            raise IntegrityError(
                ErrorCode.CORRUPT_LOG, gettext("the database file in that folder is damaged")
            )
        yield OlderStore(identity=identity, reader=reader, written_at=written_at)
    finally:
        reader.close()


def _older_identity(told: msgspec.Raw) -> OlderIdentity | None:
    if not signs_nothing(told):
        return None
    try:
        return msgspec.json.decode(told, type=OlderIdentity)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise IntegrityError(
            ErrorCode.CORRUPT_IDENTITY, gettext("the identity file in that folder cannot be read")
        ) from None


def _has_events(conn: Connection) -> bool:
    columns = {name for _, name, *_ in conn.execute("PRAGMA table_info(event)")}
    tables = conn.execute("SELECT name FROM sqlite_master WHERE name = 'erased'").fetchall()
    return columns.issuperset(ROW_COLUMNS.split(", ")) and bool(tables)


def count_events(older: OlderStore) -> int:
    """Return how many events a store has."""

    def count(conn: Connection) -> int:
        found: int = conn.execute("SELECT count(*) FROM event").fetchone()[0]
        return found

    return older.reader.read(count)


def import_store(app: App, older: OlderStore, progress: Callable[[int], None]) -> Imported:
    """Put everything of an older store onto a fresh device, in one transaction.

    Args:
        app: A device that was never used.
        older: From ``older_store_of``.
        progress: Told how many events were put.

    Returns:
        What was imported.

    Raises:
        DomainError: ``invalid_input``: the device was used before, or holds an import.
        IntegrityError: ``altered_export``, ``corrupt_log``: it is damaged; nothing was changed.
        StorageError: The store cannot take it; nothing was changed.
    """

    def put(conn: Connection) -> Imported:
        refuse_second_copy(conn, app)
        importing = Importing(conn, app.vault, app.randomness)
        count = older.reader.read(lambda old: take(conn, importing, old))
        begin_anew(conn, app, importing, older.identity.space)
        return Imported(events=count, made_at=older.written_at, stopped=nobody_let_in(conn, app))

    def take(conn: Connection, importing: Importing, old: Connection) -> int:
        count = 0
        for placed in placed_events(old):
            count += importing.take(placed)
            progress(1)
        erased = old.execute("SELECT id FROM erased").fetchall()
        conn.executemany("INSERT OR IGNORE INTO erased (id) VALUES (?)", erased)
        return count

    return app.write(put)
