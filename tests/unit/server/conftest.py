"""What the server's unit tests share: a person who writes in a lane of theirs."""

import pytest

from tests.support.shared_lanes import Writer


@pytest.fixture
def mira() -> Writer:
    return Writer(1)
