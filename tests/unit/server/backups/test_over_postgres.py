"""Nothing is put into databases that servers use, and none opens them half."""

import asyncio
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.support.filled_server import filled, seen, silent
from tests.support.lane_devices import NOW
from tests.support.postgres import PostgresServer
from trailmark_server.backups import over_postgres
from trailmark_server.backups.place import Place
from trailmark_server.backups.saving import Folders, back_up
from trailmark_server.settings import Databases
from trailmark_server.storage.postgres.store import open_main
from trailmark_shared.errors import DomainError, StorageError


@pytest.fixture
def databases(postgres: PostgresServer) -> Generator[Databases]:
    made = [asyncio.run(postgres.create_empty()) for _ in range(2)]
    yield Databases(main=made[0], keys=made[1])
    for url in made:
        asyncio.run(postgres.drop(url))


async def test_a_database_that_servers_use_is_left_alone(databases: Databases) -> None:
    async with open_main(databases.main):
        with pytest.raises(DomainError):
            await over_postgres.require_alone(databases.main)
    await over_postgres.require_alone(databases.main)


async def test_what_is_emptied_holds_nothing(tmp_path: Path, databases: Databases) -> None:
    assert not await over_postgres.has_keys(databases.keys)
    await filled(tmp_path, databases)
    assert await over_postgres.has_keys(databases.keys)
    await over_postgres.empty(databases.keys)

    assert not await over_postgres.has_keys(databases.keys)


async def test_no_server_opens_what_is_not_finished(tmp_path: Path, databases: Databases) -> None:
    shown = await filled(tmp_path)
    goal = Folders(tmp_path / "logs", tmp_path / "key backups")
    saved = await back_up(Place(data=tmp_path), goal, NOW, silent)
    found = await over_postgres.load(b"this one", saved.log, saved.keys, databases, silent)

    with pytest.raises(StorageError):
        await seen(tmp_path, databases)
    await over_postgres.finish(databases)

    assert [] == found.findings
    assert shown == await seen(tmp_path, databases)
