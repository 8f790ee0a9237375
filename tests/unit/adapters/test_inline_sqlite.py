"""A store without threads: open as long as its block, and no longer."""

from pathlib import Path

import pytest

from tests.support.fake_browser import FakeBrowser, in_browser
from trailmark_adapters.browser import nothing_kept_beside
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


async def test_nothing_of_the_store_stands_beside_it_while_it_changes(tmp_path: Path) -> None:
    with in_browser(FakeBrowser()) as given:
        async with InlineDatabase(tmp_path / "db", around=nothing_kept_beside) as database:
            await database.write(lambda _conn: given.held.append("write"))
            with pytest.raises(ZeroDivisionError):
                await database.write(lambda _conn: 1 // 0)

    assert ["hold", "write", "release", "hold", "release"] == given.held
