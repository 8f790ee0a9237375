"""``/people/<space>/timeline``: what one person shares, by the day meant, newest day first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery

from trailmark_server.members.audience import Audience
from trailmark_server.members.cursors import cursors_from_text, text_from_cursors
from trailmark_server.members.dates import iso_day
from trailmark_server.members.entries import entries_from_rows
from trailmark_server.members.surroundings import Goals, read_goals, read_surroundings
from trailmark_server.members.timeline_pages import (
    LaneRows,
    Place,
    TimelinePage,
    read_timeline_page,
)
from trailmark_server.members.visits import note_visit, open_space
from trailmark_server.pages.person import person_of
from trailmark_server.pages.replies import page
from trailmark_server.pages.timeline_rows import days_from_rows, row_from_entry
from trailmark_server.pages.views import Day, Row
from trailmark_server.services import InjectedServices, Services
from trailmark_server.storage.ports import Window
from trailmark_shared import limits
from trailmark_shared.domain.looks import Look
from trailmark_shared.ids import Lane, text_from_id


@get("/people/{space:str}/timeline")
async def timeline(
    request: Request[Any, Any, Any],
    services: InjectedServices,
    space: FromPath[str],
    day: FromQuery[str | None] = None,
    before: FromQuery[str] = "",
) -> Response[str]:
    """Show a page of the timeline; a request of htmx gets its days alone.

    Args:
        request: The request.
        services: The server.
        space: Whose.
        day: Last day of the page; none for the newest.
        before: Places within that day to go on from, where it did not fit on one page.

    Returns:
        The page, or its days.
    """
    signed_in = await services.web.require(request, services.now())
    audience = await open_space(services, signed_in, space)
    cursors = await read_cursors(services, audience)
    place = Place(day=day, before=cursors_from_text(before) or None)
    goals = await read_goals(services, audience)
    found = await _read_page(services, audience, place)
    days = await _days(services, audience, goals, found.rows)
    await note_visit(services, audience.space, audience.member, Look.TIMELINE)
    live_url = f"/people/{text_from_id(audience.space)}/live?" + urlencode(
        {"after": text_from_cursors(cursors)}
    )
    person = person_of(audience, live_url)
    earlier_url = "" if found.earlier is None else _place_url(person.url, found.earlier)
    template = "parts/earlier.html" if request.headers.get("HX-Request") else "timeline.html"
    return page(
        template,
        signed_in,
        person=person,
        days=days,
        earlier_url=earlier_url,
        is_newest=day is None,
        has_shared=any(row.comment is not None for each in days for row in each.rows),
    )


async def read_cursors(services: Services, audience: Audience) -> dict[Lane, int]:
    """Return how far the log goes now; read before the rows, so that nothing falls between."""
    heads = await services.events.heads([audience.space])
    return {lane: heads.get((audience.space, lane), 0) for lane in audience.lanes}


async def _read_page(services: Services, audience: Audience, place: Place) -> TimelinePage:
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
                ),
                audience.reader(lane),
            )
            for lane in lanes
        }

    return await read_timeline_page(read, place, iso_day(services.now()))


async def _days(services: Services, audience: Audience, goals: Goals, rows: LaneRows) -> list[Day]:
    shown: list[Row] = []
    for lane, found in rows.items():
        entries = entries_from_rows(found)
        around = await read_surroundings(services, audience, goals, lane, entries)
        shown += [row for each in entries if (row := row_from_entry(each, around)) is not None]
    return days_from_rows(shown)


def _place_url(url: str, place: Place) -> str:
    query = {"day": place.day or ""}
    if place.before:
        query["before"] = text_from_cursors(place.before)
    return f"{url}?{urlencode(query)}"
