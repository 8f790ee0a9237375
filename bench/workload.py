"""One workload for limits and peers: therapy events of about 310 bytes of JSON."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

NOTE: Final = (
    "walked to the corner shop twice this week, heart racing the first time, calmer the second; "
    "breathing exercise helped"
)
"""What people write beside a number."""

_GOALS: Final = 50
_TYPES: Final = (
    "goal_set",
    "goal_reworded",
    "goal_adjusted",
    "milestone_added",
    "milestone_reached",
    "barrier_named",
    "coping_strategy_added",
    "progress_noted",
    "reflection_written",
    "excerpt_shared",
    "setback_noted",
    "goal_achieved",
)

RawRow = tuple[str, str, str, str, bytes]
"""id, goal, type, time and the whole event as JSON."""


def event(number: int) -> dict[str, str | int]:
    """Return an event: the same fields and sizes for every number."""
    mixed = zlib.crc32(str(number).encode())
    minute, second = number // 60 % 60, number % 60
    return {
        "type": _TYPES[number % len(_TYPES)],
        "event_id": f"{mixed:08x}{number:024x}",
        "person_id": "person-000001",
        "goal_id": f"goal-{number % _GOALS:06d}",
        "at": f"2026-11-22T10:{minute:02d}:{second:02d}.{number % 1000:03d}Z",
        "frequency": number % 7,
        "intensity": mixed % 10,
        "note": NOTE,
    }


def event_json(number: int) -> bytes:
    """Return the JSON of ``event(number)``."""
    return json.dumps(event(number), separators=(",", ":")).encode()


@cache
def raw_rows(count: int) -> Sequence[RawRow]:
    """Return the first ``count`` events as rows of a bare table."""
    return [_raw_row(number) for number in range(count)]


def _raw_row(number: int) -> RawRow:
    each = event(number)
    texts = (str(each[name]) for name in ("event_id", "goal_id", "type", "at"))
    return (*texts, event_json(number))  # type: ignore[return-value]  # five parts


def parts(rows: Sequence[RawRow], size: int) -> Iterator[Sequence[RawRow]]:
    """Yield ``rows`` in parts of ``size``."""
    for at in range(0, len(rows), size):
        yield rows[at : at + size]
