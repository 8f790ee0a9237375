"""A power cut keeps only what was synced: what was called saved or durable is there all the same.

After every word that a process said, the disk is put together as a power cut at that moment would
leave it: the worst case, and cases in which a part of what was not synced arrived, whole or torn.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.support.power_cut import STRACE, Disk, replay, traced
from trailmark_adapters.clock import SystemClock
from trailmark_adapters.randomness import SystemRandomness
from trailmark_client.app import DATABASE_NAME, open_app
from trailmark_client.storage.verification import verify_all
from trailmark_server.stores import open_stores

pytestmark = pytest.mark.skipif(STRACE is None, reason="strace is not installed here")

COUNTS = [pytest.param(12, id="a-few"), pytest.param(150, id="many", marks=pytest.mark.slow)]
OPENED_EVERY = 7
"""Every so many images the real program opens one and verifies everything."""


def images(
    program: str, count: int, folder: Path, judge: Callable[[Path, set[str], bool], None]
) -> int:
    """Trace a program, cut the power after each of its words, and let ``judge`` look.

    Returns:
        How many images were judged.
    """
    home = folder / "home"
    home.mkdir()
    words = [sys.executable, str(Path(__file__).parent / program), str(home), str(count)]
    root = str(Path(__file__).parents[2])
    lines = traced(words, folder, {**os.environ, "PYTHONPATH": root})
    disk, said, made = Disk(home), set[str](), 0

    def at_word(word: str) -> None:
        nonlocal made
        said.add(word.partition(" ")[2])
        for seed in (None, made):
            target = folder / f"image{made}"
            disk.image(target, None if seed is None else Random(seed))
            judge(target, said, made % OPENED_EVERY == 0)
            made += 1

    replay(lines, disk, at_word)
    assert len(said) >= count
    return made


def stored(database: Path) -> set[str]:
    """Return the ids in a database, after asking SQLite whether it is whole."""
    with closing(sqlite3.connect(database)) as conn:
        assert [("ok",)] == conn.execute("PRAGMA integrity_check").fetchall()
        return {event.hex() for (event,) in conn.execute("SELECT id FROM event")}


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.timeout(1800)
def test_a_device_keeps_all_it_called_saved(tmp_path: Path, count: int) -> None:
    def judge(home: Path, said: set[str], is_opened: bool) -> None:  # noqa: FBT001  (a callback)
        if is_opened:
            with open_app(home) as app:
                assert app.rescue is None
                assert [] == list(app.read(lambda conn: verify_all(conn, app.vault)))

        assert set() == said - stored(home / DATABASE_NAME)

    assert images("device.py", count, tmp_path, judge) >= 2 * count


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.timeout(1800)
def test_a_server_keeps_all_it_called_durable(tmp_path: Path, count: int) -> None:
    async def verify(data: Path) -> None:
        async with open_stores(data, SystemClock(), SystemRandomness()) as stores:
            assert [] == await stores.events.verify()

    def judge(data: Path, said: set[str], is_opened: bool) -> None:  # noqa: FBT001  (a callback)
        if is_opened:
            asyncio.run(verify(data))

        assert set() == said - stored(data / DATABASE_NAME)

    assert images("server.py", count, tmp_path, judge) >= 2 * count
