"""``/people/<space>/timeline``: what one person shares, by the day meant, newest day first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from trailmark_server.members.audience import Audience
from trailmark_server.members.cursors import cursors_from_text, text_from_cursors
from trailmark_server.members.dates import day_heading, iso_day
from trailmark_server.members.entries import entries_from_rows
from trailmark_server.members.meetings import Meetings, meetings_of
from trailmark_server.members.surroundings import Goals, read_goals, read_surroundings
from trailmark_server.members.timeline_pages import (
    ROWS_ENOUGH,
    LaneRows,
    Place,
    TimelinePage,
    read_timeline_page,
)
from trailmark_server.members.visits import last_visit, new_rows, note_visit, open_space
from trailmark_server.pages.person import head_of
from trailmark_server.pages.replies import page, signed_in_form
from trailmark_server.pages.searches import FIELD, SEARCH, cleaned, new_nonce, searches_at
from trailmark_server.pages.timeline_filter import (
    KINDS,
    Arrived,
    Filter,
    filter_from_fields,
    fits,
    types_of,
)
from trailmark_server.pages.timeline_rows import ABOUT_SHARING, days_from_rows, row_from_entry
from trailmark_server.pages.views import Day, EntryRow, Person
from trailmark_server.services import InjectedServices, Services
from trailmark_server.storage.ports import Window
from trailmark_shared import limits
from trailmark_shared.domain.looks import Look
from trailmark_shared.ids import Lane, text_from_id

PAGES_READ_MAX: Final = 8
"""Pages of history that are read for one page of a filtered timeline."""

ARRIVED_MAX: Final = 20
"""Lines in the list of what arrived since the reader was here last."""


@get("/people/{space:str}/timeline")
async def timeline(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    space: FromPath[str],
    day: FromQuery[str | None] = None,
    before: FromQuery[str] = "",
    search: FromQuery[str] = "",
) -> Response[str]:
    """Show a page of the timeline; a request of htmx gets its days alone.

    Args:
        request: The request.
        services: The server.
        space: Whose.
        day: Last day of the page; none for the newest.
        before: Places within that day to go on from, where it did not fit on one page.
        search: Words that are looked for, sealed.

    Returns:
        The page, or its days.
    """
    signed_in = await services.web.require(request, services.now())
    audience = await open_space(services, signed_in, space)
    cursors = await read_cursors(services, audience)
    place = Place(day=day, before=cursors_from_text(before) or None)
    goals = await read_goals(services, audience)
    words = searches_at(services, request, _path(audience)).words(search)
    asked = filter_from_fields(request.query_params, words)
    last_session = (await read_meetings(services, audience)).last
    looking = Looking(asked=asked, since=last_session)
    days, earlier = await _days(services, audience, goals, place, looking)
    is_first = day is None and not asked.is_active
    arrived = await _arrived(services, audience, goals) if is_first else []
    await note_visit(services, audience.space, audience.member, Look.TIMELINE)
    person = await head_of(services, audience, live_url_of(audience, cursors))
    query = asked.query | ({SEARCH: search} if words else {})
    earlier_url = "" if earlier is None else _place_url(person.url, earlier, query)
    template = "parts/earlier.html" if request.headers.get("HX-Request") else "timeline.html"
    return page(
        template,
        signed_in,
        person=person,
        days=days,
        earlier_url=earlier_url,
        is_newest=day is None,
        has_shared=any(row.kind not in ABOUT_SHARING for each in days for row in each.rows),
        asked=asked,
        kinds=KINDS,
        goals=goals.titles,
        has_session=last_session is not None,
        arrived=arrived,
    )


@post("/people/{space:str}/timeline", status_code=303)
async def filter_timeline(
    request: Request[Any, Any, Any], services: InjectedServices, space: FromPath[str]
) -> Redirect:
    """Lead to the lines that the form asks for."""
    signed_in, fields = await signed_in_form(request, services)
    audience = await open_space(services, signed_in, space)
    url = _path(audience)
    asked = filter_from_fields(fields, cleaned(fields.get(FIELD, "")))
    query = asked.query
    if asked.words:
        searches = searches_at(services, request, url)
        query[SEARCH] = searches.sealed(asked.words, new_nonce(services))
    return Redirect(f"{url}?{urlencode(query)}" if query else url, status_code=303)


class Looking(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader looks for.

    Attributes:
        asked: Which lines.
        since: When the last session began, milliseconds UTC; ``None`` where none is known.
    """

    asked: Filter
    since: int | None


async def read_meetings(services: Services, audience: Audience) -> Meetings:
    """Return the sessions of a therapist and a person around now."""
    row = await services.accounts.read(
        lambda rows: rows.acquaintance(audience.member, audience.space)
    )
    return meetings_of(row, services.now())


async def _arrived(services: Services, audience: Audience, goals: Goals) -> list[Arrived]:
    """Return what arrived since the reader was here last, the latest arrival first."""
    visited = await services.accounts.read(
        lambda rows: last_visit(rows, audience.space, audience.member)
    )
    if visited is None:
        return []
    rows, _ = await new_rows(services, audience, visited)
    lanes = {lane: [each for each in rows if each.event.lane == lane] for lane in audience.lanes}
    found = await _rows(services, audience, goals, lanes)
    others = [each for each in found if each.who != audience.names[audience.actor]]
    newest = sorted(others, key=lambda row: row.arrived, reverse=True)[:ARRIVED_MAX]
    url = _path(audience)
    return [
        Arrived(
            url=f"{url}?{urlencode({'day': each.day})}#row-{each.id}",
            day=day_heading(each.day),
            who=each.who,
            sentence=each.sentence,
            late=each.late,
        )
        for each in newest
    ]


def live_url_of(audience: Audience, cursors: Mapping[Lane, int]) -> str:
    """Return the address of what arrives behind ``cursors``."""
    query = urlencode({"after": text_from_cursors(cursors)})
    return f"/people/{text_from_id(audience.space)}/live?{query}"


async def watched(services: Services, audience: Audience) -> Person:
    """Return the head of a page that empties itself once sharing ends; read before all else."""
    cursors = await read_cursors(services, audience)
    return await head_of(services, audience, live_url_of(audience, cursors))


async def read_cursors(services: Services, audience: Audience) -> dict[Lane, int]:
    """Return how far the log goes now; read before the rows, so that nothing falls between."""
    heads = await services.events.heads([audience.space])
    return {lane: heads.get((audience.space, lane), 0) for lane in audience.lanes}


async def _read_page(
    services: Services, audience: Audience, place: Place, types: frozenset[str] | None
) -> TimelinePage:
    async def read(
        days: tuple[str, str], before: Mapping[Lane, int] | None, limit: int
    ) -> LaneRows:
        lanes = audience.lanes if before is None else sorted(set(before) & set(audience.lanes))
        return {
            lane: await services.events.timeline(
                audience.space,
                lane,
                Window(
                    limit=min(limit, limits.PAGE_EVENTS_MAX),
                    before=None if before is None else before[lane],
                    days=days,
                    types=types,
                    is_any=limit == 1,
                ),
                audience.reader(lane),
            )
            for lane in lanes
        }

    return await read_timeline_page(read, place, iso_day(services.now()))


async def _days(
    services: Services, audience: Audience, goals: Goals, place: Place, looking: Looking
) -> tuple[list[Day], Place | None]:
    """Return the days of a page and where the next one begins.

    What is left out by a filter is made up for by reading on, so many times and no more: however
    long a history is, a page is answered soon, and the next one goes on where it stopped.
    """
    shown: list[EntryRow] = []
    following: Place | None = place
    for _ in range(PAGES_READ_MAX):
        if following is None:
            break
        found = await _read_page(services, audience, following, types_of(looking.asked))
        rows = await _rows(services, audience, goals, found.rows)
        shown += [each for each in rows if fits(looking.asked, each, looking.since)]
        following = found.earlier
        if not looking.asked.is_active or len(shown) >= ROWS_ENOUGH:
            break
    return days_from_rows(shown), following


async def _rows(
    services: Services, audience: Audience, goals: Goals, rows: LaneRows
) -> list[EntryRow]:
    shown: list[EntryRow] = []
    for lane, found in rows.items():
        entries = entries_from_rows(found)
        around = await read_surroundings(services, audience, goals, lane, entries)
        shown += [row for each in entries if (row := row_from_entry(each, around)) is not None]
    return shown


def _place_url(url: str, place: Place, query: Mapping[str, str]) -> str:
    said = {**query, "day": place.day or ""}
    if place.before:
        said["before"] = text_from_cursors(place.before)
    return f"{url}?{urlencode(said)}"


def _path(audience: Audience) -> str:
    return f"/people/{text_from_id(audience.space)}/timeline"
