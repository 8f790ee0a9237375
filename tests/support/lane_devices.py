"""Devices that write real chains, and offers that a store signed: for tests of the stores."""

from collections.abc import Sequence
from random import Random

from trailmark_server.storage.ports import EventStore
from trailmark_shared import chain, ids
from trailmark_shared.domain.consent import CONSENT_VERSION, consent_sha256
from trailmark_shared.events.access import AccessGranted, AccessRevoked, ConsentText
from trailmark_shared.events.body import Body, Reason
from trailmark_shared.events.codec import encode_body
from trailmark_shared.events.control import SubjectErased
from trailmark_shared.events.data import EventData
from trailmark_shared.events.envelope import Event, Row, write_event
from trailmark_shared.events.goals import GoalShared
from trailmark_shared.events.registry import type_of
from trailmark_shared.ids import DeviceId, Epoch, EventId, KeyId, Lane, SpaceId
from trailmark_shared.protocol.effects import AppendBatch, Appended
from trailmark_shared.protocol.messages import LaneHello, Offer, SignedHead
from trailmark_shared.protocol.pages import runs_from_rows

SPACE = SpaceId(b"s" * 16)
OTHER_SPACE = SpaceId(b"o" * 16)
CARE = ids.care_lane(b"c" * 16)
CIRCLE = ids.circle_lane(b"d" * 16)
MEMBER = b"m" * 16
ACTOR = f"member/{ids.text_from_id(MEMBER)}"
GRANT = b"g" * 16
VAULT_KEY = KeyId(b"vaultkey")
NOW = 1_800_000_000_000


def body_of(
    data: EventData,
    subject: bytes,
    *,
    recorded_at: int = NOW,
    base: tuple[bytes, ...] = (),
    day: str = "2026-11-22",
) -> bytes:
    """Return the JSON of a body, with a reason where the type wants one."""
    known = type_of(data)
    return encode_body(
        Body(
            type=known.name,
            ver=known.ver,
            subject=subject,
            occurred_at=f"{day}T10:00:00+01:00",
            zone="Europe/Berlin",
            day=day,
            recorded_at=recorded_at,
            reason=Reason(code="new-insight") if known.reason_required else None,
            base=base,
            data=data,
        )
    )


def granted(
    member: bytes = MEMBER, until: str | None = None, actions: tuple[str, ...] | None = None
) -> AccessGranted:
    """Return the data of a grant to a therapist."""
    return AccessGranted(
        member=ids.text_from_id(member),
        name="Dr Demo",
        role="therapist",
        classes=("goals",),
        until=until,
        actions=actions,
        consent=ConsentText(version=CONSENT_VERSION, sha256=consent_sha256()),
    )


def erasing(*events: Event) -> SubjectErased:
    """Return the data of an erasure."""
    return SubjectErased(events=tuple(ids.text_from_id(event.id) for event in events))


class LaneDevice:
    """One device's chain in one lane.

    Attributes:
        lane: The lane.
        device: Its id.
        epoch: Its numbering.
    """

    def __init__(self, lane: Lane = CARE, seed: int = 1, space: SpaceId = SPACE) -> None:
        self._random = Random(f"{lane}{seed}")
        self.space = space
        self.lane = lane
        self.device = DeviceId(self._random.randbytes(16))
        self.epoch = Epoch(self._random.randbytes(8))
        self.last = 0
        self.hash = chain.GENESIS

    def new_id(self) -> EventId:
        return EventId(self._random.randbytes(16))

    def write(
        self, body: bytes, *, key: KeyId = ids.PLAIN, event_id: EventId | None = None
    ) -> Event:
        """Write the next event of the chain."""
        event = write_event(
            event_id=event_id or self.new_id(),
            space=self.space,
            lane=self.lane,
            device=self.device,
            epoch=self.epoch,
            dseq=self.last + 1,
            key=key,
            prev=self.hash,
            salt=self._random.randbytes(16),
            body=body,
        )
        self.last, self.hash = event.dseq, event.hash
        return event

    def says(self, data: EventData, subject: bytes | None = None) -> Event:
        """Write an event about ``subject``, or about something new."""
        return self.write(body_of(data, subject or self.new_id()))

    def grants(self, grant: bytes = GRANT, member: bytes = MEMBER) -> Event:
        return self.says(granted(member), grant)

    def revokes(self, grant: bytes = GRANT) -> Event:
        return self.says(AccessRevoked(), grant)

    def shares(self, title: str = "Walk daily", goal: bytes | None = None) -> Event:
        return self.says(GoalShared(title=title, lifecycle="active"), goal)

    def seals(self, size: int = 552) -> Event:
        return self.write(self._random.randbytes(size), key=VAULT_KEY)

    def clone(self) -> "LaneDevice":
        """Return a device that goes on from the same place with the same identity."""
        twin = LaneDevice(self.lane, 99, self.space)
        twin.device, twin.epoch, twin.last, twin.hash = (
            self.device,
            self.epoch,
            self.last,
            self.hash,
        )
        return twin

    def renumber(self) -> None:
        """Begin a new epoch."""
        self.epoch, self.last, self.hash = Epoch(self._random.randbytes(8)), 0, chain.GENESIS


async def push(store: EventStore, events: Sequence[Event], offset: int = 0) -> Appended:
    """Push events as the person."""
    first = events[0]
    batch = AppendBatch(lane=first.lane, events=events, offset=offset)
    return await store.append(first.space, "person", batch)


async def read_lane(store: EventStore, lane: Lane = CARE) -> list[Row]:
    """Return all rows of a lane."""
    rows: list[Row] = []
    while page := (await store.read_page(SPACE, lane, rows[-1].seq if rows else 0)).rows:
        rows += page
    return rows


async def signed_rows(store: EventStore) -> tuple[list[Row], SignedHead]:
    """Return what a device holds of the lane ``CARE``, and the head that proves it."""
    page = await store.read_page(SPACE, CARE, 0)
    assert page.signed_head is not None
    return list(page.rows), page.signed_head


def offer_of(rows: Sequence[Row], head: SignedHead, after_hash: bytes = chain.GENESIS) -> Offer:
    """Return the offer of held rows."""
    return Offer(
        lane=rows[0].event.lane,
        after=rows[0].seq - 1,
        after_hash=after_hash,
        runs=runs_from_rows(rows),
        signed_head=head,
    )


def hello(rows: Sequence[Row], lane: Lane = CARE) -> LaneHello:
    """Return where a device stands that holds exactly ``rows``."""
    back: list[tuple[int, bytes]] = []
    distance = 1
    while distance < len(rows):
        row = rows[len(rows) - 1 - distance]
        back.append((row.seq, row.lane_hash))
        distance *= 2
    last = rows[-1] if rows else None
    return LaneHello(
        lane=lane,
        cursor=last.seq if last else 0,
        cursor_hash=last.lane_hash if last else chain.GENESIS,
        back=back,
    )
