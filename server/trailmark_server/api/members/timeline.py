"""The timeline of one person, backwards in the order of arrival, with filters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
from litestar import get
from litestar.params import QueryParameter

from trailmark_server.api.members.asking import Reading, refusals
from trailmark_server.api.members.shapes import (
    ID_PATTERN,
    ActorOut,
    GoalRefOut,
    ReasonOut,
    SpacePath,
    TimesOut,
    actor_out,
    times_out,
)
from trailmark_server.members.audience import Audience
from trailmark_server.members.backwards import read_backwards
from trailmark_server.members.cursors import (
    CURSOR_CHARS_MAX,
    cursors_from_text,
    text_from_cursors,
)
from trailmark_server.members.entries import entries_from_rows
from trailmark_server.members.surroundings import (
    Goals,
    Surroundings,
    goal_of,
    read_goals,
    read_surroundings,
)
from trailmark_server.members.visits import note_visit, open_space
from trailmark_server.services import InjectedServices, Services
from trailmark_shared import limits
from trailmark_shared.domain.looks import Look
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.events.envelope import Row
from trailmark_shared.events.registry import EVENT_TYPES, Kind
from trailmark_shared.ids import Lane
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.timeline import Names, TimelineRow, timeline_row
from trailmark_shared.words import gettext

_PLACES: Final = "^[0-9a-z/:,]*$"


class CommentOut(msgspec.Struct, frozen=True, kw_only=True):
    """A comment under what it answers.

    Attributes:
        id: Id of the comment.
        author: Who wrote it.
        written_at: When, milliseconds UTC.
        text: The words; null once its writer took them back.
    """

    id: str
    author: ActorOut
    written_at: int
    text: str | None


class TimelineEntryOut(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened.

    Attributes:
        event: Id of the event.
        lane: The lane it is in.
        seq: Its place there.
        type: Type of the event.
        kind: What it is about.
        subject: Id of that.
        actor: Who.
        sentence: What happened, without subject: "raised target 1 -> 2 per week".
        text: Words that the sentence leaves out, or null.
        reason: Why, or null.
        goal: The goal it belongs to, or null.
        times: When.
        withdrawn: Its words were taken back.
        taken_back_at: When it was taken back as a mistake, so that it counts no more, milliseconds
            UTC, or null.
        comments: What was said about it.
    """

    event: str
    lane: str
    seq: int
    type: str
    kind: str
    subject: str
    actor: ActorOut
    sentence: str
    text: str | None
    reason: ReasonOut | None
    goal: GoalRefOut | None
    times: TimesOut
    withdrawn: bool
    taken_back_at: int | None
    comments: list[CommentOut]


class TimelineOut(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the timeline; a narrowed one may hold few entries or none and yet have a next page.

    Attributes:
        entries: The newest arrival first.
        next: What to give as `before` for older ones; null where there are none.
    """

    entries: list[TimelineEntryOut]
    next: str | None


class Narrowing(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries are wanted.

    Attributes:
        goal: Only what belongs to this goal.
        kinds: Only these kinds; empty for all.
        since: Only what arrived after this, milliseconds UTC.
    """

    goal: str | None
    kinds: frozenset[str]
    since: int

    def takes(self, entry: TimelineEntryOut) -> bool:
        """Say whether an entry is wanted."""
        goal = None if entry.goal is None else entry.goal.id
        return (
            self.goal in {None, goal}
            and (not self.kinds or entry.kind in self.kinds)
            and entry.times.received_at > self.since
        )


@get(
    "/people/{space:str}/timeline",
    responses=refusals(person=True),
    summary="The timeline of one person",
)
async def show_timeline(  # noqa: PLR0913  (each one is a parameter of its own)
    *,
    services: InjectedServices,
    signed_in: Reading,
    space: SpacePath,
    before: Annotated[
        str,
        QueryParameter(
            description="`next` of the page before: `lane:seq,…`.",
            pattern=_PLACES,
            max_length=CURSOR_CHARS_MAX,
        ),
    ] = "",
    limit: Annotated[
        int,
        QueryParameter(ge=1, le=limits.API_PAGE_MAX, description="Rows that are looked at."),
    ] = limits.API_PAGE,
    goal: Annotated[
        str | None, QueryParameter(pattern=ID_PATTERN, description="Only this goal.")
    ] = None,
    kind: Annotated[
        list[Kind] | None, QueryParameter(description="Only these kinds; may be repeated.")
    ] = None,
    since: Annotated[
        int,
        QueryParameter(
            ge=0,
            le=limits.INTEGER_MAX,
            description="Only what arrived after this, milliseconds UTC.",
        ),
    ] = 0,
) -> TimelineOut:
    """Return what happened, the newest arrival first."""
    places = _places(before)
    audience = await open_space(services, signed_in, space)
    stretch = await read_backwards(services, audience, places, limit)
    entries = await _entries(services, audience, stretch.rows)
    await note_visit(services, audience.space, audience.member, Look.TIMELINE)
    wanted = Narrowing(goal=goal, kinds=frozenset(kind or ()), since=since)
    return TimelineOut(
        entries=[each for each in entries if wanted.takes(each)],
        next=None if stretch.before is None else text_from_cursors(stretch.before),
    )


def _places(before: str) -> dict[Lane, int]:
    """Return the places that ``before`` names: whoever pages must not begin again unawares.

    Raises:
        DomainError: ``invalid_input``: one of them is none.
    """
    places = cursors_from_text(before)
    if before and len(places) != len(before.split(",")):
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("before takes the value of `next` that an earlier page gave"),
        )
    return places


async def _entries(
    services: Services, audience: Audience, rows: Sequence[Row]
) -> list[TimelineEntryOut]:
    goals = await read_goals(services, audience)
    by_lane: dict[Lane, list[Row]] = {}
    for row in rows:
        by_lane.setdefault(row.event.lane, []).append(row)
    found: list[TimelineEntryOut] = []
    for lane, own in by_lane.items():
        entries = entries_from_rows(own)
        around = await read_surroundings(services, audience, goals, lane, entries)
        found += [out for each in entries if (out := _entry(each, around, goals)) is not None]
    return sorted(found, key=lambda out: (out.times.received_at, out.lane, out.seq), reverse=True)


def _entry(entry: Entry, around: Surroundings, goals: Goals) -> TimelineEntryOut | None:
    names = Names(
        actors=around.actors,
        goals=around.goals,
        parents=around.parents,
        changes=around.changes,
        withdrawn=around.withdrawn,
    )
    line = timeline_row(entry, names)
    if line is None:
        return None
    goal, why = goal_of(entry, around.parents), entry.body.reason
    return TimelineEntryOut(
        event=line.event,
        lane=entry.lane,
        seq=entry.seq or 0,
        type=entry.body.type,
        kind=EVENT_TYPES[entry.body.type].kind,
        subject=line.subject,
        actor=actor_out(entry.actor, around.actors),
        sentence=line.sentence,
        text=line.text,
        reason=None if why is None else ReasonOut(code=why.code, text=line.reason),
        goal=None if goal is None else GoalRefOut(id=goal, title=goals.titles.get(goal)),
        times=times_out(entry),
        withdrawn=line.subject in around.withdrawn,
        taken_back_at=around.taken_back.get(line.event),
        comments=_comments(line, around),
    )


def _comments(line: TimelineRow, around: Surroundings) -> list[CommentOut]:
    found = around.comments.get(line.event, ())
    return [
        CommentOut(
            id=subject,
            author=actor_out(document.created_by, around.actors),
            written_at=document.created_at,
            text=document.text,
        )
        for subject, document in found
    ]
