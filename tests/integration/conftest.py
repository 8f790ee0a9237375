"""Worlds of real processes for the tests of the whole."""

from collections.abc import Generator
from pathlib import Path

import pytest

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
