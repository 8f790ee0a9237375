"""Batches and pages: from events and rows to runs on the wire, and back with everything checked.

The wire names only what differs; this module derives headers, commitments, hashes and lane hashes
again, so a receiver never believes a hash that it did not compute.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from trailmark_shared import chain, ids, limits
from trailmark_shared.errors import ErrorCode, ProtocolError
from trailmark_shared.events.envelope import Event, Row
from trailmark_shared.ids import DeviceId, Epoch, EventId, KeyId, Lane, SpaceId
from trailmark_shared.protocol.messages import Push, Run, SignedHead
from trailmark_shared.protocol.wire_types import WireEvent
from trailmark_shared.sealing import Cipher

OwnEvent = Callable[[EventId], "Event | None"]
"""Finds the receiver's own event by its id, where a page says "you hold it".

By id and not by its place in the chain: the event may have been written again under a new epoch
since it was pushed, with the same id, key, salt and body.
"""


def _wire_event(event: Event) -> WireEvent:
    key = None if event.key == ids.PLAIN else event.key
    if event.salt is None:
        return (event.id, key, None, event.commit)
    return (event.id, key, event.salt, event.body)


def push_from_events(events: Sequence[Event]) -> Push:
    """Return the batch that carries ``events``.

    Args:
        events: At least one, of one (lane, epoch), contiguous in dseq.
    """
    first, last = events[0], events[-1]
    return Push(
        lane=first.lane,
        epoch=first.epoch,
        first=first.dseq,
        prev=first.prev,
        last=last.hash,
        events=[_wire_event(event) for event in events],
    )


def cut_chain(events: Sequence[Event]) -> Sequence[Event]:
    """Return the first of ``events`` that are one unbroken stretch of a device's chain.

    An outbox may hold two branches of one numbering: a clone's rows displaced some own events, and
    what was recorded later continues the clone's. Each branch travels in its own batch, so that the
    server can answer ``fork``.
    """
    for count in range(1, len(events)):
        last, event = events[count - 1], events[count]
        linked = (last.epoch, last.dseq + 1, last.hash)
        if (event.epoch, event.dseq, event.prev) != linked:
            return events[:count]
    return events


def cut_batch(events: Sequence[Event]) -> int:
    """Return how many of ``events`` fit into one batch or page, at least one."""
    size = 0
    for count, event in enumerate(events):
        size += len(event.body) if event.body else limits.HASH_BYTES
        if count and (size > limits.PAGE_BYTES_MAX or count == limits.PAGE_EVENTS_MAX):
            return count
    return len(events)


class _Chain:
    """Derives the events of one stretch of a device's chain, one after the other."""

    def __init__(
        self, space: SpaceId, lane: Lane, device: DeviceId, epoch: Epoch, first: int, prev: bytes
    ) -> None:
        """Stand before the event with dseq ``first``."""
        self.space = space
        self.lane = lane
        self.device = device
        self.epoch = epoch
        self.dseq = first
        self.hash = prev

    def next(self, wire: WireEvent) -> Event:
        """Return the next event, with commitment and hash computed here."""
        event_id, key, salt, payload = wire
        if payload is None or (salt is None and len(payload) != limits.HASH_BYTES):
            raise ProtocolError(ErrorCode.BROKEN_PAGE, "a stub names no commitment")
        commit = payload if salt is None else chain.commitment(salt, payload)
        key_id = KeyId(ids.PLAIN if key is None else key)
        header = chain.header_bytes(
            EventId(event_id), self.space, self.lane, self.device, self.epoch, self.dseq, key_id
        )
        event = Event(
            id=EventId(event_id),
            space=self.space,
            lane=self.lane,
            device=self.device,
            epoch=self.epoch,
            dseq=self.dseq,
            key=key_id,
            commit=commit,
            prev=self.hash,
            hash=chain.event_hash(self.hash, header, commit),
            salt=salt,
            body=None if salt is None else payload,
        )
        self.dseq += 1
        self.hash = event.hash
        return event


def events_from_push(push: Push, space: SpaceId, device: DeviceId) -> list[Event]:
    """Return the events of a batch, as written by ``device`` in ``space``.

    Bodies over ``limits.BODY_BYTES_MAX`` pass here: the server refuses such an event alone, as a
    stub, so that it does not block what stands behind it.

    Raises:
        ProtocolError: ``broken_page``: what is derived does not meet the batch's last hash, or a
            stub names no commitment.
    """
    stretch = _Chain(space, Lane(push.lane), device, Epoch(push.epoch), push.first, push.prev)
    events = [stretch.next(wire) for wire in push.events]
    if stretch.hash != push.last:
        raise ProtocolError(ErrorCode.BROKEN_PAGE, "a batch does not meet its last hash")
    return events


def _continues(run: Run, last: Row, row: Row) -> bool:
    event = row.event
    return (
        event.prev == last.event.hash
        and event.dseq == last.event.dseq + 1
        and event.device == run.device
        and event.epoch == run.epoch
        and row.received_at == run.received_at
        and row.offset == run.offset
        and row.actor == run.actor
        and row.code == run.code
    )


def runs_from_rows(
    rows: Sequence[Row], is_held: Callable[[Row], bool] = lambda _row: False
) -> list[Run]:
    """Return the runs that carry ``rows``.

    Args:
        rows: Consecutive rows of one lane, in seq order, at least one.
        is_held: Says of which rows the receiver surely holds the event, because it pushed it in
            this very session; these travel without salt and body.
    """
    runs: list[Run] = []
    last: Row | None = None
    for row in rows:
        event = row.event
        wire: WireEvent = (
            (event.id, None, None, None)
            if event.body is not None and is_held(row)
            else _wire_event(event)
        )
        if last is not None and _continues(runs[-1], last, row):
            runs[-1].events.append(wire)
        else:
            runs.append(
                Run(
                    device=event.device,
                    epoch=event.epoch,
                    first=event.dseq,
                    prev=event.prev,
                    received_at=row.received_at,
                    offset=row.offset,
                    actor=row.actor,
                    code=row.code,
                    events=[wire],
                )
            )
        last = row
    return runs


def rows_from_runs(
    space: SpaceId,
    lane: Lane,
    after: int,
    after_hash: bytes,
    runs: Sequence[Run],
    own_event: OwnEvent = lambda _id: None,
) -> list[Row]:
    """Return the rows of a page or an offer, with every hash derived here.

    Args:
        space: Whose lane it is.
        lane: Its name.
        after: Seq before the first row.
        after_hash: Lane hash there.
        runs: The rows on the wire.
        own_event: Finds an own event by its id.

    Returns:
        The rows; compare the last one's ``lane_hash`` with a signed head before you keep any.

    Raises:
        ProtocolError: ``broken_page``: a row says "you hold it" and it is not held, or a stub
            names no commitment; ``too_large``: more than ``limits.PAGE_EVENTS_MAX`` rows, or a
            body over its bound.
    """
    if sum(len(run.events) for run in runs) > limits.PAGE_EVENTS_MAX:
        raise ProtocolError(ErrorCode.TOO_LARGE, "a page has more rows than PAGE_EVENTS_MAX")
    rows: list[Row] = []
    seq, hash_ = after, after_hash
    for run in runs:
        epoch = Epoch(run.epoch)
        stretch = _Chain(space, lane, DeviceId(run.device), epoch, run.first, run.prev)
        for wire in run.events:
            event = stretch.next(wire if wire[3] is not None else _held(wire, own_event))
            if event.body is not None and len(event.body) > limits.BODY_BYTES_MAX:
                raise ProtocolError(ErrorCode.TOO_LARGE, "a body is longer than BODY_BYTES_MAX")
            seq += 1
            hash_ = chain.lane_hash(
                hash_, event.hash, seq, run.received_at, run.offset, run.actor, run.code
            )
            rows.append(
                Row(
                    event=event,
                    seq=seq,
                    received_at=run.received_at,
                    offset=run.offset,
                    actor=run.actor,
                    code=run.code,
                    lane_hash=hash_,
                )
            )
    return rows


def _held(wire: WireEvent, own_event: OwnEvent) -> WireEvent:
    event = own_event(EventId(wire[0]))
    if event is None:
        raise ProtocolError(ErrorCode.BROKEN_PAGE, "a page leaves out what is not held")
    return _wire_event(event)


def is_signed_head(
    cipher: Cipher, public_key: bytes, space: SpaceId, lane: Lane, head: SignedHead
) -> bool:
    """Say whether ``head`` carries the server's signature for this lane."""
    message = chain.head_bytes(space, lane, head.seq, head.hash, head.time)
    return cipher.is_signed(public_key, message, head.signature)
