"""What is known of a lane, and what would be appended to it: the values that decisions are made of.

``ingest`` and ``offers`` decide; a store reads ``LaneFacts`` and its companions in a transaction,
hands them over, and writes what the ``LaneDraft`` holds afterwards in that same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from trailmark_shared import chain, ids
from trailmark_shared.errors import ErrorCode, EventDataError
from trailmark_shared.events.access import AccessGranted, AccessRevoked
from trailmark_shared.events.body import Body
from trailmark_shared.events.codec import decode_body
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.events.envelope import Event, Row, without_body
from trailmark_shared.ids import DeviceId, Epoch, EventId, KeyId, Lane, SpaceId


class ChainFacts(msgspec.Struct, frozen=True):
    """Where a device's chain stands in a lane.

    Attributes:
        high: Highest dseq that counts, 0 for none.
        hash: Hash of that event; 32 zero bytes at 0.
    """

    high: int = 0
    hash: bytes = chain.GENESIS


class LaneFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Where a lane stands.

    Attributes:
        space: Whose lane.
        lane: Its name.
        head: Seq of its last row, 0 for none.
        hash: Lane hash there.
        received_at: Highest ``received_at`` of its rows, 0 for none.
        granted: Grants that the log gives.
        revoked: Grants that the log revokes.
    """

    space: SpaceId
    lane: Lane
    head: int = 0
    hash: bytes = chain.GENESIS
    received_at: int = 0
    granted: frozenset[bytes] = frozenset()
    revoked: frozenset[bytes] = frozenset()


class HeldRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a lane holds of an id.

    Attributes:
        hash: The row's event hash.
        code: Its code.
        actor: Who wrote it.
        received_at: Server clock then.
        offset: Server clock minus device clock then.
        has_body: The body is there.
        subject: Subject of a readable body, else ``None``.
    """

    hash: bytes
    code: str | None
    actor: str
    received_at: int
    offset: int
    has_body: bool
    subject: bytes | None

    @property
    def proof(self) -> tuple[bytes, str, int, int]:
        """What makes two rows the same fact; see ``envelope.Row.proof``."""
        return (self.hash, self.actor, self.received_at, self.offset)


class GrantMade(msgspec.Struct, frozen=True, kw_only=True):
    """A grant that a new row gives.

    Attributes:
        grant: Its id.
        member: Whom it lets in, 16 bytes.
        role: What the member is to the person.
        until: Last day, or ``None``.
        actions: What it names that the member may do, or ``None`` where it names nothing.
        seq: Its row.
    """

    grant: bytes
    member: bytes
    role: str
    until: str | None
    actions: tuple[str, ...] | None
    seq: int


class NewRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row to insert.

    Attributes:
        row: The row; a stub has no salt and no body.
        body: What its body says, where the server can read it.
        type: Type of a readable body in a shared lane.
        subject: Subject of such a body; for a ``duplicate`` that of the row which holds the id.
        day: Local date of such a body.
    """

    row: Row
    body: Body | None
    type: str | None
    subject: bytes | None
    day: str | None


def read_body(event: Event) -> Body | None:
    """Return what a body says, or ``None`` where it is gone, sealed or not understood."""
    return None if event.body is None else read_bytes(event.key, event.body)


def read_bytes(key: KeyId, body: bytes) -> Body | None:
    """Return what the bytes of a body say under ``key``, as ``read_body``."""
    if key != ids.PLAIN:
        return None
    try:
        return decode_body(body)
    except EventDataError:
        return None


class LaneDraft:
    """A lane with rows that are to be appended; every decision sees the ones before it.

    Attributes:
        lane: Where the lane stands, the new rows included.
        chains: Where the devices' chains stand, the new rows included.
        rows: The new rows.
        granted: Grants that they give.
        revoked: Grants that they revoke, with the seq of the row.
        erased: Events whose bodies they take away.
        rejoined: Ids that came back with a body and a subject while stubs of them are held.
        is_over: The person was erased: whatever comes becomes a stub.
        has_room: The space may have this lane, or one more, beside the others.
    """

    def __init__(
        self,
        lane: LaneFacts,
        chains: Mapping[tuple[DeviceId, Epoch], ChainFacts],
        held: Mapping[EventId, Sequence[HeldRow]],
        erased: Collection[EventId],
        *,
        is_over: bool = False,
        has_room: bool = True,
    ) -> None:
        """Begin with what the lane holds of the ids in question and which of them are erased."""
        self.is_over = is_over
        self.has_room = has_room
        self.lane = lane
        self.chains = dict(chains)
        self.rows: list[NewRow] = []
        self.granted: list[GrantMade] = []
        self.revoked: list[tuple[bytes, int]] = []
        self.erased: list[EventId] = []
        self.rejoined: dict[EventId, bytes] = {}
        self._held = {event: list(rows) for event, rows in held.items()}
        self._erased = set(erased)
        self._is_shared = ids.is_shared(lane.lane)

    @property
    def is_open(self) -> bool:
        """Whether some grant of the log is not revoked by the log."""
        return bool(self.lane.granted - self.lane.revoked)

    def held(self, event: EventId) -> Sequence[HeldRow]:
        """Return what the lane holds of an id, new rows included."""
        return self._held.get(event, ())

    def is_taken(self, event: EventId) -> bool:
        """Say whether a row with a body holds the id."""
        return any(row.has_body for row in self.held(event))

    def is_erased(self, event: EventId) -> bool:
        """Say whether the id is listed as erased, or named by an order among the new rows."""
        return event in self._erased

    def chain_of(self, event: Event) -> ChainFacts:
        """Return where the chain of the event's device stands."""
        return self.chains.get((event.device, event.epoch), ChainFacts())

    def continues(self, event: Event) -> bool:
        """Say whether ``event`` is the next one of its device's chain."""
        known = self.chain_of(event)
        return event.dseq == known.high + 1 and event.prev == known.hash

    def append(
        self, row: Row, body: Body | None, code: ErrorCode | str | None, *, keep_body: bool
    ) -> None:
        """Put a row at the head, with the seq and lane hash that it gets there.

        Args:
            row: Event, times and actor; seq, code and lane hash are given here.
            body: What its body says, where it can be read.
            code: The code it gets.
            keep_body: ``False`` makes it a stub.
        """
        event = row.event if keep_body else without_body(row.event)
        text = None if code is None else str(code)
        seq = self.lane.head + 1
        hash_ = chain.lane_hash(
            self.lane.hash, event.hash, seq, row.received_at, row.offset, row.actor, text
        )
        placed = Row(
            event=event,
            seq=seq,
            received_at=row.received_at,
            offset=row.offset,
            actor=row.actor,
            code=text,
            lane_hash=hash_,
        )
        if self.continues(event):
            self.chains[event.device, event.epoch] = ChainFacts(event.dseq, event.hash)
        self._note(placed, body if event.body is not None else None)
        self.lane = msgspec.structs.replace(
            self.lane,
            head=seq,
            hash=hash_,
            received_at=max(self.lane.received_at, row.received_at),
        )

    def _note(self, row: Row, body: Body | None) -> None:
        event = row.event
        readable = body if self._is_shared else None
        subject = None if readable is None else readable.subject
        before = self._held.setdefault(event.id, [])
        if readable is not None and any(held.code == ErrorCode.DUPLICATE for held in before):
            self.rejoined[event.id] = readable.subject
        if row.code == ErrorCode.DUPLICATE:
            subject = next((held.subject for held in before if held.has_body), None)
        before.append(
            HeldRow(
                hash=event.hash,
                code=row.code,
                actor=row.actor,
                received_at=row.received_at,
                offset=row.offset,
                has_body=event.body is not None,
                subject=subject,
            )
        )
        self.rows.append(
            NewRow(
                row=row,
                body=body,
                type=None if readable is None else readable.type,
                subject=subject,
                day=None if readable is None else readable.day,
            )
        )
        if body is not None:
            self._follow(body, row.seq)

    def _follow(self, body: Body, seq: int) -> None:
        """Let a control or grant event that was accepted take effect."""
        match body.data:
            case AccessGranted() as data if self._is_shared:
                if body.subject not in self.lane.granted:
                    member = ids.id_from_text(data.member)
                    self.granted.append(
                        GrantMade(
                            grant=body.subject,
                            member=member,
                            role=data.role,
                            until=data.until,
                            actions=data.actions,
                            seq=seq,
                        )
                    )
                    self.lane = msgspec.structs.replace(
                        self.lane, granted=self.lane.granted | {body.subject}
                    )
            case AccessRevoked() if self._is_shared:
                self.revoked.append((body.subject, seq))
                self.lane = msgspec.structs.replace(
                    self.lane, revoked=self.lane.revoked | {body.subject}
                )
            case SubjectErased() as data:
                named = [EventId(ids.id_from_text(event)) for event in data.events]
                self.erased.extend(named)
                self._erased.update(named)
            case _:
                pass
