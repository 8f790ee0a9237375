"""Many devices at one server: they all come back after a restart, and idle ones cost little."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.load.crowd import Crowd, let_in
from tests.support.processes import ServerProcess
from trailmark_adapters.clock import SystemClock

HERDS = [
    pytest.param(60, ("kill",), id="sixty"),
    pytest.param(2000, ("stop", "kill"), id="herd", marks=pytest.mark.slow),
]
IDLES = [pytest.param(100, id="hundred"), pytest.param(10_000, id="idle", marks=pytest.mark.slow)]


def failures(server: ServerProcess) -> list[str]:
    """Return the lines of the server's log that tell of a failure."""
    lines = [json.loads(line) for line in server.log_text.splitlines() if line.startswith("{")]
    return [line["what"] for line in lines if line["level"] == "error"]


@pytest.mark.parametrize(("count", "ends"), HERDS)
@pytest.mark.timeout(600)
async def test_a_herd_comes_back(tmp_path: Path, count: int, ends: Sequence[str]) -> None:
    """Sent away in good order they spread; thrown out by a crash they wait at random."""
    with ServerProcess(tmp_path / "server") as server:
        devices = let_in(server.data, count, SystemClock().now_ms())
        async with Crowd(server.url, devices) as crowd:
            await crowd.until_live(count)
            for end in ends:
                await asyncio.to_thread(getattr(server, end))
                await crowd.until_live(0)
                await asyncio.to_thread(server.start)
                await crowd.until_live(count)

            assert (1 + len(ends)) * count == crowd.seen.welcomes
            assert [] == crowd.seen.errors
            assert [] == failures(server)


@pytest.mark.parametrize("count", IDLES)
@pytest.mark.timeout(600)
async def test_idle_devices_stay_and_a_newcomer_is_served(tmp_path: Path, count: int) -> None:
    with ServerProcess(tmp_path / "server") as server:
        idle, late = let_in(server.data, count, SystemClock().now_ms()), 1
        newcomers = let_in(server.data, late, SystemClock().now_ms())
        async with Crowd(server.url, idle) as crowd:
            await crowd.until_live(count)
            async with Crowd(server.url, newcomers) as other:
                await other.until_live(late)

            assert count == len(crowd.seen.live)
            assert (count, 0) == (crowd.seen.welcomes, crowd.seen.refused)
            assert [] == failures(server)
