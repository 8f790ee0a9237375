"""When a therapist was here last, and what is new since then, counted by kind.

Counts are of what was shared, never of what was not, and nobody is ranked by them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from trailmark_server.access import Verb, authorize
from trailmark_server.members.audience import (
    Audience,
    NothingHereError,
    SharingEndedError,
    actor_of,
    find_audience,
    space_from_text,
)
from trailmark_server.services import Services
from trailmark_server.sessions import SignedIn, touch_web_session
from trailmark_server.storage.accounts import AccessEntry, AccountRows
from trailmark_server.storage.ports import Arrival, Window
from trailmark_shared import limits
from trailmark_shared.domain.looks import Look
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.events.envelope import Row
from trailmark_shared.events.registry import EVENT_TYPES, Kind
from trailmark_shared.ids import Lane, SpaceId
from trailmark_shared.projections.timeline import HIDDEN_TYPES
from trailmark_shared.words import Counted, counted, gettext, marked_plural

NEW_ROWS_MAX: Final = 100
"""Newest rows of a lane that are looked at; what is more is said as "more than"."""

_KIND_WORDS: Final[Mapping[Kind, Counted]] = {
    "goal": marked_plural("{n} change of a goal", "{n} changes of goals"),
    "step": marked_plural("{n} change of a step", "{n} changes of steps"),
    "check_in": marked_plural("{n} check-in", "{n} check-ins"),
    "excerpt": marked_plural("{n} part of a reflection", "{n} parts of reflections"),
    "win": marked_plural("{n} win", "{n} wins"),
    "setback": marked_plural("{n} hard moment", "{n} hard moments"),
    "comment": marked_plural("{n} comment", "{n} comments"),
    "proposal": marked_plural("{n} word about a proposal", "{n} words about proposals"),
}
"""Kinds that are counted, in the order in which they are shown: singular and plural."""


async def open_space(services: Services, signed_in: SignedIn, space: str) -> Audience:
    """Return what a therapist may see of the space that an address names.

    Raises:
        EventDataError: ``malformed_id``: the address names no space.
        NothingHereError: Never let in, or no such space; who tried is noted for the person.
        SharingEndedError: Let in once, and no more; noted as well.
    """
    whose = space_from_text(space)
    try:
        return await find_audience(services, signed_in, whose)
    except NothingHereError:
        await note_refusal(services, signed_in, whose, Look.REFUSED_STRANGER)
        raise
    except SharingEndedError:
        await note_refusal(services, signed_in, whose, Look.REFUSED_ENDED)
        raise


async def note_visit(services: Services, space: SpaceId, member: bytes, page: Look) -> None:
    """Note in the access log that a therapist opened a page; shown to the person."""
    await note_visits(services, [space], member, page)


async def note_visits(
    services: Services, spaces: Sequence[SpaceId], member: bytes, page: Look
) -> None:
    """Note in the access logs of several people that a therapist opened a page about them all."""
    now = services.now()

    def work(rows: AccountRows) -> None:
        for space in spaces:
            _note_access(rows, space, member, page, now)

    if spaces:
        await services.accounts.write(work)


async def note_refusal(services: Services, signed_in: SignedIn, space: SpaceId, page: Look) -> None:
    """Note that a therapist was refused; shown to the person, where there is one.

    Something is written either way, so that the time of the answer does not tell which.
    """
    now = services.now()

    def work(rows: AccountRows) -> None:
        touch_web_session(rows, signed_in.session_hash, now)
        if rows.space(space) is not None:
            _note_access(rows, space, signed_in.therapist.id, page, now)

    await services.accounts.write(work)


def _note_access(rows: AccountRows, space: SpaceId, member: bytes, page: Look, now: int) -> None:
    """Note one look a page and stretch of time; of who was erased none, nobody is left to read."""
    if rows.erasure(space) is not None:
        return
    length = limits.EXPORT_LOG_WINDOW_MS if page == Look.EXPORT else limits.ACCESS_LOG_WINDOW_MS
    rows.add_access_entry(
        AccessEntry(space=space, window=now - now % length, member=member, page=page, first_at=now)
    )


async def require_lane(services: Services, audience: Audience, lane: str) -> Lane:
    """Return a lane that a request names, if the therapist reads it.

    Raises:
        NothingHereError: They do not, or not any more, or there is none; noted for the person.
    """
    if lane in audience.lanes:
        return Lane(lane)
    grants = await services.events.grants(audience.space)
    once = any((each.lane, each.member) == (lane, audience.member) for each in grants)
    page = Look.REFUSED_ENDED if once else Look.REFUSED_STRANGER
    await note_visit(services, audience.space, audience.member, page)
    raise NothingHereError


async def change_known(
    services: Services,
    signed_in: SignedIn,
    space: SpaceId,
    verb: Verb,
    work: Callable[[AccountRows], object],
) -> None:
    """Write about somebody whom the therapist knows; who tries it with others is noted there.

    Raises:
        RefusedError: ``not_authorised``: nobody there knows this therapist.
    """
    right = authorize(actor_of(signed_in), verb, space, None, services.now())
    try:
        await services.accounts.write(right.guard(work))
    except RefusedError as error:
        if error.code == ErrorCode.NOT_AUTHORISED:
            await note_refusal(services, signed_in, space, Look.REFUSED_STRANGER)
        raise


def last_visit(rows: AccountRows, space: SpaceId, member: bytes) -> int | None:
    """Return when the therapist last opened the timeline, milliseconds UTC, or ``None``."""
    return rows.last_access(space, member, Look.TIMELINE)


async def new_rows(services: Services, audience: Audience, since: int) -> tuple[list[Row], bool]:
    """Return the newest rows that arrived after ``since``, and whether there may be more.

    Args:
        services: The server.
        audience: Who reads whose lanes.
        since: Milliseconds UTC.
    """
    found: list[Row] = []
    is_cut = False
    for head in await services.events.lanes(audience.space):
        if head.lane not in audience.lanes or head.received_at <= since:
            continue
        rows = await services.events.timeline(
            audience.space, head.lane, Window(limit=NEW_ROWS_MAX), audience.reader(head.lane)
        )
        fresh = [row for row in rows if row.received_at > since]
        is_cut = is_cut or len(fresh) == NEW_ROWS_MAX
        found += fresh
    return found, is_cut


async def new_arrivals(
    services: Services, audience: Audience, since: int
) -> tuple[list[Arrival], bool]:
    """Return what arrived after ``since`` without what it says, and whether there may be more.

    Args:
        services: The server.
        audience: Who reads whose lanes.
        since: Milliseconds UTC.
    """
    found: list[Arrival] = []
    is_cut = False
    for lane in audience.lanes:
        last = await services.events.arrivals(
            audience.space, lane, NEW_ROWS_MAX, audience.reader(lane)
        )
        fresh = [each for each in last if each.received_at > since]
        is_cut = is_cut or len(fresh) == NEW_ROWS_MAX
        found += fresh
    return found, is_cut


def change_counts(arrivals: Sequence[Arrival], actor: str) -> dict[Kind, int]:
    """Return how many things that arrived are of which kind; the reader's own are left out.

    Args:
        arrivals: What is new.
        actor: The reader.
    """
    counts: Counter[Kind] = Counter()
    for each in arrivals:
        known = EVENT_TYPES.get(each.type or "")
        if known is None or each.actor == actor or known.name in HIDDEN_TYPES:
            continue
        if known.kind in _KIND_WORDS:
            counts[known.kind] += 1
    return {kind: counts[kind] for kind in _KIND_WORDS if counts[kind]}


def change_words(counts: Mapping[Kind, int], *, is_cut: bool) -> list[str]:
    """Return counts in words: "2 check-ins".

    Args:
        counts: From ``change_counts``.
        is_cut: There may be more than these.
    """
    words = [counted(_KIND_WORDS[kind], count) for kind, count in counts.items()]
    return [*words, gettext("and earlier ones")] if words and is_cut else words
