"""A person who shares a lane, written into the server's real store at any time a test likes.

``Writer`` notes what happened in any order; ``deliver`` brings it to the store in the order of
arrival, with the clock set to each arrival, as a phone and a laptop that was offline would.
"""

from collections.abc import Sequence
from typing import Required, TypedDict, Unpack

import msgspec

from tests.support.fakes import FakeClock
from trailmark_adapters.clock import local_time
from trailmark_server.storage.ports import EventStore
from trailmark_shared import chain, ids
from trailmark_shared.domain.consent import (
    CONSENT_ACTIONS,
    CONSENT_CLASSES,
    CONSENT_VERSION,
    SUPPORTER_VERSION,
    consent_sha256,
    supporter_sha256,
)
from trailmark_shared.events.access import AccessGranted, AccessRevoked, ConsentText
from trailmark_shared.events.body import Body, Reason
from trailmark_shared.events.codec import encode_body
from trailmark_shared.events.data import EventData
from trailmark_shared.events.envelope import Event, write_event
from trailmark_shared.events.registry import type_of
from trailmark_shared.ids import DeviceId, Epoch, EventId, SpaceId
from trailmark_shared.protocol.effects import AppendBatch

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


class Options(TypedDict, total=False):
    """What an event says besides its data; ``late_ms`` is how long it waited on the laptop."""

    at: Required[int]
    late_ms: int
    reason: Reason
    base: Sequence[bytes]
    cause: bytes


class Noted(msgspec.Struct, frozen=True):
    """An event on its way: when it arrives, from which device, its id and body."""

    arrival: int
    device: DeviceId
    id: EventId
    body: bytes


class Writer:
    """A person who shares one lane.

    Attributes:
        space: Whose it is.
        lane: The lane that is written into.
    """

    def __init__(self, number: int, zone: str = "Europe/Berlin") -> None:
        self.space = SpaceId(bytes([number]) * 16)
        self.lane = ids.care_lane(bytes([number + 1]) * 16)
        self._zone = zone
        self._count = 0
        self._number = number
        self._noted: list[Noted] = []
        self._chains: dict[tuple[str, DeviceId], list[Event]] = {}

    def new_id(self) -> bytes:
        """Return an id that nobody has."""
        self._count += 1
        return bytes([self._number]) + self._count.to_bytes(15, "big")

    def write(self, subject: bytes, data: EventData, **options: Unpack[Options]) -> EventId:
        """Note something that happened at ``at`` (ms); return the id of its event."""
        at, late = options["at"], options.get("late_ms", 0)
        local = local_time(at, self._zone)
        known = type_of(data)
        body = Body(
            type=known.name,
            ver=known.ver,
            subject=subject,
            occurred_at=local.isoformat(timespec="seconds"),
            zone=self._zone,
            day=local.date().isoformat(),
            recorded_at=at,
            reason=options.get("reason") or _reason(needed=known.reason_required),
            base=tuple(options.get("base", ())),
            cause=options.get("cause"),
            data=data,
        )
        return self.write_body(body, late)

    def write_body(self, body: Body, late_ms: int = 0) -> EventId:
        """Note what a body says as it stands; return the id of its event."""
        event = EventId(self.new_id())
        device = DeviceId(bytes([self._number, 1 if late_ms else 0]) * 8)
        self._noted.append(Noted(body.recorded_at + late_ms, device, event, encode_body(body)))
        return event

    def let_in(
        self,
        member: bytes,
        name: str,
        at: int,
        *,
        until: str | None = None,
        actions: tuple[str, ...] | None = CONSENT_ACTIONS,
        replaces: bytes | None = None,
    ) -> bytes:
        """Grant a member the lane with all that can be allowed; return the grant's id."""
        grant = self.new_id()
        data = AccessGranted(
            member=ids.text_from_id(member),
            name=name,
            role="therapist",
            classes=CONSENT_CLASSES,
            until=until,
            actions=actions,
            replaces=None if replaces is None else ids.text_from_id(replaces),
            consent=ConsentText(version=CONSENT_VERSION, sha256=consent_sha256()),
        )
        self.write(grant, data, at=at)
        return grant

    def let_supporter_in(
        self, member: bytes, name: str, at: int, *, until: str | None = None
    ) -> bytes:
        """Turn to a supporter's lane and grant it to them; return the grant's id."""
        self.lane = ids.circle_lane(member)
        grant = self.new_id()
        data = AccessGranted(
            member=ids.text_from_id(member),
            name=name,
            role="supporter",
            classes=(),
            until=until,
            consent=ConsentText(version=SUPPORTER_VERSION, sha256=supporter_sha256()),
        )
        self.write(grant, data, at=at)
        return grant

    def stop_sharing(self, grant: bytes, at: int) -> None:
        """Revoke a grant."""
        self.write(grant, AccessRevoked(), at=at)

    async def deliver(self, store: EventStore, clock: FakeClock) -> None:
        """Bring what was noted to the store, the clock set to each arrival."""
        noted = sorted(self._noted, key=lambda each: each.arrival)
        self._noted = []
        for each in noted:
            clock.ms = each.arrival
            batch = AppendBatch(lane=self.lane, events=[self._event(each)], offset=0)
            appended = await store.append(self.space, "person", batch)
            assert not appended.refused, appended
            assert appended.gap is None, appended

    def _event(self, noted: Noted) -> Event:
        own = self._chains.setdefault((self.lane, noted.device), [])
        event = write_event(
            event_id=noted.id,
            space=self.space,
            lane=self.lane,
            device=noted.device,
            epoch=Epoch(bytes(8)),
            dseq=len(own) + 1,
            key=ids.PLAIN,
            prev=own[-1].hash if own else chain.GENESIS,
            salt=bytes(16),
            body=noted.body,
        )
        own.append(event)
        return event


def _reason(*, needed: bool) -> Reason | None:
    return Reason(code="new-insight") if needed else None
