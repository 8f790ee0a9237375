"""``pycrdt``, its store and its server: one document whose list grows by an event at a time."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

from pycrdt import Array, Doc
from pycrdt.store import SQLiteYStore

from bench.workload import event as event_of


def one_by_one(path: Path, count: int) -> float:
    """Return how many events a second its SQLite store keeps, each by itself (real fsync)."""
    return asyncio.run(_one_by_one(path, count))


async def _one_by_one(path: Path, count: int) -> float:
    store = SQLiteYStore("document")
    store.db_path = str(path)
    async with store:
        document, events, updates = _document()
        assert document is not None, "it must live as long as its list"
        began = time.perf_counter()
        for number in range(count):
            events.append(event_of(number))
            for each in updates:
                await store.write(each)
            updates.clear()
        return count / (time.perf_counter() - began)


def rebuild(count: int) -> float:
    """Return how many events a second are loaded from one merged update and counted by goal."""
    document, events, _ = _document()
    with document.transaction():
        for number in range(count):
            events.append(event_of(number))
    update = document.get_update()
    began = time.perf_counter()
    fresh: Doc[Any] = Doc()
    fresh["events"] = found = Array[Any]()
    fresh.apply_update(update)
    counts = dict[str, int]()
    for each in found:
        counts[each["goal_id"]] = counts.get(each["goal_id"], 0) + 1
    return count / (time.perf_counter() - began)


def _document() -> tuple[Doc[Any], Array[Any], list[bytes]]:
    document: Doc[Any] = Doc()
    document["events"] = events = Array[Any]()
    updates: list[bytes] = []
    document.observe(lambda change: updates.append(change.update))
    return document, events, updates
