"""A store without threads: open as long as its block, and no longer."""

from pathlib import Path

import pytest

from trailmark_adapters.inline_sqlite import InlineDatabase
from trailmark_adapters.sqlite import Connection


def calls(conn: Connection) -> object:
    return conn.execute("SELECT twice(21)").fetchone()[0]


def twice(number: int) -> int:
    return number * 2


async def test_statements_call_our_functions(tmp_path: Path) -> None:
    async with InlineDatabase(tmp_path / "db", functions={"twice": twice}) as database:
        await database.write(lambda _conn: None)

        assert 42 == await database.read(calls)


async def test_behind_its_block_it_is_closed(tmp_path: Path) -> None:
    async with InlineDatabase(tmp_path / "db") as database:
        pass

    with pytest.raises(AssertionError):
        await database.read(calls)
