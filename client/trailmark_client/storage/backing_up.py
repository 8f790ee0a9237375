"""The rows of a backup: out of the store one by one, and into a store that holds no event yet.

Documents are left out, since they are folded again, and so are ends of numberings: whoever is
restored goes on under a numbering of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.identity import Identity
from trailmark_client.storage.settings import set_setting, setting
from trailmark_client.storage.state_hashes import state_hash
from trailmark_shared.errors import DomainError, ErrorCode, IntegrityError
from trailmark_shared.projections.fold import PROJECTION_VERSION
from trailmark_shared.words import gettext, marked

TABLES: Final = ("event", "cursor", "signed_head", "erased", "setting", "rewind", "archived_lane")
"""What is in a backup, in this order."""

_OF_THE_FILE: Final = frozenset({"cleaning_owed", "projection_version"})
"""Settings that speak of one database file."""

_MADE: Final = "backed_up_at"
_NEWER: Final = marked("this backup was made by a newer Trailmark; upgrade this one")


class _Table(msgspec.Struct, frozen=True, array_like=True, tag="table"):
    """The rows behind it are of this table, with these columns."""

    name: str
    columns: tuple[str, ...]


class _Row(msgspec.Struct, frozen=True, array_like=True, tag="row"):
    """One row."""

    values: tuple[Any, ...]


class Ending(msgspec.Struct, frozen=True, array_like=True, tag="end"):
    """What a backup says about itself at its end.

    Attributes:
        rows: How many rows it has.
        projection: Version of the folds by which the hashes were made.
        hashes: State hash of each lane.
    """

    rows: int
    projection: int
    hashes: dict[str, bytes]


_decode: Final = msgspec.msgpack.Decoder(_Table | _Row | Ending).decode
_encode: Final = msgspec.msgpack.Encoder().encode


def rows_to_back_up(conn: Connection) -> int:
    """Return how many rows a backup has: how long writing it takes."""
    return sum(conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES)


def row_records(conn: Connection) -> Iterator[bytes]:
    """Yield a record for each table, for each of its rows, and the last one.

    Args:
        conn: The store, in one transaction until the last record was taken.

    Yields:
        MessagePack: ``["table", name, columns]``, ``["row", values]``, and at the end
        ``["end", rows, version of the folds, {lane: state hash}]``.
    """
    count = 0
    for table in TABLES:
        columns = _columns(conn, table)
        yield _encode(_Table(table, columns))
        for row in conn.execute(f"SELECT {', '.join(columns)} FROM {table}"):
            count += 1
            yield _encode(_Row(row))
    lanes = [lane for (lane,) in conn.execute("SELECT lane FROM cursor ORDER BY lane").fetchall()]
    hashes = {lane: state_hash(conn, lane) for lane in lanes}
    yield _encode(Ending(count, PROJECTION_VERSION, hashes))


def fill(conn: Connection, records: Iterable[bytes], progress: Callable[[int], None]) -> Ending:
    """Put the rows of a backup into a store without events.

    Args:
        conn: The store, inside a write transaction that ends without effect where this raises.
        records: From ``row_records``; those behind the last one are left.
        progress: Told how many rows were put.

    Returns:
        The last record.

    Raises:
        IntegrityError: ``corrupt_backup``: it ends early, or is of a newer Trailmark.
    """
    table, sql, count = "", "", 0
    for encoded in records:
        record = _read(encoded)
        if isinstance(record, _Table):
            table, sql = record.name, _insert(conn, record)
        elif isinstance(record, Ending):
            if record.rows == count:
                return record
            break
        else:
            if table != "setting" or record.values[0] not in _OF_THE_FILE:
                conn.execute(sql, record.values)
            count += 1
            progress(1)
    raise IntegrityError(
        ErrorCode.CORRUPT_BACKUP,
        gettext("this backup lacks something that every backup says; use another one"),
    )


def _read(encoded: bytes) -> _Table | _Row | Ending:
    try:
        return _decode(encoded)
    except msgspec.MsgspecError:
        raise IntegrityError(ErrorCode.CORRUPT_BACKUP, gettext(_NEWER)) from None


def _insert(conn: Connection, table: _Table) -> str:
    if table.name not in TABLES or not set(table.columns) <= set(_columns(conn, table.name)):
        raise IntegrityError(ErrorCode.CORRUPT_BACKUP, gettext(_NEWER))
    marks = ", ".join("?" * len(table.columns))
    names = ", ".join(table.columns)
    # What a fresh store has set by itself gives way.
    return f"INSERT OR REPLACE INTO {table.name} ({names}) VALUES ({marks})"


def _columns(conn: Connection, table: str) -> tuple[str, ...]:
    return tuple(row[1] for row in conn.execute(f"PRAGMA table_info({table})").fetchall())


def check_hashes(conn: Connection, ending: Ending) -> None:
    """Compare what was folded with what stood there when the backup was made, if it can be.

    Raises:
        IntegrityError: ``corrupt_backup``: a lane has another state.
    """
    if ending.projection != PROJECTION_VERSION:
        return
    if any(state_hash(conn, lane) != told for lane, told in ending.hashes.items()):
        raise IntegrityError(
            ErrorCode.CORRUPT_BACKUP,
            gettext("this backup does not hold what it says that it holds; use another one"),
        )


def note_backup(conn: Connection, made_at: int) -> None:
    """Remember when a backup was made, milliseconds UTC, so that nobody is reminded of it."""
    set_setting(conn, _MADE, str(made_at))


def backed_up_at(conn: Connection) -> int | None:
    """Return when the last backup was made here, milliseconds UTC, or ``None``."""
    told = setting(conn, _MADE)
    return None if told is None else int(told)


def refuse_used(conn: Connection, identity: Identity) -> None:
    """Refuse to fill a device that was used before.

    Args:
        conn: Its store.
        identity: Who it is.

    Raises:
        DomainError: ``invalid_input``: it is connected, or holds an event.
    """
    if identity.credential is not None or has_events(conn):
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "this device was used before: begin in an empty folder (TRAILMARK_HOME), "
                "so that nothing here is mixed up"
            ),
        )


def has_events(conn: Connection) -> bool:
    """Say whether anything was ever recorded or read here."""
    return conn.execute("SELECT 1 FROM event LIMIT 1").fetchone() is not None
