"""Transactions over a real PostgreSQL: what others see, who waits, and what is run again."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.postgres import PostgresServer
from trailmark_adapters.sqlite import Connection, SqliteFile
from trailmark_server.storage.postgres.connection import PostgresConnection, numbered
from trailmark_server.storage.postgres.database import PostgresDatabase
from trailmark_server.storage.postgres.driver import connect
from trailmark_server.storage.postgres.store import open_main
from trailmark_server.storage.sqlite.store import main_migrations as sqlite_migrations
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError, StorageError
from trailmark_shared.ids import SELF, Lane, SpaceId

SPACE = SpaceId(b"s" * 16)
OTHER = SpaceId(b"o" * 16)


@pytest.fixture
async def database(url: str) -> AsyncGenerator[PostgresDatabase]:
    async with open_main(url) as opened:
        yield opened


def closed(conn: PostgresConnection) -> list[bytes]:
    rows = conn.execute("SELECT space FROM closed_space ORDER BY space")
    return [space for (space,) in rows]


def close_space(conn: PostgresConnection, space: bytes) -> None:
    conn.execute("INSERT INTO closed_space (space) VALUES (?)", (space,))


def test_question_marks_become_numbers() -> None:
    assert "a = $1 AND b IN ($2, $3)" == numbered("a = ? AND b IN (?, ?)")


async def test_what_raises_leaves_nothing(database: PostgresDatabase) -> None:
    def work(conn: PostgresConnection) -> None:
        close_space(conn, SPACE)
        raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        await database.write(work, SPACE, SELF)

    assert [] == await database.read(closed)


async def test_readers_cannot_write(database: PostgresDatabase) -> None:
    with pytest.raises(StorageError):
        await database.read(lambda conn: close_space(conn, SPACE))


async def test_account_writes_that_cross_are_run_again_one_after_the_other(
    database: PostgresDatabase,
) -> None:
    """Each closes a space when none is closed yet: together they must not close two."""
    runs: list[bytes] = []

    def close_first(conn: PostgresConnection, space: bytes) -> None:
        runs.append(space)
        if not closed(conn):
            close_space(conn, space)

    both = [
        asyncio.create_task(database.write(lambda conn, each=each: close_first(conn, each)))
        for each in (SPACE, OTHER)
    ]
    await asyncio.gather(*both)

    assert 1 == len(await database.read(closed))
    assert {SPACE, OTHER} == set(runs)


async def test_work_that_contradicts_itself_is_not_run_for_ever(
    database: PostgresDatabase,
) -> None:
    runs: list[int] = []

    def twice(conn: PostgresConnection) -> None:
        runs.append(1)
        close_space(conn, SPACE)
        close_space(conn, SPACE)

    with pytest.raises(Exception, match="closed_space_pkey"):
        await database.write(twice)

    assert len(runs) < limits.DATABASE_TRIES_MAX


async def test_more_writes_than_may_wait_are_refused(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WRITE_QUEUE_MAX", 0)

    with pytest.raises(RefusedError) as refused:
        await database.write(closed)

    assert ErrorCode.OVERLOADED == refused.value.code


async def test_a_caller_that_is_cancelled_does_not_stop_its_write(
    database: PostgresDatabase,
) -> None:
    task = asyncio.create_task(database.write(lambda conn: close_space(conn, SPACE)))
    await asyncio.sleep(0)
    task.cancel()
    await database.close()

    assert task.cancelled() or task.cancelling()


async def test_a_write_that_was_begun_ends_before_the_database_closes(url: str) -> None:
    async with open_main(url) as database:
        task = asyncio.create_task(database.write(lambda conn: close_space(conn, SPACE)))
        await asyncio.sleep(0)
    await task
    async with open_main(url) as again:
        assert [SPACE] == await again.read(closed)


async def test_connections_that_died_unused_are_replaced_unnoticed(
    database: PostgresDatabase, url: str
) -> None:
    await database.read(closed)
    other = await connect(url)
    try:
        await other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    finally:
        await other.close()

    assert [] == await database.read(closed)


async def test_nobody_answers_at_a_wrong_address() -> None:
    with pytest.raises(StorageError) as refused:
        await connect("postgresql://nobody@/none?host=/nowhere")

    assert ErrorCode.STORAGE_UNAVAILABLE == refused.value.code


@pytest.mark.parametrize(
    "wrong", ["/no_such_database", "/postgres?sslmode=odd", "/postgres?nonsense=1"]
)
async def test_an_address_that_a_server_does_not_take_is_no_defect(
    postgres: PostgresServer, wrong: str
) -> None:
    parts = urlsplit(postgres.url)
    mark = "&" if "?" in wrong else "?"
    with pytest.raises(StorageError) as refused:
        await connect(f"{parts.scheme}://{parts.netloc}{wrong}{mark}{parts.query}")

    assert "address" in refused.value.message


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("search_path%3Dnowhere", "check its address"),
        ("default_transaction_read_only%3Don", "can only be read"),
    ],
)
async def test_a_database_that_takes_no_tables_is_no_defect(
    postgres: PostgresServer, option: str, said: str
) -> None:
    empty = await postgres.create_empty()
    mark = "&" if "?" in empty else "?"
    try:
        with pytest.raises(StorageError) as refused:
            async with open_main(f"{empty}{mark}options=-c{option}"):
                pass
    finally:
        await postgres.drop(empty)

    assert said in refused.value.message


async def test_what_its_user_may_not_do_is_said_as_such(
    url: str, postgres: PostgresServer, database: PostgresDatabase
) -> None:
    reader = urlsplit(url).path.removeprefix("/") + "_reader"
    await postgres.run(f"CREATE ROLE {reader}")
    try:
        with pytest.raises(StorageError) as refused:
            await database.write(
                lambda conn: (
                    conn.execute(f"SET LOCAL ROLE {reader}"),
                    close_space(conn, SPACE),
                )
            )
    finally:
        await postgres.run(f"DROP ROLE {reader}")

    assert "what that user may do" in refused.value.message


async def test_a_database_that_cannot_hold_every_name_is_not_begun(
    postgres: PostgresServer,
) -> None:
    empty = await postgres.create_empty("ENCODING 'LATIN1' TEMPLATE template0")
    try:
        with pytest.raises(StorageError) as refused:
            async with open_main(empty):
                pass
    finally:
        await postgres.drop(empty)

    assert "LATIN1" in refused.value.message


async def test_a_write_in_all_of_a_space_waits_for_those_in_its_lanes(
    database: PostgresDatabase,
) -> None:
    """Erasing sees what was being written, and nothing is written behind it unseen."""
    order: list[str] = []
    begun = asyncio.Event()
    lane = Lane("care/" + "0" * 26)

    def in_lane(conn: PostgresConnection) -> None:
        order.append("lane")
        begun.set()
        conn.execute("SELECT pg_sleep(0.05)")
        close_space(conn, SPACE)

    def everywhere(conn: PostgresConnection) -> list[bytes]:
        order.append("all")
        return closed(conn)

    first = asyncio.create_task(database.write(in_lane, SPACE, lane))
    await begun.wait()
    seen = await database.write(everywhere, SPACE)
    await first

    assert ([SPACE], ["lane", "all"]) == (seen, order)


async def test_two_lanes_are_written_side_by_side(database: PostgresDatabase) -> None:
    """Each ends only once the other has begun: a lock between them would stop both."""
    begun = {SELF: asyncio.Event(), Lane("care/" + "0" * 26): asyncio.Event()}
    waits: list[object] = []

    async def write(lane: Lane, other: Lane) -> None:
        def work(conn: PostgresConnection) -> None:
            begun[lane].set()
            for _ in range(2000):
                waits.extend(conn.execute("SELECT pid FROM pg_locks WHERE NOT granted"))
                if begun[other].is_set():
                    return
            pytest.fail("the other lane was kept waiting")

        await database.write(work, SPACE, lane)

    one, two = begun
    await asyncio.gather(write(one, two), write(two, one))

    assert [] == waits


# --- the schema ---


ACCOUNT_TABLES = {
    "cleaning", "device", "erased_space", "failed_tries", "invitation", "known_signing_key",
    "migration", "passkey", "passkey_challenge", "password", "security_notice", "sign_in_link",
    "supporter_link", "supporter_session", "therapist", "web_session",
}  # fmt: skip
"""Small and unsharded: their keys need not begin with the space."""


async def test_every_key_of_a_space_begins_with_the_space(url: str) -> None:
    """So that hash partitions or a distributed store need no change."""
    conn = await connect(url)
    try:
        keys = await conn.fetch("""
            SELECT held.relname, kept.relname, part.attname FROM pg_index AS key
            JOIN pg_class AS held ON held.oid = key.indrelid
            JOIN pg_class AS kept ON kept.oid = key.indexrelid
            JOIN pg_attribute AS part ON part.attrelid = held.oid AND part.attnum = key.indkey[0]
            JOIN pg_namespace AS room ON room.oid = held.relnamespace AND room.nspname = 'public'
            WHERE key.indisunique
        """)
    finally:
        await conn.close()
    first = {(table, key): column for table, key, column in keys if table not in ACCOUNT_TABLES}

    assert {} == {place: column for place, column in first.items() if column != "space"}
    assert {"event", "lane", "chain", "document", "access_entry"} <= {table for table, _ in first}


async def test_both_databases_have_the_same_columns(url: str, tmp_path: Path) -> None:
    """A migration of one wants its twin: the statements are the same."""

    def listed(conn: Connection) -> set[tuple[str, str]]:
        tables = conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            (table, column)
            for (table,) in tables
            for _, column, *_ in conn.execute(f"PRAGMA table_info('{table}')").fetchall()
        }

    with closing(SqliteFile(tmp_path / "main.db", sqlite_migrations())) as file:
        in_file = file.read(listed)
    conn = await connect(url)
    try:
        rows = await conn.fetch(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND table_name <> 'access_change'"
        )
    finally:
        await conn.close()
    in_postgres = {(table, column) for table, column in rows}

    assert set() == in_file - in_postgres
    assert {"space"} == {column for _, column in in_postgres - in_file}
