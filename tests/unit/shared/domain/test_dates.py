"""Days and instants: exactly the real ones match."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailmark_shared import limits
from trailmark_shared.domain.dates import (
    DAY,
    INSTANT,
    moment_from_ms,
    ms_from_instant,
    place_in_time,
)


def test_every_day_of_the_calendar_matches_and_no_other() -> None:
    """Every pair of month and day in years of each kind, against the standard library."""
    wrong: list[str] = []
    for year in (1, 4, 100, 400, 1900, 2000, 2023, 2024, 2100, 9999):
        for month in range(14):
            for day in range(33):
                text = f"{year:04}-{month:02}-{day:02}"
                if bool(re.fullmatch(DAY, text)) != _is_real(text):
                    wrong.append(text)

    assert wrong == []


def _is_real(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    "text", ["0000-01-01", "2026-1-1", "2026-01-01\n", "٢٠٢٦-01-01", "+2026-01-01"]
)
def test_other_spellings_are_no_days(text: str) -> None:
    assert re.fullmatch(DAY, text) is None


_offsets = st.integers(min_value=-23 * 60 - 59, max_value=23 * 60 + 59).map(
    lambda minutes: timezone(timedelta(minutes=minutes))
)


@given(st.datetimes(timezones=_offsets))
def test_every_instant_matches_and_is_read(instant: datetime) -> None:
    text = instant.isoformat()

    assert re.fullmatch(INSTANT, text) is not None
    assert ms_from_instant(text) == (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        milliseconds=1
    )


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-21",
        "2026-09-21T16:13:20",
        "2026-09-21T24:00:00Z",
        "2026-09-21T23:60:00Z",
        "2026-09-21T23:59:60Z",
        "2026-09-21T16:13:20+24:00",
        "2026-09-21 16:13:20Z",
        "2026-02-30T16:13:20Z",
    ],
)
def test_other_spellings_are_no_instants(text: str) -> None:
    assert re.fullmatch(INSTANT, text) is None


def test_seconds_may_be_left_out() -> None:
    assert ms_from_instant("1970-01-01T01:00+01:00") == 0


@pytest.mark.parametrize("ms", [0, 1_700_000_000_123, -1, -62_000_000_000_001])
def test_milliseconds_are_a_moment(ms: int) -> None:
    moment = moment_from_ms(ms)

    assert moment.utcoffset() == timedelta(0)
    assert ms_from_instant(moment.isoformat()) == ms


@pytest.mark.parametrize(
    ("ms", "year"), [(limits.INTEGER_MAX, 9999), (-limits.INTEGER_MAX, 1), (10**40, 9999)]
)
def test_an_absurd_clock_is_cut_off_with_a_day_for_every_zone(ms: int, year: int) -> None:
    moment = moment_from_ms(ms)

    assert {year} == {(moment + timedelta(hours=hours)).year for hours in (-23, 0, 23)}


def test_the_hour_that_comes_twice_is_sorted_by_the_moment() -> None:
    earlier, later = "2026-10-25T02:50:00+02:00", "2026-10-25T02:10:00+01:00"

    assert place_in_time("2026-10-25", earlier) < place_in_time("2026-10-25", later)
    assert place_in_time("2026-10-24", later) < place_in_time("2026-10-25", earlier)
    assert ("", 0) == place_in_time("", None)
