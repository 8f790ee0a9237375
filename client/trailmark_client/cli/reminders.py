"""``trailmark reminder``: a file for the person's own calendar, which reminds as they set it there.

Trailmark itself never reminds anybody. The file holds floating times (RFC 5545, 3.3.5, form 1):
they mean the same clock time wherever the person is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from trailmark_client.cli.answers import Answer
from trailmark_client.cli.files import refuse_taken, write_whole
from trailmark_client.cli.here import opened
from trailmark_client.cli.options import PLAIN, Common, Words
from trailmark_client.cli.parameters import Parameter
from trailmark_client.commands.when import day_after, time_typed
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import text_from_id
from trailmark_shared.words import gettext, marked

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

_DAYS: Final[tuple[str, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LINE_BYTES_MAX: Final = 75
_NEUTRAL: Final = marked("A moment for yourself, whenever you like")


class Reminder(msgspec.Struct, frozen=True, kw_only=True):
    """A file for a calendar was written.

    Attributes:
        file: Its name.
        first: The day and time it begins with, local: ``YYYY-MM-DDTHH:MM:SS``.
        days: The days of the week; none for every day.
        words: What the calendar shows.
        notifies: The calendar is asked to show a notice at that time.
    """

    file: str
    first: str
    days: list[str]
    words: str
    notifies: bool


def write(
    file: Annotated[Path, Parameter(help="A new file, best with .ics at its end")],
    /,
    *,
    at: Annotated[str, Parameter(help="The time of day: 18:30")],
    on: Annotated[
        tuple[Day, ...],
        Parameter(help="A day of the week; may be repeated; without it every day", negative=""),
    ] = (),
    words: Annotated[Words, Parameter(help="What the calendar shows; whoever sees it can read it")]
    | None = None,
    notify: Annotated[
        bool, Parameter(negative="", help="Ask the calendar for a notice at that time")
    ] = False,
    common: Common = PLAIN,
) -> Answer[Reminder]:
    """Write a reminder for your own calendar: your days, your time, moved or deleted there."""
    with opened(common) as here:
        refuse_taken(file)
        # As typed: what today's clock skips is a time of all other days.
        clock = time_typed(at)
        if clock is None:
            raise DomainError(
                ErrorCode.INVALID_INPUT, gettext("a time of day reads HH:MM, such as 18:30")
            )
        words = gettext(_NEUTRAL) if words is None else words
        days: list[str] = [each for each in _DAYS if each in on]
        first = f"{_first_day(here.when().day, days)}T{clock.isoformat()}"
        uid = text_from_id(here.app.randomness.token(limits.ID_BYTES))
        lines = _lines(uid, here.now_ms, first, days, words, notify=notify)
        write_whole(file, (_folded(line) for line in lines))
    document = Reminder(file=str(file), first=first, days=days, words=words, notifies=notify)
    lines = (
        gettext(
            "Written to {file}. Open it with your calendar; there you can move, mute or delete it."
        ).format(file=file),
        gettext("Trailmark itself never reminds you."),
    )
    return Answer(document, lines)


def _first_day(today: str, days: Sequence[str]) -> str:
    day = date.fromisoformat(today)
    while days and _DAYS[day.weekday()] not in days:
        day = day_after(day, 1)
    return day.isoformat()


def _lines(
    uid: str, now_ms: int, first: str, days: Sequence[str], words: str, *, notify: bool
) -> Iterator[str]:
    stamp = datetime.fromtimestamp(now_ms / 1000, UTC)
    rule = f"FREQ=WEEKLY;BYDAY={','.join(each[:2].upper() for each in days)}"
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Trailmark//Reminder//EN")
    yield from (
        "BEGIN:VEVENT",
        f"UID:{uid}@trailmark.invalid",
        f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
    )
    yield f"DTSTART:{first.replace('-', '').replace(':', '')}"
    yield from ("DURATION:PT15M", f"RRULE:{rule if days else 'FREQ=DAILY'}")
    yield from (f"SUMMARY:{_escaped(words)}", "CLASS:PRIVATE", "TRANSP:TRANSPARENT")
    if notify:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:PT0S")
        yield from (f"DESCRIPTION:{_escaped(words)}", "END:VALARM")
    yield from ("END:VEVENT", "END:VCALENDAR")


def _escaped(words: str) -> str:
    r"""Return a text as RFC 5545, 3.3.11 wants it: ``\``, ``;``, ``,`` and line ends escaped."""
    for sign in ("\\", ";", ","):
        words = words.replace(sign, f"\\{sign}")
    return "\\n".join(words.splitlines())


def _folded(line: str) -> bytes:
    """Return a line of at most 75 bytes, the rest behind a line end and a space (RFC 5545, 3.1)."""
    parts, part = list[bytes](), b""
    for character in line:
        encoded = character.encode("utf-8", "replace")
        if len(part) + len(encoded) > _LINE_BYTES_MAX:
            parts.append(part)
            part = b" "
        part += encoded
    return b"\r\n".join((*parts, part)) + b"\r\n"
