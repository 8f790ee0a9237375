"""Every contract runs over every store."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from tests.support.postgres import PostgresServer
from tests.support.store_worlds import StoreWorld, memory_world, postgres_world, sqlite_world


def opened(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AbstractAsyncContextManager[StoreWorld]:
    if request.param == "memory":
        return memory_world()
    if request.param == "sqlite":
        return sqlite_world(tmp_path)
    server: PostgresServer = request.getfixturevalue("postgres")
    return postgres_world(server)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[StoreWorld]:
    async with opened(request, tmp_path) as stores:
        yield stores
