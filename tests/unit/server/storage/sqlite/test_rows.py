"""What damage makes of a file is found, whatever it makes of it."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.lane_devices import OTHER_SPACE, LaneDevice, push
from tests.support.store_worlds import StoreWorld, sqlite_world
from trailmark_adapters.sqlite import SqlValue


async def fill(world: StoreWorld) -> None:
    device = LaneDevice()
    await push(world.store, [device.grants(), device.shares("Walk")])
    await world.keys.close_spaces([OTHER_SPACE])
    await world.restart()


def put_past_the_schema(path: Path, table: str, column: str, value: SqlValue) -> None:
    """Do what damage to the file does to the kind of a value."""
    redraw = "UPDATE sqlite_schema SET sql = ? WHERE name = ?"
    with closing(sqlite3.connect(path)) as conn:
        triggers = conn.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            conn.execute(f"DROP TRIGGER {name}")
        schema = "SELECT sql FROM sqlite_schema WHERE name = ?"
        (strict,) = conn.execute(schema, (table,)).fetchone()
        loose = re.sub(r" (BLOB|TEXT|INTEGER|NOT NULL|STRICT,?)\b", " ", strict)
        conn.execute("PRAGMA writable_schema = ON")
        conn.execute(redraw, (loose.replace(") ,", ")"), table))
        conn.commit()
    with closing(sqlite3.connect(path)) as conn:
        conn.execute(f"UPDATE {table} SET {column} = ?", (value,))  # noqa: S608  (texts below)
        conn.execute("PRAGMA writable_schema = ON")
        conn.execute(redraw, (strict, table))
        conn.commit()


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("event", "lane_hash", None),
        ("event", "commitment", 7),
        ("document", "json", None),
        ("projection", "seq", b"x"),
        ("closed_space", "space", 0.5),
    ],
)
async def test_a_value_of_another_kind_is_a_finding(
    tmp_path: Path, table: str, column: str, value: SqlValue
) -> None:
    """Nothing can be computed with it, which is no defect of who computes."""
    async with sqlite_world(tmp_path) as world:
        await fill(world)
        assert [] == await world.store.verify()

        put_past_the_schema(tmp_path / "main.db", table, column, value)

        assert "file" in {each.column for each in await world.store.verify()}
