"""Times, gaps and values in words for people."""

from __future__ import annotations

from typing import Final

from trailmark_adapters.clock import local_time

_SECOND: Final = 1000
_MINUTE: Final = 60 * _SECOND
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_STEPS: Final = ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute"), (_SECOND, "second"))


def time_words(ms: int, zone: str) -> str:
    """Return a moment (milliseconds UTC) as it reads in a zone: ``Sun 22 Nov 2026 14:05``."""
    return f"{local_time(ms, zone):%a %d %b %Y %H:%M}"


def day_words(day: str) -> str:
    """Return a local date with its weekday: ``Sunday 22 November 2026``."""
    from datetime import date

    return f"{date.fromisoformat(day):%A %d %B %Y}"


def clock_words(happened: str) -> str:
    """Return the clock time of an RFC 3339 moment: ``18:30``."""
    return happened.partition("T")[2][:5]


def gap_words(ms: int) -> str:
    """Return a length of time in its largest unit: ``3 days``; ``at once`` below a second."""
    for length, unit in _STEPS:
        count = ms // length
        if count >= 1:
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "at once"


def value_words(value: object) -> str:
    """Return a value as people read it; nothing reads as a dash."""
    if value is None:
        return "-"
    return str(value)
