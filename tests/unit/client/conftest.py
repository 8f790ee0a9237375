"""What the client's unit tests share: a person with a device in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.person import Person


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    one = Person(tmp_path)
    yield one
    one.app.close()
