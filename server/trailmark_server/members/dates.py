"""Days and times in the words of the pages.

A time is shown as it was where it was written: the person's offset, never the reader's, so that
"Tuesday evening" stays Tuesday evening whoever reads it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Final

from trailmark_shared import dates
from trailmark_shared.words import gettext, ngettext

LATE_MS: Final = 60 * 60 * 1000
"""What waited this long between recording and arriving is marked as late."""

_HOUR_MS: Final = 60 * 60 * 1000
_DAY_MS: Final = 24 * _HOUR_MS
_MS_MAX: Final = 253_402_300_799_000 - _DAY_MS


def day_heading(day: str) -> str:
    """Return ``2026-11-03`` as ``Tuesday 3 November 2026``; what is no date stays as it is."""
    try:
        meant = date.fromisoformat(day)
    except ValueError:
        return day
    return dates.long_day(meant)


def short_day(day: str) -> str:
    """Return ``2026-11-03`` as ``3 Nov 2026``; what is no date stays as it is."""
    return dates.day_text(day)


def time_of(occurred_at: str) -> str:
    """Return the clock time of an RFC 3339 time, as it was where it was written: ``18:40``."""
    return occurred_at[11:16]


def zone_of(occurred_at: str) -> timezone:
    """Return the offset that an RFC 3339 time names; UTC where it names none that is real."""
    sign, digits = occurred_at[-6:-5], occurred_at[-5:]
    if sign not in {"+", "-"}:
        return UTC
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[3:]))
    if shift >= timedelta(days=1):
        return UTC
    return timezone(shift if sign == "+" else -shift)


def moment(at_ms: int, zone: tzinfo = UTC) -> datetime:
    """Return milliseconds UTC as a time in ``zone``; a clock beyond year 1 or 9999 is cut off."""
    bounded = min(max(at_ms, 0), _MS_MAX)
    return datetime.fromtimestamp(bounded / 1000, tz=UTC).astimezone(zone)


def moment_words(at_ms: int, zone: tzinfo = UTC) -> str:
    """Return milliseconds UTC as ``3 Nov 2026, 18:40``."""
    at = moment(at_ms, zone)
    return gettext("{day}, {time}").format(day=moment_day(at_ms, zone), time=f"{at:%H:%M}")


def moment_day(at_ms: int, zone: tzinfo = UTC) -> str:
    """Return the day of milliseconds UTC as ``3 Nov 2026``, in ``zone``."""
    return short_day(iso_day(at_ms, zone))


def iso_day(at_ms: int, zone: tzinfo = UTC) -> str:
    """Return the day of milliseconds UTC as ``2026-11-03``."""
    return moment(at_ms, zone).date().isoformat()


def iso(at_ms: int) -> str:
    """Return milliseconds UTC for a ``datetime`` attribute."""
    return moment(at_ms).isoformat(timespec="seconds")


def end_of_day_ms(day: str) -> int | None:
    """Return the last millisecond of a UTC day, or ``None`` where ``day`` is no date."""
    try:
        meant = date.fromisoformat(day)
    except ValueError:
        return None
    start = datetime(meant.year, meant.month, meant.day, tzinfo=UTC)
    return int(start.timestamp() * 1000) + _DAY_MS - 1


def late_words(recorded_ms: int, received_ms: int) -> str | None:
    """Return how long something waited on its device, or ``None`` where it hardly did.

    Args:
        recorded_ms: When it was recorded, set right by the known clock offset.
        received_ms: When it reached the server.
    """
    waited = received_ms - recorded_ms
    if waited < LATE_MS:
        return None
    if waited < _DAY_MS:
        hours = waited // _HOUR_MS
        return ngettext(
            "recorded {n} hour before it synced", "recorded {n} hours before it synced", hours
        ).format(n=hours)
    days = waited // _DAY_MS
    return ngettext(
        "recorded {n} day before it synced", "recorded {n} days before it synced", days
    ).format(n=days)
