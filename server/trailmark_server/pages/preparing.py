"""``/people/<space>/session``: one screen to read, or to print, before a session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from trailmark_adapters.clock import local_time, zone_from_name
from trailmark_server.members.audience import space_from_text
from trailmark_server.members.dates import moment_words
from trailmark_server.members.marks import PLAIN_MARK, Mark
from trailmark_server.members.meetings import Meetings, NewMeeting, note_meeting
from trailmark_server.members.person_days import person_zone
from trailmark_server.members.preparing import GoalNow, Preparation, kind_of, read_preparation
from trailmark_server.members.surroundings import Goals, new_id, read_goals
from trailmark_server.members.visits import note_visit, open_space
from trailmark_server.pages.goal_parts import read_rows
from trailmark_server.pages.joint import joint_rows, writing_lane
from trailmark_server.pages.replies import page, signed_in_form
from trailmark_server.pages.timeline import watched
from trailmark_server.pages.timeline_rows import row_from_entry
from trailmark_server.pages.views import EntryRow
from trailmark_server.services import InjectedServices
from trailmark_server.storage.accounts import Acquaintance
from trailmark_shared.domain.looks import Look
from trailmark_shared.domain.statuses import LIFECYCLE_WORDS
from trailmark_shared.domain.typed_numbers import typed_number
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.chart import Chart
from trailmark_shared.words import gettext, marked

_GROUPS: Final = (
    (
        marked("What changed"),
        frozenset({"goal", "step", "barrier", "coping", "intervention", "review"}),
    ),
    (marked("Wins and hard moments"), frozenset({"win", "setback", "insight"})),
    (marked("What happened, and levels of goals"), frozenset({"occurrence", "scale"})),
    (marked("Parts of reflections"), frozenset({"excerpt", "vision", "challenge", "measure"})),
    (marked("Comments and answers"), frozenset({"comment", "proposal", "expectation"})),
)
"""Kinds of news in the order of the page; check-ins stand in the charts."""


class GoalCard(msgspec.Struct, frozen=True, kw_only=True):
    """A goal on this page.

    Attributes:
        title: In the person's own words.
        url: Address of its page.
        mark: Its mark.
        stands: Where it stands, in words.
        chart: How it goes, or ``None``.
    """

    title: str
    url: str
    mark: Mark
    stands: str
    chart: Chart | None


class NewsGroup(msgspec.Struct, frozen=True, kw_only=True):
    """News of some kinds, the latest first."""

    heading: str
    rows: Sequence[EntryRow]


class MeetingForm(msgspec.Struct, frozen=True, kw_only=True):
    """When the next session is, as a form holds it.

    Attributes:
        url: Where it is sent.
        at: Local date and time; empty where none is noted.
        every_weeks: After how many weeks it is repeated.
        zone: IANA name of the zone that is meant where no script says the reader's: the one that
            was noted before, else the person's.
    """

    url: str
    at: str
    every_weeks: int
    zone: str


@get("/people/{space:str}/session")
async def show_preparation(
    request: Request[Any, Any, Any], services: InjectedServices, space: FromPath[str]
) -> Response[str]:
    """Show what is worth a look before a session."""
    signed_in = await services.web.require(request, services.now())
    audience = await open_space(services, signed_in, space)
    person = await watched(services, audience)
    goals = await read_goals(services, audience)
    found = await read_preparation(services, audience, goals)
    proposals = [
        row
        for lane in audience.lanes
        for row in await read_rows(services, audience, lane)
        if row.is_open
    ]
    row = await services.accounts.read(
        lambda rows: rows.acquaintance(audience.member, audience.space)
    )
    await note_visit(services, audience.space, audience.member, Look.SESSION)
    zone, lane = zone_from_name(found.meetings.zone) or UTC, audience.lanes[0]
    return page(
        "session.html",
        signed_in,
        person=person,
        goals=[_card(text_from_id(audience.space), each, goals) for each in found.goals],
        resting=found.resting,
        agenda=[
            each for each in await joint_rows(services, audience, "agenda_item") if not each.is_over
        ],
        comment_lane=writing_lane(audience, "comment"),
        new_event=new_id(services),
        groups=news_groups(found),
        is_cut=found.is_cut,
        proposals=proposals,
        since=_since(found.since, found.meetings.zone),
        has_last=found.meetings.last is not None,
        next_session="" if found.meetings.next is None else moment_words(found.meetings.next, zone),
        meeting=_form(
            f"/people/{text_from_id(audience.space)}/session",
            found.meetings,
            row,
            await person_zone(services, audience.space, lane, audience.reader(lane)),
        ),
    )


def _since(at_ms: int, name: str) -> str:
    zone = zone_from_name(name)
    if zone is None or name == "UTC":
        return gettext("{time} (UTC)").format(time=moment_words(at_ms))
    return moment_words(at_ms, zone)


@post("/people/{space:str}/session", status_code=303)
async def note_session(
    request: Request[Any, Any, Any], services: InjectedServices, space: FromPath[str]
) -> Redirect:
    """Note when the next session is."""
    signed_in, fields = await signed_in_form(request, services)
    weeks = typed_number(fields.get("every_weeks", "0"))
    meeting = NewMeeting(
        at=fields.get("at", ""),
        every_weeks=-1 if weeks is None else weeks,
        zone=fields.get("zone", ""),
    )
    whose = space_from_text(space)
    await note_meeting(services, signed_in, whose, meeting)
    return Redirect(f"/people/{text_from_id(whose)}/session", status_code=303)


def _card(space: str, goal: GoalNow, goals: Goals) -> GoalCard:
    lifecycle = goal.document.lifecycle.value
    return GoalCard(
        title=goal.document.title.value or gettext("A goal"),
        url=f"/people/{space}/goals/{goal.id}",
        mark=goals.marks.get(goal.id, PLAIN_MARK),
        stands="" if lifecycle is None else LIFECYCLE_WORDS[lifecycle],
        chart=goal.chart,
    )


def news_groups(found: Preparation) -> list[NewsGroup]:
    """Return what is new by kind, in the order of the page; groups without news are left out."""
    lines = [
        (kind_of(entry), row)
        for news in found.news
        for entry in news.entries
        if (row := row_from_entry(entry, news.around)) is not None
    ]
    groups = [
        NewsGroup(
            heading=gettext(heading), rows=_newest(row for kind, row in lines if kind in kinds)
        )
        for heading, kinds in _GROUPS
    ]
    return [each for each in groups if each.rows]


def _newest(rows: Iterable[EntryRow]) -> list[EntryRow]:
    return sorted(rows, key=lambda row: (row.day, row.order), reverse=True)


def _form(url: str, meetings: Meetings, row: Acquaintance | None, otherwise: str) -> MeetingForm:
    at = meetings.next
    local = "" if at is None else local_time(at, meetings.zone).strftime("%Y-%m-%dT%H:%M")
    return MeetingForm(
        url=url,
        at=local,
        every_weeks=row.meets_every_weeks if row else 0,
        zone=(row and row.meets_zone) or otherwise,
    )
