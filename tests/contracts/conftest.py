"""Every contract runs over every store."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.support.store_worlds import StoreWorld, memory_world, sqlite_world


@pytest.fixture(params=["memory", "sqlite"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[StoreWorld]:
    opened = memory_world() if request.param == "memory" else sqlite_world(tmp_path)
    async with opened as stores:
        yield stores
