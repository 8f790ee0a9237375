"""What the client's unit tests share: a person with a device in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.person import Person
from tests.support.server_api import ServerHome, server_api


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    one = Person(tmp_path)
    yield one
    one.app.close()


@pytest.fixture(scope="module")
def server_home() -> Iterator[ServerHome]:
    """Return one home server for the strangers of many tests: it is dear to put together."""
    with server_api() as home:
        yield home
