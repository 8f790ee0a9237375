"""What holds for every test: repeatable examples, and no browser test where there is no browser."""

from __future__ import annotations

import signal
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.support.postgres import PostgresServer

CHROMIUM = Path("/usr/bin/chromium")

# The same examples on every run and machine: a red gate is then a fault of the change. A deadline
# would measure the machine instead.
settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
settings.load_profile("repeatable")

# A run that a script began in its background ignores Ctrl-C, and so would all that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


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
    from tests.support.cluster import servers_asked_for, shared_postgres  # noqa: PLC0415
    from tests.support.postgres import running_postgres  # noqa: PLC0415  (few tests need it)

    if servers_asked_for():
        yield shared_postgres()
        return
    with running_postgres() as server:
        yield server
