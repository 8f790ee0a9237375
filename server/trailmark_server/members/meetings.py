"""When a therapist and a person meet: noted by the therapist, shown to nobody else.

A session keeps its hour where it is held: one at five in the afternoon is at five in summer, too.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import msgspec

from trailmark_adapters.clock import local_time, zone_from_name
from trailmark_server.access import Verb
from trailmark_server.members.visits import change_known
from trailmark_server.members.writing import known_zone
from trailmark_server.services import Services
from trailmark_server.sessions import SignedIn
from trailmark_server.storage.accounts import AccountRows, Acquaintance
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import SpaceId
from trailmark_shared.words import gettext

RHYTHMS: Final = (0, 1, 2, 4)
"""After how many weeks sessions can be repeated; 0 for once."""

_WEEK_MS: Final = 7 * 24 * 60 * 60 * 1000


class Meetings(msgspec.Struct, frozen=True, kw_only=True):
    """The sessions around a moment.

    Attributes:
        last: When the last one began, milliseconds UTC; ``None`` where none is known.
        next: When the next one begins; ``None`` where none is known.
        zone: IANA name of the zone in which they keep their hour.
    """

    last: int | None = None
    next: int | None = None
    zone: str = "UTC"


class NewMeeting(msgspec.Struct, frozen=True, kw_only=True):
    """A session as it was typed.

    Attributes:
        at: Local date and time, ``YYYY-MM-DDTHH:MM``; empty to forget it.
        every_weeks: After how many weeks it is repeated.
        zone: IANA name of the zone that is meant.
    """

    at: str
    every_weeks: int
    zone: str


def meetings_of(row: Acquaintance | None, now: int) -> Meetings:
    """Return the sessions before and after a moment, milliseconds UTC."""
    if row is None or row.meets_at is None:
        return Meetings()
    zone, first, every = row.meets_zone or "UTC", row.meets_at, row.meets_every_weeks
    if not every:
        return Meetings(last=first, zone=zone) if first <= now else Meetings(next=first, zone=zone)
    turn = max((now - first) // (every * _WEEK_MS) - 1, 0)
    while _turn(first, zone, every * turn) <= now:
        turn += 1
    last = _turn(first, zone, every * (turn - 1)) if turn else None
    return Meetings(last=last, next=_turn(first, zone, every * turn), zone=zone)


def _turn(first: int, zone: str, weeks: int) -> int:
    at = local_time(first, zone) + timedelta(weeks=weeks)
    return int(at.timestamp() * 1000)


async def note_meeting(
    services: Services, signed_in: SignedIn, space: SpaceId, meeting: NewMeeting
) -> None:
    """Note when the therapist and a person meet, or forget it.

    Raises:
        RefusedError: ``not_authorised``: nobody there redeemed an invitation of this therapist.
        DomainError: ``invalid_input``: no such time, or no such rhythm.
    """
    at, zone = _instant(meeting), known_zone(meeting.zone)
    member = signed_in.therapist.id

    def work(rows: AccountRows) -> None:
        row = rows.acquaintance(member, space)
        assert row is not None, "the right was asked in this transaction"
        changed = msgspec.structs.replace(
            row, meets_at=at, meets_every_weeks=meeting.every_weeks, meets_zone=zone
        )
        rows.save_acquaintance(changed)

    await change_known(services, signed_in, space, Verb.LABEL, work)


def _instant(meeting: NewMeeting) -> int | None:
    if meeting.every_weeks not in RHYTHMS:
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("choose one of the rhythms"))
    if not meeting.at:
        return None
    zone = zone_from_name(known_zone(meeting.zone))
    try:
        at = datetime.fromisoformat(meeting.at).replace(tzinfo=zone)
        ms = int(at.timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("choose the day and the hour of the session")
        ) from error
    if not 0 <= ms <= limits.INTEGER_MAX:
        raise DomainError(
            ErrorCode.INVALID_INPUT, gettext("choose the day and the hour of the session")
        )
    return ms
