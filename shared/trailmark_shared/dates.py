"""Days and times in words, in the language in force.

Names of days and months, and how a date is put together, are texts of the catalogue.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from trailmark_shared.words import gettext, marked, ngettext, pgettext

_SECOND: Final = 1000
_MINUTE: Final = 60 * _SECOND
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR

_DAYS: Final[Sequence[str]] = (
    marked("Monday"),
    marked("Tuesday"),
    marked("Wednesday"),
    marked("Thursday"),
    marked("Friday"),
    marked("Saturday"),
    marked("Sunday"),
)
MONTHS: Final[Sequence[str]] = (
    marked("January"),
    marked("February"),
    marked("March"),
    marked("April"),
    marked("May"),
    marked("June"),
    marked("July"),
    marked("August"),
    marked("September"),
    marked("October"),
    marked("November"),
    marked("December"),
)
"""Names of the months, January first; asked of the catalogue where one is shown."""


def _short_days() -> Sequence[str]:
    return gettext("Mon Tue Wed Thu Fri Sat Sun").split()


def _short_months() -> Sequence[str]:
    return gettext("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec").split()


def long_day(day: date) -> str:
    """Return a day with its weekday: ``Sunday 22 November 2026``."""
    return pgettext("a date", "{weekday} {day} {month} {year}").format(
        weekday=gettext(_DAYS[day.weekday()]),
        day=day.day,
        month=gettext(MONTHS[day.month - 1]),
        year=day.year,
    )


def day_text(day: str) -> str:
    """Return ``2026-11-22`` in few letters, ``22 Nov 2026``; what is no date stays as it is."""
    try:
        at = date.fromisoformat(day)
    except ValueError:
        return day
    return pgettext("a date", "{day} {month} {year}").format(
        day=at.day, month=_short_months()[at.month - 1], year=at.year
    )


def short_moment(at: datetime) -> str:
    """Return a moment with its weekday, as wide as any other: ``Sun 22 Nov 2026 14:05``."""
    return pgettext("a date", "{weekday} {day:02d} {month} {year} {time}").format(
        weekday=_short_days()[at.weekday()],
        day=at.day,
        month=_short_months()[at.month - 1],
        year=at.year,
        time=f"{at:%H:%M}",
    )


def gap_words(ms: int) -> str:
    """Return a length of time in its largest unit: ``3 days``; ``at once`` below a second."""
    if ms >= _DAY:
        return ngettext("{n} day", "{n} days", ms // _DAY).format(n=ms // _DAY)
    if ms >= _HOUR:
        return ngettext("{n} hour", "{n} hours", ms // _HOUR).format(n=ms // _HOUR)
    if ms >= _MINUTE:
        return ngettext("{n} minute", "{n} minutes", ms // _MINUTE).format(n=ms // _MINUTE)
    if ms >= _SECOND:
        return ngettext("{n} second", "{n} seconds", ms // _SECOND).format(n=ms // _SECOND)
    return gettext("at once")
