"""Goals: the list, and one goal as it is or as it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from litestar import get
from litestar.params import QueryParameter

from trailmark_server.access import Verb
from trailmark_server.api.members.asking import Reading, refusals
from trailmark_server.api.members.shapes import (
    FieldOut,
    GoalPath,
    SpacePath,
    field_out,
)
from trailmark_server.members.audience import Audience, NothingHereError
from trailmark_server.members.entries import entries_from_rows
from trailmark_server.members.surroundings import home_of, read_goals
from trailmark_server.members.visits import note_visit, open_space
from trailmark_server.services import InjectedServices, Services
from trailmark_server.sessions import SignedIn
from trailmark_shared import limits
from trailmark_shared.domain.looks import Look
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import Lane, id_from_text, text_from_id
from trailmark_shared.projections.entries import Entry
from trailmark_shared.projections.goal import fold_goal
from trailmark_shared.projections.history import as_of, happened_by
from trailmark_shared.projections.step import StepDocument, fold_step

_FIELDS = (
    "title",
    "why",
    "area",
    "limits",
    "target",
    "baseline_tenths",
    "due",
    "priority",
    "rank",
    "lifecycle",
    "achievement",
)

ReceivedBy = Annotated[
    int | None,
    QueryParameter(
        ge=0,
        le=limits.INTEGER_MAX,
        description="Only what the server had by then, milliseconds UTC: as it was seen then.",
    ),
]
RecordedBy = Annotated[
    int | None,
    QueryParameter(
        ge=0,
        le=limits.INTEGER_MAX,
        description="Only what was recorded by then, milliseconds UTC, whenever it arrived.",
    ),
]


class GoalSummaryOut(msgspec.Struct, frozen=True, kw_only=True):
    """A goal in the list.

    Attributes:
        id: Its id.
        lane: The lane it is read from.
        title: In the person's own words.
        lifecycle: Where it stands, as a code of `docs/events.md`, or null.
        frozen: A copy, withdrawn, or moved away: nothing more is written to it here.
        changed_at: When it was changed last, milliseconds UTC.
    """

    id: str
    lane: str
    title: str
    lifecycle: str | None
    frozen: bool
    changed_at: int


class GoalsOut(msgspec.Struct, frozen=True, kw_only=True):
    """The goals that one person shares with you, in the order of sharing."""

    goals: list[GoalSummaryOut]


class StepOut(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a goal.

    Attributes:
        id: Its id.
        text: What to do.
        due: The day hoped for.
        status: `open`, `reached` or `dropped`.
        reached_on: The local date on which it was reached, or null.
        order: Its place among the goal's steps: a text to sort by, or null.
    """

    id: str
    text: FieldOut
    due: FieldOut
    status: FieldOut
    reached_on: str | None
    order: str | None


class GoalOut(msgspec.Struct, frozen=True, kw_only=True):
    """A goal.

    Attributes:
        id: Its id.
        lane: The lane it is read from.
        fields: Field name to its value and everything that is current beside it.
        steps: Its steps.
        frozen: A copy, withdrawn, or moved away: nothing more is written to it here.
        withdrawn_at: When the person took it back, milliseconds UTC, or null.
        created_at: When it was first recorded, milliseconds UTC.
        changed_at: When it was changed last.
    """

    id: str
    lane: str
    fields: dict[str, FieldOut]
    steps: list[StepOut]
    frozen: bool
    withdrawn_at: int | None
    created_at: int
    changed_at: int


@get(
    "/people/{space:str}/goals", responses=refusals(person=True), summary="The goals of one person"
)
async def list_goals(services: InjectedServices, signed_in: Reading, space: SpacePath) -> GoalsOut:
    """Return the goals that one person shares with you."""
    audience = await open_space(services, signed_in, space)
    goals = await read_goals(services, audience)
    await note_visit(services, audience.space, audience.member, Look.GOALS)
    homes = [(goal, *home_of(goals, goal)) for goal in goals.marks]
    return GoalsOut(
        goals=[
            GoalSummaryOut(
                id=goal,
                lane=lane,
                title=goals.titles[goal],
                lifecycle=document.lifecycle.value,
                frozen=document.frozen,
                changed_at=document.changed_at,
            )
            for goal, lane, document in homes
        ]
    )


class FoundGoal(msgspec.Struct, frozen=True, kw_only=True):
    """A goal that somebody may see, and what the log has about it.

    Attributes:
        audience: Who sees it.
        lane: The lane it is read from.
        subject: The goal.
        rows: Its rows.
        entries: What they tell.
    """

    audience: Audience
    lane: Lane
    subject: bytes
    rows: Sequence[Row]
    entries: Sequence[Entry]


async def find_goal(
    services: Services, signed_in: SignedIn, space: str, goal: str, look: Look
) -> FoundGoal:
    """Return what a therapist may see of a goal, and note that they looked.

    Raises:
        RefusedError: The person, or the goal, is closed to them or does not exist.
    """
    audience = await open_space(services, signed_in, space)
    goals = await read_goals(services, audience)
    lane, _ = home_of(goals, goal)
    subject = id_from_text(goal)
    verb = Verb.AUDIT if look is Look.AUDIT else Verb.READ
    rows = await services.events.subject_rows(
        audience.space, lane, subject, audience.right(verb, lane).reader
    )
    await note_visit(services, audience.space, audience.member, look)
    return FoundGoal(
        audience=audience, lane=lane, subject=subject, rows=rows, entries=entries_from_rows(rows)
    )


def narrowed(
    entries: Sequence[Entry], received_by: int | None, recorded_by: int | None
) -> list[Entry]:
    """Return what the server had, and what had been recorded, by past moments (ms UTC)."""
    known = list(entries) if received_by is None else as_of(entries, received_by)
    return known if recorded_by is None else happened_by(known, recorded_by)


@get("/people/{space:str}/goals/{goal:str}", responses=refusals(person=True), summary="One goal")
async def show_goal(
    services: InjectedServices,
    signed_in: Reading,
    space: SpacePath,
    goal: GoalPath,
    received_by: ReceivedBy = None,
    recorded_by: RecordedBy = None,
) -> GoalOut:
    """Return a goal as it is, or as it was at a past moment."""
    found = await find_goal(services, signed_in, space, goal, Look.GOAL)
    known = narrowed(found.entries, received_by, recorded_by)
    if not known:
        raise NothingHereError
    document, names = fold_goal(known), found.audience.names
    withdrawn = [each.withdrawn_at for each in document.shares if each.withdrawn_at is not None]
    return GoalOut(
        id=text_from_id(found.subject),
        lane=found.lane,
        fields={name: field_out(getattr(document, name), names) for name in _FIELDS},
        steps=await _steps(services, found, received_by, recorded_by),
        frozen=document.frozen,
        withdrawn_at=max(withdrawn) if document.frozen and withdrawn else None,
        created_at=document.created_at,
        changed_at=document.changed_at,
    )


async def _steps(
    services: Services, found: FoundGoal, received_by: int | None, recorded_by: int | None
) -> list[StepOut]:
    audience, lane = found.audience, found.lane
    stored = await services.events.documents(
        audience.space, lane, "step", parent=found.subject, reader=audience.reader(lane)
    )
    steps: list[StepOut] = []
    for each in stored:
        rows = await services.events.subject_rows(
            audience.space, lane, each.subject, audience.reader(lane)
        )
        known = narrowed(entries_from_rows(rows), received_by, recorded_by)
        if known:
            steps.append(_step(text_from_id(each.subject), fold_step(known), found.audience))
    return steps


def _step(step: str, document: StepDocument, audience: Audience) -> StepOut:
    return StepOut(
        id=step,
        text=field_out(document.text, audience.names),
        due=field_out(document.due, audience.names),
        status=field_out(document.status, audience.names),
        reached_on=document.reached_on,
        order=document.order,
    )
