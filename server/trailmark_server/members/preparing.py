"""What is worth a look before a session: goals, what changed since the last one, what waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from trailmark_server.members.audience import Audience
from trailmark_server.members.entries import entries_from_rows
from trailmark_server.members.meetings import Meetings, meetings_of
from trailmark_server.members.progress import small_chart
from trailmark_server.members.surroundings import Goals, Surroundings, read_surroundings
from trailmark_server.members.together import together
from trailmark_server.members.visits import new_rows
from trailmark_server.services import Services
from trailmark_shared.events.registry import EVENT_TYPES
from trailmark_shared.ids import Lane, id_from_text
from trailmark_shared.projections.chart import Chart
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.goal import GoalDocument, is_shown

GOALS_MAX: Final = 8
"""Goals that the page shows with a chart: those being worked on, in the person's order."""

_TWO_WEEKS_MS: Final = 14 * 24 * 60 * 60 * 1000
_WORKED_ON: Final = frozenset({"active", "accepted", "planned", "proposed"})


class GoalNow(msgspec.Struct, frozen=True, kw_only=True):
    """A goal as it goes.

    Attributes:
        id: Its id, as text.
        lane: The lane it is read from.
        document: As it stands.
        chart: How it goes; ``None`` where nothing was written down.
    """

    id: str
    lane: Lane
    document: GoalDocument
    chart: Chart | None


class LaneNews(msgspec.Struct, frozen=True, kw_only=True):
    """What is new in one lane, and what its lines are shown with."""

    entries: Sequence[Entry]
    around: Surroundings


class Preparation(msgspec.Struct, frozen=True, kw_only=True):
    """What is worth a look before a session.

    Attributes:
        meetings: The sessions around now.
        since: What arrived after this is new, milliseconds UTC.
        goals: Goals that are being worked on.
        resting: How many goals rest or are done.
        news: What is new, by lane.
        is_cut: There is more than that.
    """

    meetings: Meetings
    since: int
    goals: Sequence[GoalNow]
    resting: int
    news: Sequence[LaneNews]
    is_cut: bool


async def read_preparation(services: Services, audience: Audience, goals: Goals) -> Preparation:
    """Return what is worth a look before a session.

    Args:
        services: The server.
        audience: Who reads.
        goals: All goals that they may see.
    """
    row = await services.accounts.read(
        lambda rows: rows.acquaintance(audience.member, audience.space)
    )
    now = services.now()
    meetings = meetings_of(row, now)
    since = now - _TWO_WEEKS_MS if meetings.last is None else meetings.last
    rows, is_cut = await new_rows(services, audience, since)
    news: list[LaneNews] = []
    for lane in audience.lanes:
        entries = entries_from_rows(each for each in rows if each.event.lane == lane)
        around = await read_surroundings(services, audience, goals, lane, entries)
        news.append(LaneNews(entries=entries, around=around))
    homes = [(goal, *home) for goal in goals.marks if (home := at_home(goals, goal)) is not None]
    worked_on = [each for each in homes if each[2].lifecycle.value in _WORKED_ON]
    shown = sorted(worked_on, key=lambda each: _order(each[2]))[:GOALS_MAX]
    return Preparation(
        meetings=meetings,
        since=since,
        goals=await together([_goal(services, audience, *each) for each in shown]),
        resting=len(homes) - len(worked_on),
        news=news,
        is_cut=is_cut,
    )


def at_home(goals: Goals, goal: str) -> tuple[Lane, GoalDocument] | None:
    """Return where a goal is shared now; a goal that was taken back is not looked at again."""
    for lane, documents in sorted(goals.by_lane.items()):
        document = documents.get(goal)
        if document is not None and is_shown(document) and not document.frozen:
            return lane, document
    return None


def _order(document: GoalDocument) -> tuple[bool, int, int]:
    rank = document.rank.value
    return rank is None, rank or 0, document.created_at


async def _goal(
    services: Services, audience: Audience, goal: str, lane: Lane, document: GoalDocument
) -> GoalNow:
    chart = await small_chart(services, audience, lane, id_from_text(goal), services.now())
    return GoalNow(id=goal, lane=lane, document=document, chart=chart)


def kind_of(entry: Entry) -> str:
    """Return what an event is about; empty for one of an unknown type."""
    known = EVENT_TYPES.get(entry.body.type)
    return "" if known is None else known.kind
