"""Days and times in words."""

from trailmark_client.web.dating import clock_words, dated_words, day_words, moment_words, short_day

MOMENT = 1_760_004_000_000
"""9 October 2025, 12:00 in Berlin."""


def test_a_day_reads_with_its_weekday() -> None:
    assert "Thursday 9 October 2025" == day_words("2025-10-09")


def test_a_near_day_needs_no_year() -> None:
    assert "today" == short_day("2025-10-09", "2025-10-09")
    assert "8 October" == short_day("2025-10-08", "2025-10-09")
    assert "8 October 2024" == short_day("2024-10-08", "2025-10-09")
    assert "" == short_day("", "2025-10-09")


def test_a_moment_of_today_is_a_clock_time() -> None:
    assert "12:00" == clock_words(MOMENT, "Europe/Berlin")
    assert "12:00" == moment_words(MOMENT, "Europe/Berlin", "2025-10-09")
    assert "9 October, 19:00" == moment_words(MOMENT, "Asia/Tokyo", "2025-10-10")
    assert "today, 12:00" == dated_words(MOMENT, "Europe/Berlin", "2025-10-09")
