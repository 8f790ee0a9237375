"""Days and instants as text: the patterns that only real ones match.

A person's day is a local date, not an instant: it stays what they meant wherever it is read. Every
text that matches can be read by ``datetime`` without a further check.

Source:
    RFC 3339 section 5.6, without leap seconds.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

_LONG_MONTH: Final = r"(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
_SHORT_MONTH: Final = r"(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
_FEBRUARY: Final = r"02-(?:0[1-9]|1[0-9]|2[0-8])"
_LEAP_YEAR: Final = (
    r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
)
_HOUR: Final = r"(?:[01][0-9]|2[0-3])"

DAY: Final = (
    rf"(?:(?!0000)[0-9]{{4}}-(?:{_LONG_MONTH}|{_SHORT_MONTH}|{_FEBRUARY})|{_LEAP_YEAR}-02-29)"
)
"""A date of the Gregorian calendar, ``YYYY-MM-DD``."""

INSTANT: Final = (
    rf"{DAY}T{_HOUR}:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{{1,6}})?)?(?:Z|[+-]{_HOUR}:[0-5][0-9])"
)
"""RFC 3339 with offset; seconds may be left out."""

_MS_PER_DAY: Final = 24 * 3600 * 1000
_EARLIEST_MS: Final = -62_135_596_800_000 + _MS_PER_DAY
_LATEST_MS: Final = 253_402_300_799_999 - _MS_PER_DAY
_UNIX_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def ms_from_instant(instant: str) -> int:
    """Return a text that matches ``INSTANT`` as whole milliseconds UTC."""
    return (datetime.fromisoformat(instant) - _UNIX_EPOCH) // timedelta(milliseconds=1)


def moment_from_ms(ms: int) -> datetime:
    """Return milliseconds UTC as a moment, in UTC.

    Anybody's clock may show anything: what is not between the years 1 and 9999, with a day left to
    every time zone, is cut off there, because one absurd time must not keep anybody from the rest.
    """
    bounded = min(max(ms, _EARLIEST_MS), _LATEST_MS)
    return datetime.fromtimestamp(bounded // 1000, UTC) + timedelta(milliseconds=bounded % 1000)


def place_in_time(day: str, instant: str | None) -> tuple[str, int]:
    """Return a key that sorts entries by their local date, and within it by the moment.

    As text, the hour that comes twice when summer ends would stand in the wrong order, and so would
    a day on which somebody travelled.

    Args:
        day: The local date, or nothing where none is known.
        instant: The moment, a text that matches ``INSTANT``; nothing where none is known.
    """
    return day, ms_from_instant(instant) if instant else 0
