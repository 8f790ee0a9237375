"""Days, weeks and months as a person lives them: local dates, never instants.

What happened belongs to the local date that the person meant, written down with it. So a day of 23
or 25 hours is one day, a week is seven of them, and nothing moves to another day when it is read
in another zone. Weeks begin on Monday (ISO 8601).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, Literal

import msgspec

_DECEMBER: Final = 12

Per = Literal["day", "week", "month"]
"""The length of a period."""


class Period(msgspec.Struct, frozen=True, order=True):
    """Consecutive local dates.

    Attributes:
        first: Its first date, ``YYYY-MM-DD``.
        last: Its last date, ``YYYY-MM-DD``; in the last week or month that a calendar of four
            digits has, its last day.
    """

    first: str
    last: str


def period_of(day: str, per: Per) -> Period:
    """Return the day, week or month that a local date (``YYYY-MM-DD``) is in."""
    at = date.fromisoformat(day)
    if per == "day":
        return Period(day, day)
    if per == "week":
        # The first date that there is, is a Monday.
        monday = at - timedelta(days=at.weekday())
        return Period(monday.isoformat(), _after(at, 6 - at.weekday()).isoformat())
    first = at.replace(day=1)
    return Period(first.isoformat(), _last_of_month(first).isoformat())


def by_period(days: Mapping[str, int], per: Per) -> dict[Period, int]:
    """Return the sums of what each date has, by period, the earliest first.

    Args:
        days: An amount by local date.
        per: The length of the periods.

    Returns:
        Only periods in which ``days`` has something: what is not known stays open.
    """
    sums: dict[Period, int] = {}
    for day in sorted(days):
        period = period_of(day, per)
        sums[period] = sums.get(period, 0) + days[day]
    return sums


def day_before(day: str) -> str:
    """Return the local date before ``day``; the first date that there is has none but itself."""
    at = date.fromisoformat(day)
    return at.isoformat() if at == date.min else (at - timedelta(days=1)).isoformat()


def _last_of_month(first: date) -> date:
    if first.month == _DECEMBER:
        return first.replace(day=31)
    return first.replace(month=first.month + 1) - timedelta(days=1)


def _after(at: date, days: int) -> date:
    return date.fromordinal(min(at.toordinal() + days, date.max.toordinal()))
