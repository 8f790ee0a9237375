"""One hop, one transaction: cancelling, interleaving and closing."""

import asyncio
import threading
from pathlib import Path

import pytest

from trailmark_adapters.async_sqlite import AsyncDatabase
from trailmark_adapters.migrations import Migration
from trailmark_adapters.sqlite import Connection
from trailmark_shared.errors import ErrorCode, IntegrityError

SCHEMA = [Migration(1, "0001_schema.sql", "CREATE TABLE note (id INTEGER PRIMARY KEY, text);")]


def count(conn: Connection) -> int:
    return conn.execute("SELECT count(*) FROM note").fetchone()[0]


def insert_two(conn: Connection) -> None:
    conn.execute("INSERT INTO note (text) VALUES ('one')")
    conn.execute("INSERT INTO note (text) VALUES ('two')")


async def test_writes_are_read_back(tmp_path: Path) -> None:
    async with AsyncDatabase(tmp_path / "db", SCHEMA) as database:
        await database.write(insert_two)

        assert await database.read(count) == 2


async def test_cancelling_a_writer_never_leaves_half_of_it(tmp_path: Path) -> None:
    async with AsyncDatabase(tmp_path / "db", SCHEMA) as database:
        for _ in range(100):
            task = asyncio.create_task(database.write(insert_two))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        assert await database.write(count) % 2 == 0
        await database.write(insert_two)


async def test_tasks_never_come_between_each_other(tmp_path: Path) -> None:
    async with AsyncDatabase(tmp_path / "db", SCHEMA) as database:
        await database.write(lambda conn: conn.execute("INSERT INTO note (text) VALUES (0)"))

        def increase(conn: Connection) -> None:
            (number,) = conn.execute("SELECT text FROM note").fetchone()
            conn.execute("UPDATE note SET text = ?", (number + 1,))

        await asyncio.gather(*(database.write(increase) for _ in range(50)))

        assert await database.read(
            lambda conn: conn.execute("SELECT text FROM note").fetchone()
        ) == (50,)


async def test_reads_run_side_by_side(tmp_path: Path) -> None:
    meeting = threading.Barrier(2, timeout=10)
    async with AsyncDatabase(tmp_path / "db", SCHEMA, readers=2) as database:

        def meet(conn: Connection) -> int:
            meeting.wait()
            return count(conn)

        assert await asyncio.gather(database.read(meet), database.read(meet)) == [0, 0]


async def test_an_error_in_a_unit_of_work_reaches_its_caller_only(tmp_path: Path) -> None:
    async with AsyncDatabase(tmp_path / "db", SCHEMA) as database:

        def fail(conn: Connection) -> None:
            insert_two(conn)
            raise KeyError

        with pytest.raises(KeyError):
            await database.write(fail)

        assert await database.read(count) == 0


async def test_the_data_version_tells_of_another_writer(tmp_path: Path) -> None:
    async with (
        AsyncDatabase(tmp_path / "db", SCHEMA) as mine,
        AsyncDatabase(tmp_path / "db", SCHEMA) as other,
    ):
        before = await mine.data_version()
        await other.write(insert_two)

        assert await mine.data_version() != before
        assert await mine.checkpoint()
        assert await mine.clean()


async def test_no_thread_is_left_behind(tmp_path: Path) -> None:
    before = threading.active_count()
    database = AsyncDatabase(tmp_path / "db", SCHEMA, readers=2)
    await database.open()
    await database.close()
    await database.close()

    (tmp_path / "broken").write_bytes(b"no database " * 1000)
    broken = AsyncDatabase(tmp_path / "broken", SCHEMA)
    with pytest.raises(IntegrityError) as raised:
        await broken.open()

    assert raised.value.code is ErrorCode.CORRUPT_LOG
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(timeout=5)
    assert threading.active_count() <= before
