"""How one goal came to be what it is, in changes and in the rows of the log that say so."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import get
from litestar.params import QueryParameter

from trailmark_server.api.members.asking import Reading, refusals
from trailmark_server.api.members.goals import ReceivedBy, RecordedBy, find_goal, narrowed
from trailmark_server.api.members.shapes import (
    ActorOut,
    GoalPath,
    ReasonOut,
    SpacePath,
    actor_out,
    reason_out,
)
from trailmark_server.members.audience import Audience
from trailmark_server.services import InjectedServices
from trailmark_shared import limits
from trailmark_shared.domain.looks import Look
from trailmark_shared.events.envelope import Row
from trailmark_shared.ids import text_from_id
from trailmark_shared.projections.history import Change, goal_history


class ChangeOut(msgspec.Struct, frozen=True, kw_only=True):
    """One change of one field, or one event that changes none.

    Attributes:
        event: Id of the event.
        seq: Its place in the lane.
        type: Its type.
        sentence: The event in words.
        field: The field, or null where the event itself is the news.
        before: Value that the writer had seen.
        after: Value from then on.
        actor: Who.
        device: On which device, as an id.
        occurred_at: When it happened as its writer says, RFC 3339 with offset.
        day: The local date meant, `YYYY-MM-DD`.
        recorded_at: The device's clock at recording, milliseconds UTC.
        effective_at: Best known time of recording, milliseconds UTC.
        received_at: When the server had it, milliseconds UTC.
        late_by_ms: How long it waited in between.
        reason: Why, or null.
        cause: The event it answers or corrects, or null.
        concurrent_with: Events that set the same field while neither writer had seen the other's.
        label: `late entry`, `addendum`, `amendment`, `correction`, or null.
        clock_doubt: The device's clock was far from the server's.
    """

    event: str
    seq: int | None
    type: str
    sentence: str
    field: str | None
    before: Any
    after: Any
    actor: ActorOut
    device: str
    occurred_at: str
    day: str
    recorded_at: int
    effective_at: int
    received_at: int | None
    late_by_ms: int | None
    reason: ReasonOut | None
    cause: str | None
    concurrent_with: list[str]
    label: str | None
    clock_doubt: bool


class HistoryOut(msgspec.Struct, frozen=True, kw_only=True):
    """How a goal became what it is, oldest first."""

    lane: str
    changes: list[ChangeOut]


class RowOut(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the log as it stands there; bytes in hexadecimal, `docs/protocol.md` tells the rest.

    Attributes:
        seq: Its place in the lane.
        id: Id of the event.
        device: The device that wrote it.
        epoch: That device's numbering.
        dseq: Its place in that numbering.
        key: The vault key that sealed the body; zeros for a plain one.
        commit: SHA-256 of salt and body.
        prev: Hash of the device's event before.
        hash: The event's own hash.
        salt: Null for a stub.
        body: The exact text of the body, JSON; null for a stub.
        received_at: When the server had it, milliseconds UTC.
        offset: Server clock minus device clock, milliseconds.
        actor: Who wrote it, from the credential.
        code: Why the body was refused, or null.
        lane_hash: The lane's hash after this row.
    """

    seq: int
    id: str
    device: str
    epoch: str
    dseq: int
    key: str
    commit: str
    prev: str
    hash: str
    salt: str | None
    body: str | None
    received_at: int
    offset: int
    actor: str
    code: str | None
    lane_hash: str


class AuditOut(msgspec.Struct, frozen=True, kw_only=True):
    """Rows about one goal, by their place in the lane.

    Attributes:
        lane: The lane.
        rows: The rows.
        next: What to give as `after` for further ones; null where there are none.
    """

    lane: str
    rows: list[RowOut]
    next: int | None


@get(
    "/people/{space:str}/goals/{goal:str}/history",
    responses=refusals(person=True),
    summary="How one goal became what it is",
)
async def show_history(
    services: InjectedServices,
    signed_in: Reading,
    space: SpacePath,
    goal: GoalPath,
    received_by: ReceivedBy = None,
    recorded_by: RecordedBy = None,
) -> HistoryOut:
    """Return every change of a goal: who, what, from what to what, when, and why."""
    found = await find_goal(services, signed_in, space, goal, Look.GOAL)
    known = narrowed(found.entries, received_by, recorded_by)
    changes = [_change(each, found.audience) for each in goal_history(known)]
    return HistoryOut(lane=found.lane, changes=changes)


def _change(change: Change, audience: Audience) -> ChangeOut:
    return ChangeOut(
        event=change.event,
        seq=change.seq,
        type=change.type,
        sentence=change.sentence,
        field=change.field,
        before=msgspec.to_builtins(change.before),
        after=msgspec.to_builtins(change.after),
        actor=actor_out(change.actor, audience.names),
        device=change.device,
        occurred_at=change.occurred_at,
        day=change.day,
        recorded_at=change.recorded_at,
        effective_at=change.effective_at,
        received_at=change.received_at,
        late_by_ms=change.late_by_ms,
        reason=reason_out(change.reason),
        cause=change.cause,
        concurrent_with=list(change.concurrent_with),
        label=change.label,
        clock_doubt=change.clock_doubt,
    )


@get(
    "/people/{space:str}/goals/{goal:str}/audit",
    responses=refusals(person=True),
    summary="The rows of the log about one goal",
)
async def audit_goal(
    services: InjectedServices,
    signed_in: Reading,
    space: SpacePath,
    goal: GoalPath,
    after: Annotated[
        int, QueryParameter(ge=0, le=limits.INTEGER_MAX, description="Rows behind this seq.")
    ] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=limits.API_PAGE_MAX)] = limits.API_PAGE,
) -> AuditOut:
    """Return rows about a goal with their hashes, so that they can be recomputed."""
    found = await find_goal(services, signed_in, space, goal, Look.AUDIT)
    behind = [row for row in found.rows if row.seq > after]
    shown = behind[:limit]
    return AuditOut(
        lane=found.lane,
        rows=[_row(each) for each in shown],
        next=shown[-1].seq if len(behind) > len(shown) else None,
    )


def _row(row: Row) -> RowOut:
    event = row.event
    return RowOut(
        seq=row.seq,
        id=text_from_id(event.id),
        device=text_from_id(event.device),
        epoch=event.epoch.hex(),
        dseq=event.dseq,
        key=event.key.hex(),
        commit=event.commit.hex(),
        prev=event.prev.hex(),
        hash=event.hash.hex(),
        salt=None if event.salt is None else event.salt.hex(),
        body=None if event.body is None else event.body.decode(),
        received_at=row.received_at,
        offset=row.offset,
        actor=row.actor,
        code=row.code,
        lane_hash=row.lane_hash.hex(),
    )
