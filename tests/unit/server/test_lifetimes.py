"""What lasts for a time ends with it, whichever way the clock was wrong when it began."""

import pytest

from trailmark_server.lifetimes import lasts, lasts_until

NOW = 1_700_000_000_000


@pytest.mark.parametrize(
    ("ago", "is_good"), [(0, True), (9, True), (10, False), (-9, True), (-10, False)]
)
def test_it_lasts_for_so_long_before_and_behind(ago: int, *, is_good: bool) -> None:
    assert is_good == lasts(NOW - ago, NOW, 10)
    assert is_good == lasts_until(NOW - ago + 10, NOW, 10)
