"""A data folder as the first ``serve`` leaves it."""

import asyncio
from pathlib import Path

import pytest

from tests.support.fakes import FakeClock, SeededRandomness
from trailmark_server.stores import open_stores


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """The folder of a server that nobody has used yet."""

    async def begin() -> None:
        async with open_stores(tmp_path, FakeClock(), SeededRandomness()):
            pass

    asyncio.run(begin())
    return tmp_path
