"""What the tests of PostgreSQL share: an empty database for each of them."""

from collections.abc import AsyncGenerator

import pytest

from tests.support.postgres import PostgresServer


@pytest.fixture
async def url(postgres: PostgresServer) -> AsyncGenerator[str]:
    made = await postgres.create("main")
    yield made
    await postgres.give_back(made, "main")
