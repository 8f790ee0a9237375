"""What the client's unit tests share: a person with a device in a folder of its own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.person import Person

if TYPE_CHECKING:
    from tests.support.server_api import ServerHome
    from tests.support.two_sides import TwoSides


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    one = Person(tmp_path)
    yield one
    one.app.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Person]:
    """Return a device that nothing was written on yet."""
    one = Person(tmp_path / "fresh", seed=7)
    yield one
    one.app.close()


@pytest.fixture(scope="module")
def server_home() -> "Iterator[ServerHome]":
    """Return one home server for the strangers of many tests: it is dear to put together."""
    from tests.support.server_api import server_api  # noqa: PLC0415  (no browser has a server)

    with server_api() as home:
        yield home


@pytest.fixture
async def sides(tmp_path: Path) -> "AsyncIterator[TwoSides]":
    """Return a person with a phone and a laptop, and the therapist who shares a lane with them."""
    from tests.support.two_sides import TwoSides  # noqa: PLC0415  (the same)

    sides = await TwoSides(tmp_path).begin()
    yield sides
    sides.close()
