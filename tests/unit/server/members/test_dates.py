"""Days and times in words, as they were where they were written."""

from datetime import UTC, timedelta, timezone

import pytest

from trailmark_server.members import dates

BERLIN = timezone(timedelta(hours=2))
AT = 1_790_697_600_000
HOUR = 3_600_000


def test_days_in_words() -> None:
    assert "Tuesday 29 September 2026" == dates.day_heading("2026-09-29")
    assert "29 Sep 2026" == dates.short_day("2026-09-29")


@pytest.mark.parametrize("words", [dates.day_heading, dates.short_day])
def test_what_is_no_date_is_shown_as_it_is(words: object) -> None:
    assert callable(words)
    assert "some day" == words("some day")


def test_time_is_that_of_the_place_where_it_was_written() -> None:
    assert "23:40" == dates.time_of("2026-09-29T23:40:00+02:00")
    assert "29 Sep 2026, 18:00" == dates.moment_words(AT, BERLIN)
    assert "29 Sep 2026, 16:00" == dates.moment_words(AT)


@pytest.mark.parametrize(
    ("instant", "hours"),
    [("2026-09-29T23:40:00+02:00", 2), ("2026-09-29T23:40:00-05:30", -5.5), ("2026Z", 0)],
)
def test_zone_is_the_offset_that_is_named(instant: str, hours: float) -> None:
    assert timezone(timedelta(hours=hours)) == dates.zone_of(instant)


def test_offset_that_is_not_real_is_utc() -> None:
    assert UTC == dates.zone_of("2026-09-29T23:40:00+99:00")


@pytest.mark.parametrize("at", [-(2**53), 2**53])
def test_clock_years_off_is_still_a_time(at: int) -> None:
    assert dates.iso(at)
    assert dates.moment_day(at)
    assert dates.iso_day(at)


def test_end_of_a_day() -> None:
    assert AT - 16 * HOUR + 24 * HOUR - 1 == dates.end_of_day_ms("2026-09-29")
    assert dates.end_of_day_ms("yesterday") is None


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0, None),
        (1, "recorded 1 hour before it synced"),
        (23, "recorded 23 hours before it synced"),
        (24, "recorded 1 day before it synced"),
        (80, "recorded 3 days before it synced"),
        (-5, None),
    ],
)
def test_late_words_say_how_long_something_waited(hours: int, words: str | None) -> None:
    assert words == dates.late_words(AT, AT + hours * HOUR)


@pytest.mark.parametrize("hours", [-12, 0, 14])
def test_an_absurd_clock_breaks_no_page(hours: int) -> None:
    zone = timezone(timedelta(hours=hours))

    assert 9999 == dates.moment(2**53 - 1, zone).year
