"""What holds for every test: repeatable examples, and no browser test where there is no browser."""

from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.postgres import PostgresServer, running_postgres

CHROMIUM = Path("/usr/bin/chromium")

# The same examples on every run and machine: a red gate is then a fault of the change. A deadline
# would measure the machine instead.
settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
settings.load_profile("repeatable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what is marked ``browser`` when Chromium is absent."""
    if CHROMIUM.exists():
        return
    absent = pytest.mark.skip(reason=f"no {CHROMIUM}: install the system package `chromium`")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(absent)


@pytest.fixture(scope="session")
def postgres() -> Generator[PostgresServer]:
    """Yield one PostgreSQL for all tests of the run; it starts with the first that asks."""
    with running_postgres() as server:
        yield server
