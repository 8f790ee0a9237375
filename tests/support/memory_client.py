"""The client's half of the shell, in memory: what a device keeps, and its effects on it."""

from collections.abc import Sequence
from random import Random

from tests.support.memory_server import CIPHER, SIGNER
from trailmark_shared import chain, ids
from trailmark_shared.errors import ErrorCode, ProtocolError
from trailmark_shared.events.envelope import Event, Row, write_event
from trailmark_shared.ids import DeviceId, Epoch, EventId, Lane, SpaceId
from trailmark_shared.protocol import effects, messages, pages
from trailmark_shared.protocol.signing_keys import succession

_WITH_BODY = (None, ErrorCode.ASIDE)


class Held:
    """Rows that a rewind held back, with the signed heads inside them by seq."""

    def __init__(
        self, after_hash: bytes, rows: list[Row], heads: dict[int, messages.SignedHead]
    ) -> None:
        self.after_hash = after_hash
        self.rows = rows
        self.heads = heads


class ClientLane:
    """One lane as a device keeps it."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.heads: dict[int, messages.SignedHead] = {}
        self.held: list[Held] = []
        self.outbox: list[Event] = []

    def copy(self) -> "ClientLane":
        copied = ClientLane()
        copied.rows, copied.outbox = list(self.rows), list(self.outbox)
        copied.heads, copied.held = dict(self.heads), list(self.held)
        return copied

    def hash_at(self, seq: int) -> bytes:
        return self.rows[seq - 1].lane_hash if seq else chain.GENESIS

    def with_row(self) -> list[Row]:
        """Return all rows, those held back included."""
        return [*self.rows, *(row for held in self.held for row in held.rows)]

    def own(self, event_id: EventId) -> Event | None:
        """Find an event that this device holds with its body."""
        for event in (*self.outbox, *(row.event for row in self.with_row())):
            if event.id == event_id and event.body is not None:
                return event
        return None


class MemoryClient:
    """A device: identity, lanes, and what it tells its person."""

    def __init__(self, space: SpaceId, random: Random) -> None:
        self.random = random
        self.space = space
        self.device = DeviceId(random.randbytes(16))
        self.epoch = Epoch(random.randbytes(8))
        self.clock = random.choice((0, 3_600_000, -315_360_000_000))
        self.lanes: dict[Lane, ClientLane] = {}
        self.revoked: list[bytes] = []
        self.missing: list[bytes] = []
        self.refused: set[int] = set()
        self.credential = ""
        self.signing_key = SIGNER.public_key
        self.batch_events = 500
        self.epochs_started = 0

    def lane(self, name: Lane) -> ClientLane:
        return self.lanes.setdefault(name, ClientLane())

    def backup(self) -> tuple[Epoch, dict[Lane, ClientLane]]:
        return self.epoch, {name: lane.copy() for name, lane in self.lanes.items()}

    def restore(self, backup: tuple[Epoch, dict[Lane, ClientLane]], *, identity: bool) -> None:
        """Put an old copy in place, with the old identity file or with today's."""
        if identity:
            self.epoch = backup[0]
        self.lanes = {name: lane.copy() for name, lane in backup[1].items()}

    def clone(self, random: Random) -> "MemoryClient":
        """Return a second device that believes it is this one."""
        twin = MemoryClient(self.space, random)
        twin.device, twin.epoch = self.device, self.epoch
        twin.restore(self.backup(), identity=True)
        return twin

    def ids(self) -> set[bytes]:
        """Return the ids of all events that are here with their bodies."""
        found: set[bytes] = set()
        for lane in self.lanes.values():
            found |= {event.id for event in lane.outbox}
            found |= {row.event.id for row in lane.with_row() if row.code in _WITH_BODY}
        return found

    def write(self, name: Lane, body: bytes) -> Event:
        """Record an event offline."""
        lane = self.lane(name)
        mine = [event for event in self._own(lane) if event.epoch == self.epoch]
        last = max(mine, key=lambda event: event.dseq, default=None)
        event = write_event(
            event_id=EventId(self.random.randbytes(16)),
            space=self.space,
            lane=name,
            device=self.device,
            epoch=self.epoch,
            dseq=last.dseq + 1 if last else 1,
            key=ids.PLAIN,
            prev=last.hash if last else chain.GENESIS,
            salt=self.random.randbytes(16),
            body=body,
        )
        lane.outbox.append(event)
        return event

    def _own(self, lane: ClientLane) -> list[Event]:
        rows = [row.event for row in lane.with_row() if row.code != ErrorCode.ASIDE]
        return [event for event in (*rows, *lane.outbox) if event.device == self.device]

    # --- effects -----------------------------------------------------------------------------

    def follow_keys(self, keys: Sequence[messages.SigningKey]) -> bool:
        """Execute ``FollowKeys``."""
        way = succession(CIPHER, self.signing_key, keys)
        if way is not None:
            self.signing_key = way[-1].key
        return way is not None

    def start(self, now: int) -> effects.Start:
        identity = (self.space, self.device, self.epoch)
        outbox = [event for lane in self.lanes.values() for event in lane.outbox]
        return effects.Start(
            space=self.space,
            device=self.device,
            epoch=self.epoch,
            now=now + self.clock,
            lanes=[self._lane_hello(name) for name in self.lanes],
            revoked=self.revoked,
            needs_epoch=any((e.space, e.device, e.epoch) != identity for e in outbox),
            held=[name for name, lane in self.lanes.items() if lane.held],
        )

    def _lane_hello(self, name: Lane) -> messages.LaneHello:
        lane = self.lane(name)
        cursor, back, distance = len(lane.rows), list[tuple[int, bytes]](), 1
        while cursor - distance > 0:
            back.append((cursor - distance, lane.hash_at(cursor - distance)))
            distance *= 2
        return messages.LaneHello(
            lane=name, cursor=cursor, cursor_hash=lane.hash_at(cursor), back=back
        )

    def is_forked(self, lanes: Sequence[messages.LaneWelcome]) -> bool:
        """Execute ``CheckOwn``."""
        for told in lanes:
            mine = self._own(self.lane(Lane(told.lane)))
            if told.device_high and not any(
                event.epoch == self.epoch
                and (event.dseq, event.hash) == (told.device_high, told.device_hash)
                for event in mine
            ):
                return True
        return False

    def begin_rewind(self, rewind: effects.BeginRewind) -> effects.PageStored | None:
        lane, to = self.lane(rewind.lane), rewind.rewind.seq
        at = len(lane.rows)
        if (at, lane.hash_at(at)) != (rewind.cursor, rewind.cursor_hash) or to > at:
            return None
        head = rewind.rewind.signed_head
        if to and not (
            head is not None
            and (head.seq, head.hash) == (to, lane.hash_at(to))
            and self._is_signed(rewind.lane, head)
        ):
            return None
        heads = {seq: known for seq, known in lane.heads.items() if seq > to}
        lane.held.append(Held(lane.hash_at(to), lane.rows[to:], heads))
        lane.rows = lane.rows[:to]
        lane.heads = {seq: known for seq, known in lane.heads.items() if seq <= to}
        if head is not None:
            lane.heads[to] = head
        return self._stood(rewind.lane)

    def _is_signed(self, name: Lane, head: messages.SignedHead) -> bool:
        return pages.is_signed_head(CIPHER, self.signing_key, self.space, name, head)

    def _stood(self, name: Lane) -> effects.PageStored:
        lane = self.lane(name)
        return effects.PageStored(
            lane=name,
            cursor=len(lane.rows),
            cursor_hash=lane.hash_at(len(lane.rows)),
            held=bool(lane.held),
        )

    def store_page(self, page: messages.Events) -> effects.PageStored | None:
        """Execute ``StorePage``; ``None`` for a page that does not verify."""
        name = Lane(page.lane)
        lane, head = self.lane(name), page.signed_head
        if page.after > len(lane.rows) or not self._is_signed(name, head):
            return None
        try:
            rows = pages.rows_from_runs(
                self.space, name, page.after, lane.hash_at(page.after), page.runs, lane.own
            )
        except ProtocolError:
            return None
        if (rows[-1].seq, rows[-1].lane_hash) != (head.seq, head.hash):
            return None
        known = lane.rows[page.after : page.after + len(rows)]
        if any(old.lane_hash != new.lane_hash for old, new in zip(known, rows, strict=False)):
            return None
        lane.rows.extend(rows[len(known) :])
        lane.heads[head.seq] = head
        hashes = {row.event.hash for row in rows}
        lane.outbox = [event for event in lane.outbox if event.hash not in hashes]
        return self._stood(name)

    def read_outbox(self, name: Lane, after: int) -> list[Event]:
        mine = [e for e in self.lane(name).outbox if e.epoch == self.epoch and e.dseq > after]
        mine = [e for index, e in enumerate(mine) if e.dseq == mine[0].dseq + index]
        mine = mine[: self.batch_events]
        return mine[: pages.cut_batch(mine)]

    def start_epoch(self) -> tuple[Epoch, list[Lane]]:
        self.epoch = Epoch(self.random.randbytes(8))
        self.epochs_started += 1
        for name, lane in self.lanes.items():
            arrived = {row.event.id for row in lane.rows}
            again = [event for event in lane.outbox if event.id not in arrived]
            lane.outbox = []
            for event in again:
                self._write_again(name, event)
        return self.epoch, [name for name, lane in self.lanes.items() if lane.outbox]

    def _write_again(self, name: Lane, event: Event) -> None:
        lane = self.lane(name)
        assert event.salt is not None
        assert event.body is not None
        lane.outbox.append(
            write_event(
                event_id=event.id,
                space=self.space,
                lane=name,
                device=self.device,
                epoch=self.epoch,
                dseq=len(lane.outbox) + 1,
                key=event.key,
                prev=lane.outbox[-1].hash if lane.outbox else chain.GENESIS,
                salt=event.salt,
                body=event.body,
            )
        )

    def read_held(self, name: Lane) -> list[messages.Offer]:
        return [offer for held in self.lane(name).held for offer in offers_of(name, held)]

    def settle_held(self, name: Lane, *, refused: bool) -> bool:
        """Execute ``SettleHeld``; say whether events without a row came of it."""
        lane = self.lane(name)
        proofs = {row.proof for row in lane.rows}
        arrived = {row.event.id for row in lane.rows}
        keep = [h for h in lane.held if any(row.proof not in proofs for row in h.rows)]
        lost = [row for held in keep for row in held.rows if row.proof not in proofs]
        if not refused:
            lane.held = keep
            self.missing.extend(row.event.id for row in lost)
            return False
        lane.held = []
        before = len(lane.outbox)
        for row in lost:
            mine = row.event.device == self.device and row.event.body is not None
            if not mine:
                self.missing.append(row.event.id)
            elif row.event.id not in arrived:
                lane.outbox.append(row.event)
        return len(lane.outbox) > before


def offers_of(name: Lane, held: Held) -> list[messages.Offer]:
    """Return held rows as offers, cut where the server signed."""
    offers: list[messages.Offer] = []
    after_hash, waiting = held.after_hash, list[Row]()
    for row in held.rows:
        waiting.append(row)
        if row.seq in held.heads:
            offers.append(
                messages.Offer(
                    lane=name,
                    after=waiting[0].seq - 1,
                    after_hash=after_hash,
                    runs=pages.runs_from_rows(waiting),
                    signed_head=held.heads[row.seq],
                )
            )
            after_hash, waiting = row.lane_hash, []
    assert not waiting, "a cursor is always the end of a signed page"
    return offers
