"""What damage makes of a file is found, whatever it makes of it."""

from pathlib import Path

import pytest

from tests.support.lane_devices import OTHER_SPACE, LaneDevice, push
from tests.support.rotted import put_past_the_schema
from tests.support.store_worlds import StoreWorld, sqlite_world
from trailmark_adapters.sqlite import SqlValue


async def fill(world: StoreWorld) -> None:
    device = LaneDevice()
    await push(world.store, [device.grants(), device.shares("Walk")])
    await world.keys.close_spaces([OTHER_SPACE])
    await world.restart()


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
