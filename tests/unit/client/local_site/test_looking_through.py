"""A large store is looked through beside the pages; damage has it opened anew."""

import asyncio
from pathlib import Path

import pytest

from tests.support.devices import add_reflection, new_device
from tests.support.own_site import opened
from trailmark_adapters.sqlite import Connection
from trailmark_client.app import DATABASE_NAME
from trailmark_client.local_site.looking_through import LookingThrough
from trailmark_client.storage.structure import doubt_of
from trailmark_shared import limits


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a store that counts as large."""
    with new_device(tmp_path) as app:
        for number in range(60):
            add_reflection(app, f"reflection {number} " + "x" * 300)
    monkeypatch.setattr(limits, "CHECKED_AT_EVERY_START_BYTES_MAX", 0)
    return tmp_path


async def test_a_sound_store_is_noted_and_not_due_again(large: Path) -> None:
    async with opened(large) as (_client, parts):
        looking = asyncio.create_task(LookingThrough(parts.near, parts.latch).run())
        async with asyncio.timeout(30):
            while await parts.near.run(lambda app: app.structure_check()) is not None:
                pass
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)

    assert not doubt_of(large / DATABASE_NAME).exists()


async def test_damage_has_the_store_opened_anew(large: Path) -> None:
    path = large / DATABASE_NAME
    async with opened(large) as (_client, parts):
        before = await parts.near.run(lambda app: app)
        data = bytearray(path.read_bytes())
        data[-4096:] = bytes(range(256)) * 16
        path.write_bytes(data)
        looking = LookingThrough(parts.near, parts.latch)
        parts.latch.beside = lambda: (looking.run(),)
        mending = asyncio.create_task(looking.mend())
        async with parts.latch.released():
            pass
        async with asyncio.timeout(30):
            while (now := await parts.near.run(lambda app: app)) is before or now.rescue is None:
                pass
        mending.cancel()
        await asyncio.gather(mending, return_exceptions=True)

        assert now.rescue is not None
        assert now.rescue.kept
        assert not doubt_of(path).exists()


async def test_a_store_that_is_let_go_ends_the_look_first(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = asyncio.Event()
    loop = asyncio.get_running_loop()

    def endless(conn: Connection) -> bool:
        loop.call_soon_threadsafe(started.set)
        count = (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        )
        return conn.execute(count).fetchone() is not None

    async with opened(large) as (_client, parts):
        looking = LookingThrough(parts.near, parts.latch)
        parts.latch.beside = lambda: (looking.run(),)
        monkeypatch.setattr("trailmark_client.storage.structure.is_whole", endless)
        async with parts.latch.released():
            pass
        async with asyncio.timeout(30):
            await started.wait()
            await parts.latch.shut()

        assert not parts.latch.is_open
