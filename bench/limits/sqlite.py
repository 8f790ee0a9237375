"""Bare SQLite: one table, one unique index, WAL, ``synchronous=FULL``."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final, Generic, TypeVar

from bench.workload import RawRow, parts, raw_rows

_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE,"
    " goal_id TEXT NOT NULL, type TEXT NOT NULL, at TEXT NOT NULL, body BLOB NOT NULL)"
)
INSERT: Final = (
    "INSERT OR IGNORE INTO events (event_id, goal_id, type, at, body) VALUES (?, ?, ?, ?, ?)"
)
_GROUP_MAX: Final = 1000

T = TypeVar("T")


def opened(path: Path) -> sqlite3.Connection:
    """Return a connection to a file with the one table."""
    conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    conn.execute("PRAGMA journal_mode=WAL")
    conn.execute("PRAGMA synchronous=FULL")
    conn.execute(_TABLE)
    return conn


def one_by_one(path: Path, count: int) -> float:
    """Return how many events a second are stored when each has a transaction of its own."""
    conn = opened(path)
    rows = raw_rows(count)
    began = time.perf_counter()
    for row in rows:
        conn.execute(INSERT, row)
    took = time.perf_counter() - began
    conn.close()
    return count / took


def in_batches(path: Path, count: int, size: int) -> float:
    """Return how many events a second are stored in transactions of ``size``."""
    conn = opened(path)
    rows = raw_rows(count)
    began = time.perf_counter()
    for some in parts(rows, size):
        conn.execute("BEGIN IMMEDIATE")
        conn.executemany(INSERT, some)
        conn.execute("COMMIT")
    took = time.perf_counter() - began
    conn.close()
    return count / took


def read_back(path: Path, count: int) -> float:
    """Return how many events a second are read in order, of a file that is filled first."""
    in_batches(path, count, 1000)
    conn = opened(path)
    began = time.perf_counter()
    read = sum(1 for _ in conn.execute("SELECT seq, type, body FROM events ORDER BY seq"))
    took = time.perf_counter() - began
    conn.close()
    return read / took


def grouped(path: Path, count: int, callers: int) -> float:
    """Return events a second when so many callers wait for one event each, committed in groups."""
    return asyncio.run(_grouped(path, count, callers))


def fsync_ms(path: Path, count: int = 200) -> list[float]:
    """Return how long the disk took each time to keep 4 KiB more of a file, milliseconds."""
    took: list[float] = []
    with path.open("ab", buffering=0) as file:
        for _ in range(count):
            file.write(b"x" * 4096)
            began = time.perf_counter()
            os.fsync(file.fileno())
            took.append((time.perf_counter() - began) * 1000)
    return took


class Groups(Generic[T]):
    """A thread that keeps what callers of an event loop wait for, all that waits at once."""

    def __init__(self, keep: Callable[[list[T]], None]) -> None:
        """Start it.

        Args:
            keep: Keeps some, durably; called in the thread.
        """
        self._keep = keep
        self._queue = SimpleQueue[tuple[T, "asyncio.Future[None]"] | None]()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    async def kept(self, one: T) -> None:
        """Return once ``one`` is kept."""
        done: asyncio.Future[None] = self._loop.create_future()
        self._queue.put((one, done))
        await done

    def close(self) -> None:
        """End the thread once nothing waits."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            jobs, ends = [first], False
            while len(jobs) < _GROUP_MAX:
                try:
                    job = self._queue.get_nowait()
                except Empty:
                    break
                if job is None:
                    ends = True
                    break
                jobs.append(job)
            self._keep([one for one, _ in jobs])
            self._loop.call_soon_threadsafe(_settle, [done for _, done in jobs])
            if ends:
                return


def _settle(waiting: list[asyncio.Future[None]]) -> None:
    for done in waiting:
        if not done.done():
            done.set_result(None)


async def _grouped(path: Path, count: int, callers: int) -> float:
    conn, rows = opened(path), raw_rows(count)

    def keep(some: list[RawRow]) -> None:
        conn.execute("BEGIN IMMEDIATE")
        conn.executemany(INSERT, some)
        conn.execute("COMMIT")

    groups = Groups(keep)

    async def call(first: int) -> None:
        for at in range(first, count, callers):
            await groups.kept(rows[at])

    began = time.perf_counter()
    await asyncio.gather(*map(call, range(callers)))
    took = time.perf_counter() - began
    groups.close()
    conn.close()
    return count / took
