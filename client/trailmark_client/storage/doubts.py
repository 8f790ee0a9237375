"""When a server showed another history of a lane than the one that is held here.

Nothing of it was taken. The note stays, and the lane is not called verified until a session has
read every lane to its head without meeting a contradiction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.storage.settings import set_setting
from trailmark_shared.ids import Lane

_PREFIX: Final = "altered:"


class Doubt(msgspec.Struct, frozen=True):
    """A contradiction.

    Attributes:
        at: When it was met last, device clock, milliseconds UTC.
        is_open: No session has gone through without one since.
    """

    at: int
    is_open: bool


def note_doubts(conn: Connection, lanes: Iterable[str], now_ms: int) -> None:
    """Note that a server's log of these lanes contradicts what is held here.

    Args:
        conn: The store, inside a write transaction.
        lanes: Which ones.
        now_ms: Device clock, milliseconds UTC.
    """
    for lane in lanes:
        _save(conn, lane, Doubt(now_ms, is_open=True))


def doubts(conn: Connection) -> Mapping[Lane, Doubt]:
    """Return the last contradiction of each lane that had one."""
    rows = conn.execute(
        "SELECT name, value FROM setting WHERE name >= ? AND name < ?", (_PREFIX, "altered;")
    ).fetchall()
    return {
        Lane(name.removeprefix(_PREFIX)): msgspec.json.decode(value, type=Doubt)
        for name, value in rows
    }


def has_open_doubt(conn: Connection) -> bool:
    """Say whether a contradiction is not over yet."""
    return any(each.is_open for each in doubts(conn).values())


def close_doubts(conn: Connection) -> None:
    """Note that a session read every lane to its head: what it was shown goes on from here."""
    for lane, doubt in doubts(conn).items():
        _save(conn, lane, Doubt(doubt.at, is_open=False))


def _save(conn: Connection, lane: str, doubt: Doubt) -> None:
    set_setting(conn, _PREFIX + lane, msgspec.json.encode(doubt).decode())
