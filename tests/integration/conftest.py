"""Worlds of real processes for the tests of the whole, and one server in this process."""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import httpx
import pytest

from tests.support.server import RunningServer, running_server
from tests.support.whole import World, make_world


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("template"))


@pytest.fixture
def world(template: World, tmp_path: Path) -> Generator[World]:
    """A phone, a laptop and a therapist's server that runs."""
    made = template.copied(tmp_path / "world")
    try:
        yield made.begin()
    finally:
        made.server.kill()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncGenerator[RunningServer]:
    async with running_server(tmp_path) as running:
        yield running


@pytest.fixture
async def http(server: RunningServer) -> AsyncGenerator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        yield client
