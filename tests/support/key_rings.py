"""Control events of ``self`` as devices write them, and the ring that they make: no I/O."""

from collections.abc import Iterable, Mapping

import msgspec

from trailmark_adapters.nacl import NaclCipher
from trailmark_shared.events.body import Body, Mac
from trailmark_shared.events.codec import claim_input, control_mac_input, encode_body
from trailmark_shared.events.control import (
    DeviceAdded,
    DeviceRemoved,
    DeviceRenamed,
    LaneEnd,
    Link,
    RecoveryCodeMade,
    VaultKeyWrapped,
    Wrap,
)
from trailmark_shared.events.data import EventData
from trailmark_shared.events.registry import type_of
from trailmark_shared.ids import EventId, KeyId, SpaceId, text_from_id
from trailmark_shared.key_ring import ControlEvent, Holding, KeyRing, fold_key_ring
from trailmark_shared.recovery import holder_of_recovery
from trailmark_shared.sealing import control_tag, link_tag, plant_tag, vault_key_id, wrap_key

CIPHER = NaclCipher()
SPACE = SpaceId(b"s" * 16)


class Holder:
    """A device, or a recovery code: an id and an X25519 key pair."""

    def __init__(self, letter: str) -> None:
        self.id = letter.encode() * 16
        self.text = text_from_id(self.id)
        self.private_key = letter.encode() * 32
        self.public_key = CIPHER.box_public_key(self.private_key)


class Code(Holder):
    """A recovery code: its id is made of its public key."""

    def __init__(self, letter: str) -> None:
        super().__init__(letter)
        self.id = holder_of_recovery(self.public_key)
        self.text = text_from_id(self.id)


class Key(msgspec.Struct, frozen=True):
    """A vault key with the letter of its name."""

    letter: str

    @property
    def id(self) -> KeyId:
        return vault_key_id(self.value)

    @property
    def value(self) -> bytes:
        return self.letter.encode() * 32


class Lane:
    """Control events in lane order."""

    def __init__(self) -> None:
        self.events: list[ControlEvent] = []

    def say(self, data: EventData, mac: Key | None, *, space: SpaceId = SPACE) -> ControlEvent:
        """Append what somebody who holds ``mac`` says."""
        number = len(self.events) + 1
        event_id = EventId(number.to_bytes(16, "big"))
        known = type_of(data)
        body = Body(
            type=known.name,
            ver=known.ver,
            subject=bytes(16),
            occurred_at="2026-09-21T16:13:20+02:00",
            zone="Europe/Berlin",
            day="2026-09-21",
            recorded_at=number,
            data=data,
        )
        if mac is not None:
            tag = control_tag(mac.value, control_mac_input(event_id, space, body))
            body = msgspec.structs.replace(body, mac=Mac(key=mac.id, tag=tag))
        event = ControlEvent(id=event_id, space=space, plain=encode_body(body), body=body)
        self.events.append(event)
        return event

    def add(self, holder: Holder, mac: Key) -> ControlEvent:
        data = DeviceAdded(device=holder.text, name="device", public_key=holder.public_key)
        return self.say(data, mac)

    def rename(self, holder: Holder, name: str, mac: Key) -> ControlEvent:
        return self.say(DeviceRenamed(device=holder.text, name=name), mac)

    def remove(self, holder: Holder, mac: Key) -> ControlEvent:
        return self.say(DeviceRemoved(device=holder.text), mac)

    def make_recovery(self, holder: Holder, mac: Key) -> ControlEvent:
        made = RecoveryCodeMade(recovery=holder.text, public_key=holder.public_key)
        return self.say(made, mac)

    def plant(
        self,
        key: Key,
        mac: Key,
        holders: Iterable[Holder],
        links: Iterable[Key] = (),
        ends: Iterable[LaneEnd] = (),
    ) -> ControlEvent:
        """Say that ``key`` is the newest from here on."""
        return self.say(planted(key, mac, holders, links, ends), mac)

    def pass_on(self, key: Key, mac: Key, holders: Iterable[Holder]) -> ControlEvent:
        """Wrap a key for opening only."""
        return self.say(wrapped(key, holders), mac)

    def ring(
        self, keys: Iterable[Key], holder: Holder | None = None, first: Key | None = None
    ) -> KeyRing:
        """Return what a device sees that holds ``keys`` and reads the lane to its end."""
        held = list(keys)
        private_keys = {} if holder is None else {holder.id: holder.private_key}
        return ring_of(self.events, {each.id: each.value for each in held}, private_keys, first)


def ring_of(
    events: Iterable[ControlEvent],
    keys: Mapping[KeyId, bytes],
    private_keys: Mapping[bytes, bytes],
    first: Key | None = None,
) -> KeyRing:
    holding = Holding(first_key=(first or Key("0")).id, keys=keys, private_keys=private_keys)
    return fold_key_ring(CIPHER, holding, list(events))


def wrapped(key: Key, holders: Iterable[Holder]) -> VaultKeyWrapped:
    """Return the data of an event that wraps ``key`` for opening only."""
    wraps = tuple(
        Wrap(
            under=holder.text,
            public_key=holder.public_key,
            sealed=wrap_key(CIPHER, holder.public_key, b"f" * 32, SPACE, key.id, key.value),
        )
        for holder in holders
    )
    return VaultKeyWrapped(key=key.id.hex(), wraps=wraps)


def planted(
    key: Key,
    under: Key,
    holders: Iterable[Holder],
    links: Iterable[Key] = (),
    ends: Iterable[LaneEnd] = (),
) -> VaultKeyWrapped:
    """Return the data of an event that names ``key`` the newest behind ``under``."""
    proofs = tuple(
        Link(key=old.id.hex(), tag=link_tag(old.value, SPACE, key.id, key.value).hex())
        for old in links
    )
    claim = msgspec.structs.replace(
        wrapped(key, holders), newest=True, links=proofs, ends=tuple(ends)
    )
    return proved(claim, key, under)


def proved(claim: VaultKeyWrapped, key: Key, under: Key) -> VaultKeyWrapped:
    """Return a claim with the proof that its author knows the key and says all of it."""
    proof = plant_tag(key.value, SPACE, under.id, claim_input(claim))
    return msgspec.structs.replace(claim, proof=proof.hex())
