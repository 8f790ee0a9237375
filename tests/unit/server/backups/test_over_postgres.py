"""Nothing is put into databases that servers use, and none opens them half."""

import asyncio
import os
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
from trailmark_server.storage.postgres.driver import connect
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


async def test_rights_of_other_roles_outlive_a_restore(
    tmp_path: Path, databases: Databases, postgres: PostgresServer
) -> None:
    shown = await filled(tmp_path, databases)
    goal = Folders(tmp_path / "logs", tmp_path / "key backups")
    saved = await back_up(Place(data=tmp_path, databases=databases), goal, NOW, silent)
    role, gone = (f"watcher_{os.getpid()}_{number}" for number in range(2))
    await postgres.run(f"CREATE ROLE {role}")
    await postgres.run(f"CREATE ROLE {gone}")
    conn = await connect(databases.main)
    try:
        await conn.execute(f"GRANT SELECT ON lane TO {role}, {gone}")
        await conn.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        await conn.execute("CREATE TABLE of_another_release (id int)")
        await conn.execute(f"GRANT SELECT ON of_another_release TO {role}")
        for _ in range(2):  # a restore that was interrupted is begun anew
            await over_postgres.empty(databases.main)
        await conn.execute(f"DROP ROLE {gone}")
        await over_postgres.load(b"this one", saved.log, None, databases, silent)
        await over_postgres.finish(databases)
        [found] = await conn.fetch(
            "SELECT has_schema_privilege($1, 'public', 'USAGE'), "
            "has_table_privilege($1, 'lane', 'SELECT'), "
            "has_table_privilege($1, 'lane', 'INSERT')",
            role,
        )
        await conn.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")
    finally:
        await conn.close()

    assert [True, True, False] == list(found)
    assert shown["lanes"] == (await seen(tmp_path, databases))["lanes"]
