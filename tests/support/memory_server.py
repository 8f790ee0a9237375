"""The server's half of the shell, in memory: one log per lane, executed by rule 1 and rule 3."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from trailmark_adapters.nacl import NaclCipher, NaclSigner
from trailmark_shared import chain, limits
from trailmark_shared.errors import ErrorCode
from trailmark_shared.events.envelope import Event, Row, without_body
from trailmark_shared.ids import DeviceId, Epoch, Lane, SpaceId
from trailmark_shared.protocol import effects, messages, pages
from trailmark_shared.protocol.signing_keys import first_key

SIGNER = NaclSigner(bytes(range(32)))
"""The server's key in every test; it survives every restore."""

CIPHER = NaclCipher()
POISON = b"poison"
"""A body that begins like this is refused."""

_WITH_BODY = (None, ErrorCode.ASIDE)


class MemoryLane:
    """One lane: its rows and what is looked up in them."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.chains: dict[tuple[DeviceId, Epoch], list[bytes]] = {}

    def copy(self) -> "MemoryLane":
        copied = MemoryLane()
        copied.rows = list(self.rows)
        copied.chains = {key: list(hashes) for key, hashes in self.chains.items()}
        return copied

    def hash_at(self, seq: int) -> bytes:
        return self.rows[seq - 1].lane_hash if seq else chain.GENESIS

    def is_taken(self, event_id: bytes) -> bool:
        return any(row.event.id == event_id and row.code in _WITH_BODY for row in self.rows)

    def chain_of(self, event: Event) -> list[bytes]:
        return self.chains.setdefault((event.device, event.epoch), [])

    def continues(self, event: Event) -> bool:
        hashes = self.chain_of(event)
        return event.dseq == len(hashes) + 1 and event.prev == (
            hashes[-1] if hashes else chain.GENESIS
        )

    def put(self, event: Event, row: tuple[int, int, str, str | None]) -> None:
        """Append ``event`` with (received_at, offset, actor, code) under the next seq."""
        received_at, offset, actor, code = row
        seq = len(self.rows) + 1
        hash_ = chain.lane_hash(
            self.hash_at(seq - 1), event.hash, seq, received_at, offset, actor, code
        )
        self.rows.append(
            Row(
                event=event if code in _WITH_BODY else without_body(event),
                seq=seq,
                received_at=received_at,
                offset=offset,
                actor=actor,
                code=code,
                lane_hash=hash_,
            )
        )


class MemoryServer:
    """All lanes of one space, and what survives a restore: the signing key and revocations."""

    def __init__(
        self,
        space: SpaceId,
        refusal: Callable[[Event], ErrorCode | None] | None = None,
        page_rows: int = limits.PAGE_EVENTS_MAX,
    ) -> None:
        self.space = space
        self.now = 1_800_000_000_000
        self.lanes: dict[Lane, MemoryLane] = {}
        self.revoked: set[bytes] = set()
        self.page_rows = page_rows
        self._refusal = refusal or refuse_poison

    def backup(self) -> dict[Lane, MemoryLane]:
        return {name: lane.copy() for name, lane in self.lanes.items()}

    def restore(self, backup: dict[Lane, MemoryLane]) -> None:
        self.lanes = {name: lane.copy() for name, lane in backup.items()}

    def lane(self, name: Lane) -> MemoryLane:
        return self.lanes.setdefault(name, MemoryLane())

    def ids(self) -> set[bytes]:
        """Return the ids of all events that are here with their bodies."""
        return {
            row.event.id
            for lane in self.lanes.values()
            for row in lane.rows
            if row.code in _WITH_BODY
        }

    # --- effects -----------------------------------------------------------------------------

    def open(self, hello: messages.Hello) -> effects.Opened:
        self.revoked |= set(hello.revoked)
        told = {Lane(lane.lane): lane for lane in hello.lanes}
        states = [self._state(hello, name, told.get(name)) for name in {**told, **self.lanes}]
        return effects.Opened(
            space=self.space,
            now=self.now,
            credential_expires_at=self.now + limits.CREDENTIAL_TTL_MS,
            lanes=states,
            keys=[first_key(SIGNER.public_key)],
        )

    def _state(
        self, hello: messages.Hello, name: Lane, told: messages.LaneHello | None
    ) -> effects.LaneState:
        lane = self.lane(name)
        hashes = lane.chains.get((DeviceId(hello.device), Epoch(hello.epoch)), [])
        rewind, start = None, 0
        if told is not None:
            start = told.cursor
            if not self._knows(lane, (told.cursor, told.cursor_hash)):
                start = next(
                    (seq for seq, hash_ in told.back if self._knows(lane, (seq, hash_))), 0
                )
                head = self.sign(name, lane.rows[start - 1]) if start else None
                rewind = messages.Rewind(seq=start, signed_head=head)
        welcome = messages.LaneWelcome(
            lane=name,
            head=len(lane.rows),
            head_hash=lane.hash_at(len(lane.rows)),
            device_high=len(hashes),
            device_hash=hashes[-1] if hashes else chain.GENESIS,
            rewind=rewind,
        )
        return effects.LaneState(welcome=welcome, start=start)

    def _knows(self, lane: MemoryLane, point: tuple[int, bytes]) -> bool:
        seq, hash_ = point
        return seq <= len(lane.rows) and lane.hash_at(seq) == hash_

    def sign(self, name: Lane, row: Row) -> messages.SignedHead:
        message = chain.head_bytes(self.space, name, row.seq, row.lane_hash, self.now)
        return messages.SignedHead(
            seq=row.seq, hash=row.lane_hash, time=self.now, signature=SIGNER.sign(message)
        )

    def append(self, name: Lane, events: Sequence[Event], offset: int) -> effects.Appended:
        lane, upto = self.lane(name), 0
        refused: list[messages.Refusal] = []
        fork: tuple[int, bytes] | None = None
        gap: int | None = None
        for event in events:
            hashes = lane.chain_of(event)
            if event.dseq > len(hashes) + 1:
                gap = len(hashes) + 1
            elif event.dseq <= len(hashes):
                if hashes[event.dseq - 1] != event.hash:
                    fork = (event.dseq, hashes[event.dseq - 1])
            elif not lane.continues(event):
                fork = (event.dseq, hashes[-1] if hashes else chain.GENESIS)
            else:
                hashes.append(event.hash)
                code = self._refusal(event)
                if code is None and lane.is_taken(event.id):
                    code = ErrorCode.DUPLICATE
                lane.put(event, (self.now, offset, "person", code))
            if fork is not None or gap is not None:
                break
            upto = event.dseq
            refused.extend(self._refusals(lane, event))
        return effects.Appended(
            lane=name, epoch=events[0].epoch, upto=upto, refused=refused, fork=fork, gap=gap
        )

    def _refusals(self, lane: MemoryLane, event: Event) -> Iterable[messages.Refusal]:
        for row in lane.rows:
            if row.event.hash == event.hash and row.code is not None:
                yield messages.Refusal(dseq=event.dseq, code=row.code)

    def read_page(self, name: Lane, after: int) -> tuple[Sequence[Row], messages.SignedHead | None]:
        rows = self.lane(name).rows[after : after + self.page_rows]
        rows = rows[: pages.cut_batch([row.event for row in rows])]
        return rows, self.sign(name, rows[-1]) if rows else None

    def take_offer(self, offer: messages.Offer, rows: Sequence[Row]) -> tuple[int, str | None]:
        name = Lane(offer.lane)
        if not pages.is_signed_head(CIPHER, SIGNER.public_key, self.space, name, offer.signed_head):
            return 0, ErrorCode.FORGED_OFFER
        lane = self.lane(name)
        before = [offer.after_hash, *(row.lane_hash for row in rows)]
        for index, row in enumerate(rows):
            if row.seq == len(lane.rows) + 1 and before[index] == lane.hash_at(len(lane.rows)):
                for kept in rows[index:]:
                    self._extend(lane, kept)
                break
        else:
            for row in rows:
                self._branch(lane, row)
        return len(lane.rows), None

    def _extend(self, lane: MemoryLane, row: Row) -> None:
        if lane.continues(row.event):
            lane.chain_of(row.event).append(row.event.hash)
        lane.rows.append(row)

    def _branch(self, lane: MemoryLane, row: Row) -> None:
        if any(row.proof == known.proof for known in lane.rows):
            return
        event, code = row.event, row.code
        if code in _WITH_BODY and lane.is_taken(event.id):
            code = ErrorCode.DUPLICATE
        hashes = lane.chain_of(event)
        if lane.continues(event):
            hashes.append(event.hash)
        elif not (event.dseq <= len(hashes) and hashes[event.dseq - 1] == event.hash):
            code = code or ErrorCode.ASIDE
        lane.put(event, (row.received_at, row.offset, row.actor, code))


def refuse_poison(event: Event) -> ErrorCode | None:
    """Refuse what is too large or says that it is poison."""
    body = event.body or b""
    if len(body) > limits.BODY_BYTES_MAX:
        return ErrorCode.TOO_LARGE
    return ErrorCode.MALFORMED_BODY if body.startswith(POISON) else None


def stub(event: Event) -> Event:
    """Return ``event`` as an erased one."""
    return msgspec.structs.replace(event, salt=None, body=None)
