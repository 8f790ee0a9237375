"""When something happened or is hoped for, as people write it.

Nothing here looks at a clock or at the machine's zone: both come in as arguments, so that the same
words mean the same thing in a test, in another zone and on another machine.

Grammar of a moment::

    now | HH:MM | DAY | DAY HH:MM | an RFC 3339 time with or without offset
    DAY = today | yesterday | N days ago | YYYY-MM-DD

A day without a time means noon of that day: noon exists on every day of every zone.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final

import msgspec

from trailmark_adapters.clock import local_time, zone_from_name
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.words import gettext, marked

_NOON: Final = time(12)
_MINUTE: Final = timedelta(minutes=1)
_DAYS_AGO: Final = re.compile(r"(?P<days>[0-9]{1,5}) days? ago")
_IN_DAYS: Final = re.compile(r"in (?P<number>[0-9]{1,4}) (?P<unit>day|week)s?")
_CLOCK: Final = re.compile(r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})")
_NO_SUCH_DAY: Final = marked("no calendar here has that day")


class When(msgspec.Struct, frozen=True):
    """A moment as the person means it.

    Attributes:
        occurred_at: RFC 3339 with the offset that holds there and then.
        zone: IANA name of the zone meant.
        day: The local date meant, ``YYYY-MM-DD``.
    """

    occurred_at: str
    zone: str
    day: str


def moment(now_ms: int, zone: str) -> When:
    """Return the moment ``now_ms`` (milliseconds UTC) as it reads in ``zone`` (IANA name)."""
    return _when(local_time(now_ms, zone), zone)


def parse_when(text: str, *, now_ms: int, zone: str) -> When:
    """Return the moment that ``text`` says.

    Args:
        text: A sentence of the grammar above.
        now_ms: The device's clock, milliseconds UTC.
        zone: IANA name of the zone in which the words are meant.

    Returns:
        The moment. A time that a clock change skipped is read as the one it became.

    Raises:
        DomainError: ``invalid_input``: the grammar has no such sentence.
    """
    words = " ".join(text.lower().split())
    now = local_time(now_ms, zone)
    if words == "now":
        return _when(now, zone)
    if (clock := time_typed(words)) is not None:
        return _when(_at(now.date(), clock, zone), zone)
    day_words, _, clock_words = words.rpartition(" ")
    day, clock = _day(words, now.date()), _NOON
    if day is None and (given := time_typed(clock_words)) is not None:
        day, clock = _day(day_words, now.date()), given
    if day is not None:
        if clock is _NOON and day == now.date():
            return _when(now, zone)
        return _when(_at(day, clock, zone), zone)
    return _timestamp(words, zone)


def parse_past(text: str, *, now_ms: int, zone: str) -> When:
    """Return the moment at which something happened, as ``text`` says.

    A time of today may be a little ahead of a clock; a later day is a slip of the hand.

    Args:
        text: A sentence of the grammar above.
        now_ms: The device's clock, milliseconds UTC.
        zone: IANA name of the zone in which the words are meant.

    Raises:
        DomainError: ``invalid_input``: no such sentence, or a day that is still to come.
    """
    found, now = parse_when(text, now_ms=now_ms, zone=zone), moment(now_ms, zone)
    is_ahead = _ms(datetime.fromisoformat(found.occurred_at)) > now_ms
    if is_ahead and found.day > now.day:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("that day is still to come; say when it happened, or leave the time out"),
        )
    return found


def parse_instant(text: str, *, now_ms: int, zone: str) -> int:
    """Return the moment that ``text`` says as milliseconds UTC; a bare day means its end.

    Raises:
        DomainError: ``invalid_input``: the grammar has no such sentence.
    """
    words = " ".join(text.lower().split())
    day = _day(words, local_time(now_ms, zone).date())
    if day is not None:
        # The last day of the calendar has none behind it.
        following = _at(min(day, date.max - timedelta(days=1)) + timedelta(days=1), time(0), zone)
        return _ms(following) - 1
    return _ms(datetime.fromisoformat(parse_when(text, now_ms=now_ms, zone=zone).occurred_at))


def parse_due(text: str, *, now_ms: int, zone: str) -> str | None:
    """Return the day hoped for, ``YYYY-MM-DD``, or ``None`` for the word ``none``.

    Args:
        text: ``YYYY-MM-DD``, ``today``, ``tomorrow``, ``in N days``, ``in N weeks`` or ``none``.
        now_ms: The device's clock, milliseconds UTC.
        zone: IANA name of the person's zone.

    Raises:
        DomainError: ``invalid_input``: something else.
    """
    words = " ".join(text.lower().split())
    today = local_time(now_ms, zone).date()
    if words == "none":
        return None
    if words == "tomorrow":
        return day_after(today, 1).isoformat()
    if match := _IN_DAYS.fullmatch(words):
        days = int(match["number"]) * (7 if match["unit"] == "week" else 1)
        return day_after(today, days).isoformat()
    day = _day(words, today) if words == "today" or words[:1].isdigit() else None
    if day is None:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("a day reads: YYYY-MM-DD, today, tomorrow, in N days, in N weeks, or none"),
        )
    return day.isoformat()


def parse_day(text: str, *, now_ms: int, zone: str) -> str:
    """Return the day from which, or up to which, something is shown, ``YYYY-MM-DD``.

    Args:
        text: A ``DAY`` of the grammar above.
        now_ms: The device's clock, milliseconds UTC.
        zone: IANA name of the person's zone.

    Raises:
        DomainError: ``invalid_input``: something else.
    """
    day = _day(" ".join(text.lower().split()), local_time(now_ms, zone).date())
    if day is None:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("a day to look at reads: YYYY-MM-DD, today, yesterday or N days ago"),
        )
    return day.isoformat()


def day_after(day: date, days: int) -> date:
    """Return the date so many days after ``day``.

    Raises:
        DomainError: ``invalid_input``: the calendar ends before.
    """
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext(_NO_SUCH_DAY)) from None


def _day(words: str, today: date) -> date | None:
    if words == "today":
        return today
    try:
        if words == "yesterday":
            return today - timedelta(days=1)
        if match := _DAYS_AGO.fullmatch(words):
            return today - timedelta(days=int(match["days"]))
        return (
            date.fromisoformat(words)
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", words)
            else None
        )
    except (ValueError, OverflowError):
        return None


def time_typed(words: str) -> time | None:
    """Return the time of day that ``HH:MM`` says, ``None`` for other words."""
    match = _CLOCK.fullmatch(words)
    try:
        return time(int(match["hour"]), int(match["minute"])) if match else None
    except ValueError:
        return None


def _timestamp(words: str, zone: str) -> When:
    try:
        stamp = datetime.fromisoformat(words.upper())
    except ValueError:
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "a moment reads: now, HH:MM, today, yesterday, N days ago, YYYY-MM-DD, one "
                "of these days with HH:MM, or YYYY-MM-DDTHH:MM with or without an offset"
            ),
        ) from None
    if stamp.tzinfo is None:
        stamp = _at(stamp.date(), stamp.time(), zone)
    return _when(stamp, zone)


def _when(stamp: datetime, zone: str) -> When:
    offset = stamp.utcoffset() or timedelta(0)
    said = stamp
    # Some zones were off by odd seconds once, and a clock may stand there; RFC 3339 cannot say it.
    if offset % _MINUTE:
        said = stamp.astimezone(timezone(round(offset / _MINUTE) * _MINUTE))
    return When(
        occurred_at=said.isoformat(timespec="seconds"),
        zone="UTC" if zone_from_name(zone) is None else zone,
        day=stamp.date().isoformat(),
    )


def _zone(name: str) -> tzinfo:
    return zone_from_name(name) or UTC


def _at(day: date, clock: time, zone: str) -> datetime:
    """The moment of a wall-clock time; a skipped one is read as the one it became."""
    local = datetime.combine(day, clock, tzinfo=_zone(zone))
    try:
        return local.astimezone(UTC).astimezone(_zone(zone))
    except OverflowError:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext(_NO_SUCH_DAY)) from None


def _ms(stamp: datetime) -> int:
    return (stamp - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
