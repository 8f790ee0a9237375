"""Days and times as the pages show them."""

from __future__ import annotations

from datetime import date

from trailmark_adapters.clock import local_time
from trailmark_shared.dates import MONTHS, long_day
from trailmark_shared.words import gettext


def day_words(day: str) -> str:
    """Return a local date with its weekday: ``Sunday 22 November 2026``."""
    return long_day(date.fromisoformat(day))


def short_day(day: str, today: str = "") -> str:
    """Return a local date in few words: ``today``, ``22 November``, ``22 November 2025``.

    Args:
        day: The date; empty where the event that says it is not here.
        today: The person's local date; the year is left out where it is the same.
    """
    if not day:
        return ""
    if day == today:
        return gettext("today")
    shown = date.fromisoformat(day)
    month = gettext(MONTHS[shown.month - 1])
    if day[:4] == today[:4]:
        return gettext("{day} {month}").format(day=shown.day, month=month)
    return gettext("{day} {month} {year}").format(day=shown.day, month=month, year=shown.year)


def clock_words(ms: int, zone: str) -> str:
    """Return the clock time of a moment (milliseconds UTC): ``14:02``."""
    return f"{local_time(ms, zone):%H:%M}"


def dated_words(ms: int, zone: str, today: str) -> str:
    """Return a moment (milliseconds UTC) with its day: ``today, 14:02``, ``22 November, 14:02``."""
    day = local_time(ms, zone).date().isoformat()
    return f"{short_day(day, today)}, {clock_words(ms, zone)}"


def moment_words(ms: int, zone: str, today: str) -> str:
    """Return a moment (milliseconds UTC) in few words: ``14:02``, ``22 November, 14:02``."""
    day = local_time(ms, zone).date().isoformat()
    return clock_words(ms, zone) if day == today else dated_words(ms, zone, today)
