"""Times, gaps and values in words for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from trailmark_adapters.clock import local_time
from trailmark_client.queries.sharing import Seen
from trailmark_shared.domain.consent import CLASS_WORDS
from trailmark_shared.domain.statuses import WORDS_BY_CODE

_SECOND: Final = 1000
_MINUTE: Final = 60 * _SECOND
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_FIELD_WORDS: Final = {
    "lifecycle": "status",
    "achievement": "how it goes",
    "baseline": "at the start",
    "due": "hoped for",
    "area": "area of life",
}
_COUNT_WORDS: Final = {
    "goals": ("goal", "goals"),
    "taken_back": ("goal that you took back", "goals that you took back"),
    "steps": ("step", "steps"),
    "check_ins": ("check-in", "check-ins"),
    "excerpts": ("part of a reflection", "parts of reflections"),
    "wins": ("win", "wins"),
    "setbacks": ("setback", "setbacks"),
    "comments": ("comment", "comments"),
}
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


def field_words(field: str) -> str:
    """Return how a field of a goal or step is called: ``status`` for ``lifecycle``."""
    return _FIELD_WORDS.get(field, field.replace("_", " "))


def value_words(field: str, value: object) -> str:
    """Return a field's value as people read it: words instead of codes, a dash for nothing.

    Args:
        field: Name of the field, as in answers.
        value: Its plain value, as in answers.
    """
    if value is None:
        return "-"
    if field == "target":
        from trailmark_shared.domain.targets import parse_target
        from trailmark_shared.projections.sentences import target_words

        return target_words(parse_target(str(value)))
    words = WORDS_BY_CODE.get(field, {})
    return words.get(str(value), str(value))


def change_words(field: str, before: object, after: object) -> str:
    """Return one change of a field in a line: ``status: Working on it -> Resting``."""
    new = value_words(field, after)
    if before is None:
        return f"{field_words(field)}: {new}"
    return f"{field_words(field)}: {value_words(field, before)} -> {new}"


def class_names(classes: Iterable[str]) -> list[str]:
    """Return short names of classes of data, such as ``goals`` or ``steps of those goals``."""
    return [CLASS_WORDS.get(each, each).partition(":")[0] for each in classes]


def seen_words(seen: Seen) -> str:
    """Return how much somebody sees: ``3 goals, 41 check-ins, from Monday 02 March 2026 on``."""
    counts = [
        f"{count} {one if count == 1 else many}"
        for name, (one, many) in _COUNT_WORDS.items()
        if (count := getattr(seen, name))
    ]
    if counts and seen.earliest is not None:
        counts.append(f"from {day_words(seen.earliest)} on")
    return ", ".join(counts) or "nothing yet"
