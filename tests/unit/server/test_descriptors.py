"""File descriptors: a server takes as many as it may, and says once that hardly any are left."""

import resource
from collections.abc import Generator

import pytest

from trailmark_server.descriptors import Descriptors, allowed, take_all
from trailmark_shared import limits

MOST = 100


@pytest.fixture
def _restored() -> Generator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("_restored")
def test_a_server_takes_as_many_as_its_user_may() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most - 1, most))
    before = allowed()
    take_all()

    assert (most - 1, most) == (before, allowed())


def test_the_log_says_once_that_hardly_any_are_left(caplog: pytest.LogCaptureFixture) -> None:
    descriptors, bound = Descriptors(), MOST - limits.DESCRIPTORS_LEFT_MAX
    told = list[int]()
    for number in (0, bound - 1, bound, MOST - 1, MOST // 2, bound, MOST // 2 - 1, bound):
        descriptors.opened(number, MOST)
        told.append(len(caplog.records))

    assert [0, 0, 1, 1, 1, 1, 1, 2] == told
    assert {"limit": MOST} == caplog.records[0].__dict__["fields"]


def test_where_nobody_counts_them_nothing_is_said(caplog: pytest.LogCaptureFixture) -> None:
    Descriptors().opened(MOST, None)

    assert [] == caplog.records
