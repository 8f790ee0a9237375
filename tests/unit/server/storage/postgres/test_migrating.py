"""The schema of a PostgreSQL database: brought up to date once, and never over somebody else's."""

import asyncio

import pytest

from tests.support.postgres import PostgresServer
from trailmark_adapters.migrations import Migration
from trailmark_server.storage.postgres.driver import connect
from trailmark_server.storage.postgres.migrating import migrate
from trailmark_server.storage.postgres.store import main_migrations, open_main
from trailmark_shared.errors import ErrorCode, StorageError


async def test_several_instances_may_migrate_at_once(postgres: PostgresServer) -> None:
    empty = await postgres.create_empty()
    conns = [await connect(empty) for _ in range(3)]
    try:
        await asyncio.gather(*(migrate(conn, main_migrations()) for conn in conns))
        [(applied,)] = await conns[0].fetch("SELECT count(*) FROM migration")
    finally:
        for conn in conns:
            await conn.close()
        await postgres.drop(empty)

    assert len(main_migrations()) == applied


@pytest.mark.parametrize(
    ("migrations", "code"),
    [
        ([], ErrorCode.NEWER_SCHEMA),
        (
            [Migration(each.number, each.name, each.sql + "\n") for each in main_migrations()],
            ErrorCode.CHANGED_MIGRATION,
        ),
    ],
)
async def test_a_schema_of_somebody_else_is_left_alone(
    url: str, migrations: list[Migration], code: ErrorCode
) -> None:
    conn = await connect(url)
    try:
        with pytest.raises(StorageError) as refused:
            await migrate(conn, migrations)
    finally:
        await conn.close()

    assert code == refused.value.code


@pytest.mark.parametrize("taken", ["lane (a int)", "therapist ()", "migration (id int)"])
async def test_tables_of_somebody_else_in_the_way_are_no_defect(
    postgres: PostgresServer, taken: str
) -> None:
    others = await postgres.create_empty()
    conn = await connect(others)
    try:
        await conn.execute(f"CREATE TABLE {taken}")
        with pytest.raises(StorageError, match="somebody else"):
            async with open_main(others):
                pass
        [(count,)] = await conn.fetch("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    finally:
        await conn.close()
        await postgres.drop(others)

    assert 1 == count


async def test_a_migration_that_fails_leaves_nothing(postgres: PostgresServer) -> None:
    empty = await postgres.create_empty()
    conn = await connect(empty)
    try:
        wrong = [Migration(1, "0001_a.sql", "CREATE TABLE a (b int); SELECT nothing")]
        with pytest.raises(Exception, match="nothing"):
            await migrate(conn, wrong)
        [(is_there,)] = await conn.fetch("SELECT to_regclass('migration') IS NOT NULL")
    finally:
        await conn.close()
        await postgres.drop(empty)

    assert not is_there
