"""Both stores for event loops, with threads and without, keep one promise."""

from collections.abc import Callable
from pathlib import Path

import pytest

from trailmark_adapters.async_sqlite import AsyncDatabase
from trailmark_adapters.database import Database
from trailmark_adapters.inline_sqlite import InlineDatabase
from trailmark_adapters.migrations import Migration
from trailmark_adapters.sqlite import Connection

SCHEMA = [Migration(1, "0001_notes.sql", "CREATE TABLE note (text TEXT NOT NULL) STRICT;")]

Opener = Callable[[Path], Database]


@pytest.fixture(params=["threads", "inline"])
def opener(request: pytest.FixtureRequest) -> Opener:
    if request.param == "threads":
        return lambda path: AsyncDatabase(path, SCHEMA)
    return lambda path: InlineDatabase(path, SCHEMA)


def insert(conn: Connection) -> None:
    conn.execute("INSERT INTO note VALUES ('words that shall go')")


def count(conn: Connection) -> int:
    return conn.execute("SELECT count(*) FROM note").fetchone()[0]


def fail(conn: Connection) -> None:
    insert(conn)
    raise KeyError


async def test_work_is_whole_or_not_at_all(opener: Opener, tmp_path: Path) -> None:
    async with opener(tmp_path / "db") as database:
        await database.write(insert)
        with pytest.raises(KeyError):
            await database.write(fail)

        assert 1 == await database.read(count)


async def test_another_writer_is_noticed(opener: Opener, tmp_path: Path) -> None:
    async with opener(tmp_path / "db") as one, opener(tmp_path / "db") as other:
        before = await one.data_version()
        await one.write(insert)
        assert before == await one.data_version()

        await other.write(insert)

        assert before != await one.data_version()


async def test_what_was_deleted_leaves_the_file(opener: Opener, tmp_path: Path) -> None:
    path = tmp_path / "db"
    async with opener(path) as database:
        await database.write(insert)
        await database.write(lambda conn: conn.execute("DELETE FROM note"))

        assert await database.clean()
        assert await database.checkpoint()
    assert b"words that shall go" not in path.read_bytes()
