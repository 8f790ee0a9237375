"""What the tests of the pages share: a window of them."""

import pytest

from tests.support.own_pages import Window
from tests.support.person import Person


@pytest.fixture
def window(person: Person) -> Window:
    return Window(person)
