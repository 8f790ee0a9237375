"""Rule 1 of the protocol: what a pushed batch becomes.

Pure: facts of the lane and a batch go in, a ``LaneDraft`` with the rows to insert and the answer
come out. An event is never refused for its clock, its place or another device's events; one that
cannot be accepted becomes a stub with a seq and a code, and everything behind it flows on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from trailmark_server.lane_draft import LaneDraft
from trailmark_shared import ids, limits
from trailmark_shared.errors import ErrorCode, EventDataError, ProtocolError
from trailmark_shared.events.body import Body, UnknownData
from trailmark_shared.events.codec import decode_body
from trailmark_shared.events.data import EventData
from trailmark_shared.events.envelope import Event, Row
from trailmark_shared.events.proposals import ProposalDeclined
from trailmark_shared.events.registry import CONTROL_TYPES, is_kept, may_write
from trailmark_shared.ids import Lane
from trailmark_shared.protocol.effects import Appended
from trailmark_shared.protocol.messages import Refusal

CLOSED_LANE_TYPES: Final = frozenset(
    {
        "access_granted",
        "access_revoked",
        "comment_withdrawn",
        "excerpt_withdrawn",
        "goal_withdrawn",
        "step_withdrawn",
        "subject_erased",
        "support_request_withdrawn",
        "win_withdrawn",
    }
)
"""What a closed lane still takes: what takes back or away, and a grant, which opens it again.

Beside these it takes the end of a proposal whose goal is taken back with it: it holds no opinion.
"""

STATEMENT_TYPE: Final = "statement_made"
"""All that the lane ``devices`` takes."""

_UNPLACED: Final = b""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Events of one device and epoch, contiguous in dseq, hash-checked.

    Attributes:
        events: At least one.
        actor: Who wrote them, from the credential.
        offset: Server clock minus device clock, milliseconds.
        now: Server clock, milliseconds UTC.
    """

    events: Sequence[Event]
    actor: str
    offset: int
    now: int


def ingest(draft: LaneDraft, batch: Batch) -> Appended:
    """Append a batch to ``draft`` by rule 1.

    Args:
        draft: The lane, with the chain of the batch's device and what it holds of the batch's ids.
        batch: What was pushed.

    Returns:
        The answer. With ``fork`` or ``gap`` nothing was appended.

    Raises:
        ProtocolError: ``wrong_space``: the events belong to another space or lane. Not even a stub
            of them would verify here.
    """
    events = batch.events
    first = events[0]
    if any((event.space, event.lane) != (draft.lane.space, draft.lane.lane) for event in events):
        raise ProtocolError(ErrorCode.WRONG_SPACE, "these events belong to another space or lane")
    known = draft.chain_of(first)
    answer = Appended(lane=draft.lane.lane, epoch=first.epoch, upto=0, refused=())
    if first.dseq > known.high + 1:
        return msgspec.structs.replace(answer, gap=known.high + 1)
    if first.dseq == known.high + 1 and first.prev != known.hash:
        return msgspec.structs.replace(answer, fork=(first.dseq, known.hash))
    old = [event for event in events if event.dseq <= known.high]
    if old and not _is_known(draft, old[-1]):
        return msgspec.structs.replace(answer, fork=(known.high, known.hash))
    refused = [refusal for event in old if (refusal := _old_refusal(draft, event))]
    for event in events[len(old) :]:
        code = _append(draft, batch, event)
        if code is not None:
            refused.append(Refusal(dseq=event.dseq, code=code))
    return msgspec.structs.replace(answer, upto=events[-1].dseq, refused=refused)


def _is_known(draft: LaneDraft, event: Event) -> bool:
    """Say whether the chain holds this event; if it does, it holds everything before it."""
    known = draft.chain_of(event)
    if event.dseq == known.high:
        return event.hash == known.hash
    return any(
        row.hash == event.hash and row.code != ErrorCode.ASIDE for row in draft.held(event.id)
    )


def _old_refusal(draft: LaneDraft, event: Event) -> Refusal | None:
    for row in draft.held(event.id):
        if row.hash == event.hash and row.code not in {None, ErrorCode.ASIDE}:
            return Refusal(dseq=event.dseq, code=str(row.code))
    return None


def _append(draft: LaneDraft, batch: Batch, event: Event) -> ErrorCode | None:
    body, code = judged(draft, batch.actor, event)
    row = Row(
        event=event,
        seq=0,
        received_at=max(batch.now, draft.lane.received_at),
        offset=batch.offset,
        actor=batch.actor,
        code=None,
        lane_hash=_UNPLACED,
    )
    draft.append(row, body, code, keep_body=code is None)
    return code


def judged(draft: LaneDraft, actor: str, event: Event) -> tuple[Body | None, ErrorCode | None]:
    """Return what the body says, where it can be read, and why the event is refused, if it is."""
    if event.body is None or draft.is_over:
        return None, ErrorCode.ERASED
    lane = draft.lane.lane
    body, code = _judged_body(lane, actor, event)
    is_erased = draft.is_erased(event.id)
    if is_erased and not is_kept(lane, event.key, None if body is None else body.type):
        return None, ErrorCode.ERASED
    if code is not None:
        return None, code
    if draft.is_taken(event.id):
        return None, ErrorCode.DUPLICATE
    return body, None if body is None else _standing_code(draft, body)


def _judged_body(lane: Lane, actor: str, event: Event) -> tuple[Body | None, ErrorCode | None]:
    assert event.body is not None
    if len(event.body) > limits.BODY_BYTES_MAX:
        return None, ErrorCode.TOO_LARGE
    if event.key != ids.PLAIN:
        return None, None if lane == ids.SELF else ErrorCode.SEALED_IN_SHARED
    try:
        body = decode_body(event.body)
    except EventDataError as error:
        return None, error.code
    if lane == ids.SELF and body.type not in CONTROL_TYPES:
        return None, ErrorCode.PLAIN_IN_SELF
    is_strange = lane == ids.DEVICES and body.type != STATEMENT_TYPE
    if is_strange or not may_write(body.type, lane, actor):
        return body, ErrorCode.NOT_AUTHORISED
    return body, None


def _standing_code(draft: LaneDraft, body: Body) -> ErrorCode | None:
    if draft.lane.lane == ids.DEVICES:
        return None if draft.has_room else ErrorCode.TOO_MANY_STATEMENTS
    if draft.lane.lane == ids.SELF:
        return None
    if not (draft.lane.granted or draft.has_room):
        return ErrorCode.TOO_MANY_LANES
    if not draft.lane.granted:
        return None if body.type == "access_granted" else ErrorCode.LANE_UNOPENED
    if not (draft.is_open or body.type in CLOSED_LANE_TYPES or _is_closing(body.data)):
        return ErrorCode.LANE_CLOSED
    return None


def _is_closing(data: EventData | UnknownData) -> bool:
    return isinstance(data, ProposalDeclined) and data.no_longer_shared
