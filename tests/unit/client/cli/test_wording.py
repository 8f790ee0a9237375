"""Times, gaps and values in words."""

from tests.support.person import NOON
from trailmark_client.cli.wording import (
    change_words,
    clock_words,
    day_words,
    lane_words,
    time_words,
    value_words,
)
from trailmark_shared.ids import DEVICES, SELF


def test_times_read_as_they_are_in_the_zone() -> None:
    assert time_words(NOON, "Europe/Berlin") == "Thu 09 Oct 2025 12:00"
    assert time_words(NOON, "UTC") == "Thu 09 Oct 2025 10:00"
    assert day_words("2025-10-09") == "Thursday 9 October 2025"
    assert clock_words("2025-10-09T18:30:00+02:00") == "18:30"


def test_nothing_reads_as_a_dash() -> None:
    assert [value_words("title", each) for each in (None, "x", 2.5)] == ["-", "x", "2.5"]


def test_people_read_words_instead_of_codes() -> None:
    assert value_words("lifecycle", "on-hold") == "Resting"
    assert value_words("target", "at-least 2 per week") == "at least 2 per week"
    assert change_words("lifecycle", "active", "on-hold") == "status: Working on it -> Resting"
    assert change_words("title", None, "Walk") == "title: Walk"


def test_lanes_are_called_by_who_reads_them() -> None:
    assert "Private" == lane_words(SELF, ())
    assert "What your devices tell each other" == lane_words(DEVICES, ())
    assert "Shared with Dr Demo" == lane_words("care/x", ["Dr Demo"])
    assert "Shared with nobody at present" == lane_words("care/x", ())
