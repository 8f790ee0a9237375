"""The bare pipeline: SQLite at A, WebSocket, SQLite at a server, WebSocket, SQLite at B.

Three processes, every hop committed with FULL before it is answered; no sign-in, no checks, no
hashes, no read models. What ``bench.children.device`` and our server do is measured against it. The
promised pipeline keeps at the server and at B what ``limits.promised`` keeps.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

import msgspec

from bench.limits.promised import PromisedStore
from bench.limits.sqlite import INSERT, opened
from bench.programs import Program, child

FRAME_EVENTS: Final = 500


class _Event(msgspec.Struct, gc=False):
    event_id: str
    type: str
    person_id: str
    goal_id: str
    at: str
    frequency: int
    intensity: int
    note: str


_decode: Final = msgspec.json.Decoder(list[_Event]).decode
_encode: Final = msgspec.json.Encoder().encode


_decode_raw: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode

Keep = Callable[[bytes], int]
"""Keeps the events of a frame in one transaction; returns how many they are."""


def bare(path: Path) -> Keep:
    """Return what keeps rows of one table in a file."""
    conn = opened(path)
    return lambda frame: store(conn, frame)


def promised(path: Path, *, seals: bool) -> Keep:
    """Return what keeps what is promised."""
    kept = PromisedStore(path, seals=seals)

    def keep(frame: bytes) -> int:
        events = [bytes(each) for each in _decode_raw(frame)]
        kept.keep(events)
        return len(events)

    return keep


def store(conn: sqlite3.Connection, frame: bytes) -> int:
    """Keep the events of a frame in one transaction; return how many they are."""
    events = _decode(frame)
    conn.execute("BEGIN IMMEDIATE")
    conn.executemany(
        INSERT,
        [(each.event_id, each.goal_id, each.type, each.at, _encode(each)) for each in events],
    )
    conn.execute("COMMIT")
    return len(events)


class Pipeline:
    """The three processes; a context manager."""

    def __init__(self, folder: Path, kind: str = "bare") -> None:
        """Start them: ``bare`` or ``promised``."""
        errors = folder / "bare.log"
        self._server = child("bare_server", folder / "server.db", kind, errors=errors)
        url = f"ws://127.0.0.1:{self._server.answer()['port']}"
        self._ends: list[Program] = []
        for name in ("a", "b"):
            end = child("bare_device", folder / f"{name}.db", url, kind, errors=errors)
            end.answer()
            self._ends.append(end)
        self._ends[1].ask("listen")

    def backlog_ms(self, count: int) -> float:
        """Return how long ``count`` events that wait at A take until B has them, milliseconds."""
        first, second = self._ends
        first.ask("fill", count)
        second.tell("received", count)
        began = float(first.ask("push", count, FRAME_EVENTS)["began"])
        return (float(second.answer()["at"]) - began) * 1000

    def live_ms(self, count: int, pause_ms: int) -> list[float]:
        """Return the times from each commit at A until the commit at B, milliseconds."""
        first, second = self._ends
        before = second.ask("times")["came"]
        second.tell("received", count)
        committed = first.ask("live", count, pause_ms)["committed"]
        second.answer()
        came = second.ask("times")["came"][len(before) :]
        return between(committed, before[-1][0] if before else 0, came)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        for each in (*self._ends, self._server):
            each.end()


def between(committed: list[float], before: int, came: list[tuple[int, float]]) -> list[float]:
    """Return the time from each commit at A until B had so many rows more, milliseconds.

    Args:
        committed: When A committed, one by one.
        before: How many rows B had then.
        came: How many rows B had in all, and since when, in order.
    """
    found: list[float] = []
    place = 0
    for number, at in enumerate(committed, before + 1):
        while came[place][0] < number:
            place += 1
        found.append((came[place][1] - at) * 1000)
    return found
