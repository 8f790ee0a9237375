"""Who could see a lane at an instant, and in which words that was agreed to.

Access is decided from grants alone: replaying them up to an instant gives exactly who was let in
then. A grant covers its whole lane, so what was written before it is seen from then on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final

import msgspec

from trailmark_shared.domain.consent import consent_words
from trailmark_shared.domain.dates import moment_from_ms
from trailmark_shared.events.access import AccessGranted, AccessRevoked
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.entries import Entry

_WEST_MOST: Final = timedelta(hours=12)
"""A day lasts until it has ended everywhere; the last place is 12 hours behind UTC."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """The time during which one grant let its member see a lane.

    Attributes:
        grant: The grant.
        lane: The lane.
        member: Id of the member.
        name: Their name, as it was shown.
        role: ``therapist`` or ``supporter``.
        begins: When the server had the grant, milliseconds UTC; ``None`` while unconfirmed.
        ends: When the server had its revocation, milliseconds UTC; ``None`` where there is none.
        stopped: It was revoked, and no other grant took its place.
        until: Its last day, or ``None``.
        granted: What was agreed to.
        words: The words that were shown; ``None`` where this build does not have them, or has
            others under that version.
    """

    grant: str
    lane: str
    member: str
    name: str
    role: str
    begins: int | None
    ends: int | None
    stopped: bool
    until: str | None
    granted: AccessGranted
    words: str | None


def readings(grants: Iterable[Sequence[Entry]]) -> tuple[Reading, ...]:
    """Return who was let in when, the first one in front.

    Args:
        grants: The entries of each grant, in lane order.
    """
    found = {each.grant: each for each in map(_reading, grants) if each is not None}
    stops = {each.grant: each.ends for each in found.values() if each.stopped}
    ended = [_ended_with(each, found, stops) for each in found.values()]
    return tuple(sorted(ended, key=lambda each: (each.begins is None, each.begins, each.grant)))


def _reading(entries: Sequence[Entry]) -> Reading | None:
    """The first ``access_granted`` counts, and any revocation ends it for ever."""
    revoked = [each for each in entries if isinstance(each.body.data, AccessRevoked)]
    for entry in entries:
        data = entry.body.data
        if isinstance(data, AccessGranted):
            return Reading(
                grant=text_from_id(entry.body.subject),
                lane=entry.lane,
                member=data.member,
                name=data.name,
                role=data.role,
                begins=entry.received_at,
                ends=_earliest(each.received_at for each in revoked),
                stopped=any(_is_stop(each) for each in revoked),
                until=data.until,
                granted=data,
                words=consent_words(data.role, data.consent.version, data.consent.sha256),
            )
    return None


def _is_stop(entry: Entry) -> bool:
    return isinstance(entry.body.data, AccessRevoked) and entry.body.data.replaced_by is None


def _earliest(times: Iterable[int | None]) -> int | None:
    return min((each for each in times if each is not None), default=None)


def _ended_with(
    reading: Reading, by_grant: Mapping[str, Reading], stops: Mapping[str, int | None]
) -> Reading:
    """Let a grant end with the stop of one whose place it took: another device stopped that."""
    ends, met = [reading.ends], {reading.grant}
    before = reading.granted.replaces
    while before is not None and before not in met:
        met.add(before)
        ends.append(stops.get(before))
        earlier = by_grant.get(before)
        before = None if earlier is None else earlier.granted.replaces
    return msgspec.structs.replace(reading, ends=_earliest(ends))


def could_see(among: Iterable[Reading], lane: str, at: int) -> tuple[Reading, ...]:
    """Return which of ``among`` were let into a lane at an instant, milliseconds UTC.

    Args:
        among: From ``readings``.
        lane: The lane.
        at: The instant by the server's clock; a last day lasts until it has ended everywhere.
    """
    left = (moment_from_ms(at) - _WEST_MOST).date().isoformat()
    return tuple(
        each
        for each in among
        if each.lane == lane
        and each.begins is not None
        and each.begins <= at
        and (each.ends is None or at < each.ends)
        and (each.until is None or left <= each.until)
    )
