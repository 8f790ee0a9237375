"""Days read as people say them, in the language in force."""

from datetime import UTC, date, datetime
from gettext import NullTranslations

import pytest

from trailmark_shared.dates import day_text, gap_words, long_day, short_moment
from trailmark_shared.words import Language, speaking

SAID = {
    "Tuesday": "Dienstag",
    "March": "März",
    "Mon Tue Wed Thu Fri Sat Sun": "Mo Di Mi Do Fr Sa So",
    "{weekday} {day} {month} {year}": "{weekday}, {day}. {month} {year}",
    "{day} {month} {year}": "{day}. {month} {year}",
    "{weekday} {day:02d} {month} {year} {time}": "{weekday} {day:02d} {month} {year} {time}",
}


class German(NullTranslations):
    """As much German as the tests need."""

    def gettext(self, message: str) -> str:
        return SAID.get(message, message)

    def pgettext(self, context: str, message: str) -> str:
        return SAID.get(message, f"{context}: {message}")


def test_a_day_reads_as_people_say_it() -> None:
    assert "Tuesday 3 March 2026" == long_day(date(2026, 3, 3))
    assert "3 Mar 2026" == day_text("2026-03-03")
    assert "Tue 03 Mar 2026 08:05" == short_moment(datetime(2026, 3, 3, 8, 5, tzinfo=UTC))


def test_a_language_orders_a_date_in_its_own_way() -> None:
    with speaking(Language("de", German())):
        assert "Dienstag, 3. März 2026" == long_day(date(2026, 3, 3))
        assert "3. Mar 2026" == day_text("2026-03-03")
        assert "Di 03 Mar 2026 08:05" == short_moment(datetime(2026, 3, 3, 8, 5, tzinfo=UTC))


def test_every_day_and_month_has_a_name() -> None:
    days = {long_day(date(2026, month, day)) for month in range(1, 13) for day in range(1, 8)}
    short = {short_moment(datetime(2026, 2, day, tzinfo=UTC))[:3] for day in range(1, 8)}

    assert (84, 7) == (len(days), len(short))


def test_a_day_of_an_event_reads_in_few_letters_and_what_is_none_stays() -> None:
    assert ("22 Nov 2026", "soon") == (day_text("2026-11-22"), day_text("soon"))


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (0, "at once"),
        (999, "at once"),
        (1000, "1 second"),
        (120_000, "2 minutes"),
        (3_600_000, "1 hour"),
        (3 * 86_400_000, "3 days"),
        (-5, "at once"),
    ],
)
def test_gaps_read_in_their_largest_unit(ms: int, words: str) -> None:
    assert gap_words(ms) == words
