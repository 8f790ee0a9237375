"""Bare PostgreSQL: rows of the workload, 100 a statement by ``unnest``, on several connections."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final, cast

import asyncpg  # type: ignore[import-untyped]  # it has no types

from bench.workload import RawRow, parts, raw_rows

_TABLE: Final = """
    DROP TABLE IF EXISTS bare_event;
    CREATE TABLE bare_event (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id text NOT NULL UNIQUE,
        goal_id text NOT NULL, type text NOT NULL, at text NOT NULL, body bytea NOT NULL
    )
"""
_INSERT: Final = """
    INSERT INTO bare_event (event_id, goal_id, type, at, body)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[])
"""
_AT_ONCE: Final = 100


async def unnest(url: str, count: int, connections: int) -> float:
    """Return how many events a second are stored, each statement durable before the next.

    Args:
        url: A database.
        count: How many events.
        connections: How many store at once.
    """
    opened: list[Any] = [await cast("Any", asyncpg).connect(url) for _ in range(connections)]
    await opened[0].execute(_TABLE)
    waiting = list(parts(raw_rows(count), _AT_ONCE))

    async def work(conn: Any) -> None:  # noqa: ANN401  (asyncpg has no types)
        while waiting:
            await conn.execute(_INSERT, *_columns(waiting.pop()))

    began = time.perf_counter()
    await asyncio.gather(*map(work, opened))
    took = time.perf_counter() - began
    for each in opened:
        await each.close()
    return count / took


def _columns(rows: Any) -> list[list[Any]]:  # noqa: ANN401
    typed = cast("list[RawRow]", rows)
    return [list(each) for each in zip(*typed, strict=True)]
