"""Threads of a program with a loop and a store change often."""

import sys
from collections.abc import Iterator

import pytest

from trailmark_adapters.threads import TURN_S, take_short_turns


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    interval = sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval)


def test_threads_change_more_often_than_by_default() -> None:
    sys.setswitchinterval(0.005)

    take_short_turns()

    assert TURN_S == pytest.approx(sys.getswitchinterval())
    assert TURN_S < 0.005
