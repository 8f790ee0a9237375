"""One lane in memory, and what its rows tell."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

import msgspec

from trailmark_server.lane_draft import ChainFacts, HeldRow, LaneFacts
from trailmark_server.rest_seal import Opener
from trailmark_server.storage.ports import Arrival, Wanted, Window
from trailmark_server.storage.rows import ChainKey, GrantRow, StoredRow
from trailmark_shared import limits
from trailmark_shared.events.envelope import Row
from trailmark_shared.events.registry import is_kept
from trailmark_shared.ids import DeviceId, EventId, Lane, SpaceId
from trailmark_shared.projections.audit import Placed
from trailmark_shared.projections.fold import Document

LaneKey = tuple[SpaceId, Lane]


class MemoryLane:
    """Everything of one lane."""

    def __init__(self, facts: LaneFacts) -> None:
        """Begin where ``facts`` says."""
        self.facts = facts
        self.rows: list[StoredRow] = []
        self.places: dict[EventId, list[int]] = {}
        self.chains: dict[ChainKey, ChainFacts] = {}
        self.grants: dict[bytes, GrantRow] = {}
        self.documents: dict[bytes, Document] = {}
        self.failed: dict[bytes, int] = {}
        self.folded_to: int | None = None

    def snapshot(self) -> MemoryLane:
        """Return a copy that later changes do not touch."""
        twin = copy(self)
        twin.rows = list(self.rows)
        twin.places = {event: list(places) for event, places in self.places.items()}
        twin.chains = dict(self.chains)
        twin.grants = dict(self.grants)
        twin.documents = dict(self.documents)
        twin.failed = dict(self.failed)
        return twin


def opened(stored: StoredRow, seal: Opener) -> Row:
    """Return a row with its body opened."""
    event = stored.row.event
    if event.body is None:
        return stored.row
    body = seal.open(event.id, event.body)
    return msgspec.structs.replace(stored.row, event=msgspec.structs.replace(event, body=body))


def held_row(stored: StoredRow) -> HeldRow:
    """Return what a row tells of its id."""
    row = stored.row
    return HeldRow(
        hash=row.event.hash,
        code=row.code,
        actor=row.actor,
        received_at=row.received_at,
        offset=row.offset,
        has_body=row.event.body is not None,
        subject=stored.subject,
    )


def stripped(stored: StoredRow) -> StoredRow:
    """Return a row without body and without what was read out of it."""
    event = msgspec.structs.replace(stored.row.event, salt=None, body=None)
    row = msgspec.structs.replace(stored.row, event=event)
    return StoredRow(row=row, type=None, subject=None, day=None)


def erase_bodies(held: MemoryLane, wanted: Sequence[EventId]) -> set[bytes]:
    """Take away the bodies of these events, the kept ones excepted; return their subjects."""
    touched: set[bytes] = set()
    for event in wanted:
        for place in held.places.get(event, ()):
            stored = held.rows[place]
            if not is_kept(held.facts.lane, stored.row.event.key, stored.type):
                touched |= set() if stored.subject is None else {stored.subject}
                held.rows[place] = stripped(stored)
    for subject in touched:
        held.documents.pop(subject, None)
    return touched


def within(held: MemoryLane, window: Window) -> list[StoredRow]:
    """Return the rows of a window, in its order."""
    ordered = held.rows if window.after is not None else reversed(held.rows)
    found = [stored for stored in ordered if is_within(stored, window)]
    return found[: min(window.limit, limits.PAGE_EVENTS_MAX)]


def kept(held: MemoryLane, wanted: Sequence[EventId]) -> set[EventId]:
    """Return which of ``wanted`` are here with a body that is never erased."""
    found = [held.rows[place] for event in wanted for place in held.places.get(event, ())]
    return {
        stored.row.event.id
        for stored in found
        if stored.row.event.body is not None
        and is_kept(held.facts.lane, stored.row.event.key, stored.type)
    }


def pushed_by(held: MemoryLane, device: DeviceId) -> int:
    """Return how many rows a device pushed, under all its numberings."""
    return sum(facts.high for (by, _), facts in held.chains.items() if by == device)


def arrivals(held: MemoryLane, limit: int) -> list[Arrival]:
    """Return what arrived last of what has a body, the newest first."""
    found = [each for each in reversed(held.rows) if each.row.event.body is not None]
    return [
        Arrival(type=each.type, actor=each.row.actor, received_at=each.row.received_at)
        for each in found[: min(limit, limits.PAGE_EVENTS_MAX)]
    ]


def placed(held: MemoryLane) -> list[Placed]:
    """Return where every event stands, in seq order."""
    return [
        Placed(
            device=each.row.event.device,
            epoch=each.row.event.epoch,
            dseq=each.row.event.dseq,
            seq=each.row.seq,
            has_body=each.row.event.body is not None,
        )
        for each in held.rows
    ]


def documents_among(held: MemoryLane, wanted: Wanted) -> list[Document]:
    """Return the documents that are wanted, by kind and subject."""
    found = [
        each
        for each in held.documents.values()
        if wanted.kind in {None, each.kind}
        and (wanted.parents is None or each.parent in wanted.parents)
        and (wanted.subjects is None or each.subject in wanted.subjects)
    ]
    if wanted.latest is not None:
        dated = [each for each in found if each.day is not None]
        dated.sort(key=lambda each: (each.day or "", each.subject), reverse=True)
        found = dated[: wanted.latest]
    return sorted(found, key=lambda each: (each.kind, each.subject))


def is_within(stored: StoredRow, window: Window) -> bool:
    """Say whether a row belongs to a window."""
    seq = stored.row.seq
    return (
        stored.row.event.body is not None
        and (window.before is None or seq < window.before)
        and (window.after is None or seq > window.after)
        and (
            window.days is None
            or (stored.day is not None and window.days[0] <= stored.day <= window.days[1])
        )
        and (window.types is None or stored.type in window.types)
    )
