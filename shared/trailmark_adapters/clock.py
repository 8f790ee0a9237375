"""The one door to the machine's clock: time is data that comes in, never asked for elsewhere."""

from __future__ import annotations

import math
import os
import time
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Final, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from trailmark_shared.domain.dates import moment_from_ms

SHIFT_VARIABLE: Final = "TRAILMARK_CLOCK_SHIFT_S"
"""Environment variable that shifts the clock of a process, in whole seconds."""

_MS_PER_SECOND: Final = 1000
_NS_PER_MS: Final = 1_000_000
_ZONE_FOLDER: Final = "zoneinfo/"
_ZONE_KEPT_MS: Final = 1000
"""For so long a zone is believed: to look for it costs as much as to write an entry."""


class Clock(Protocol):
    """What time it is, and where."""

    def now_ms(self) -> int:
        """Return the wall clock, milliseconds UTC; it may jump in either direction."""
        ...

    def monotonic_ms(self) -> int:
        """Return a clock that only runs forward, milliseconds from an arbitrary start."""
        ...

    def zone_name(self) -> str:
        """Return the IANA name of the local time zone."""
        ...


class SystemClock:
    """The clock of this machine.

    Attributes:
        zone: IANA name of a zone that replaces the machine's own, or ``None``.
        shift_ms: Added to the wall clock, milliseconds; lets a demo live through weeks.
    """

    def __init__(self, zone: str | None = None, shift_ms: int = 0) -> None:
        self.zone = zone
        self.shift_ms = shift_ms
        self._found = ("", "UTC")
        self._found_until = -math.inf

    @classmethod
    def from_environment(cls) -> SystemClock:
        """Return the clock that ``TRAILMARK_CLOCK_SHIFT_S`` shifts, in whole seconds.

        Only demos and tests set it; a device whose clock is wrong is an ordinary device.
        """
        shift = os.environ.get(SHIFT_VARIABLE, "0")
        return cls(shift_ms=int(shift) * _MS_PER_SECOND)

    def now_ms(self) -> int:
        """Return the wall clock, milliseconds UTC."""
        return time.time_ns() // _NS_PER_MS + self.shift_ms

    def monotonic_ms(self) -> int:
        """Return the time since an arbitrary start, milliseconds."""
        return time.monotonic_ns() // _NS_PER_MS

    def zone_name(self) -> str:
        """Return the machine's time zone: ``TZ``, else what /etc/localtime says, else ``UTC``.

        It is looked up again and again: pages stay open for days, also on a machine that travels.
        """
        if self.zone is not None:
            return self.zone
        named, now = os.environ.get("TZ", ""), self.monotonic_ms()
        if named != self._found[0] or now >= self._found_until:
            self._found = (named, _machine_zone(named.lstrip(":")))
            self._found_until = now + _ZONE_KEPT_MS
        return self._found[1]


def _machine_zone(named: str) -> str:
    link = os.path.realpath("/etc/localtime")
    linked = link.partition(_ZONE_FOLDER)[2]
    written = Path("/etc/timezone")
    candidates = [named, linked]
    if written.is_file():
        candidates.append(written.read_text(encoding="utf-8").strip())
    for candidate in candidates:
        if candidate and not candidate.startswith("/") and zone_from_name(candidate) is not None:
            return candidate.removeprefix("Etc/") if candidate == "Etc/UTC" else candidate
    return "UTC"


def zone_from_name(name: str) -> tzinfo | None:
    """Return the zone of an IANA name, or ``None`` where this machine does not know it."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def local_time(ms: int, zone: str) -> datetime:
    """Return a wall-clock time in a zone; UTC where the machine does not know the zone.

    Args:
        ms: Milliseconds UTC; a clock beyond the years 1 to 9999 is cut off, because one absurd
            time must not keep anybody from the rest.
        zone: IANA name.
    """
    return moment_from_ms(ms).astimezone(zone_from_name(zone) or UTC)
