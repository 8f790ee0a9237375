"""The key ring: which vault key is the newest, and who holds it, read out of the lane ``self``.

A fold over the control events of ``self`` in lane order, the device's own unconfirmed ones on top.
It is made anew from the beginning whenever the lane changed, so a rewind needs no special care, and
every device that holds the same rows and keys sees the same ring. Rules:

1. An event counts only with a MAC under a vault key that this device holds (it is *proven*). It is
   *in force* if that key is the newest at its place; whoever was left out when a newer key came
   can still prove events, and none of them is in force any more.
2. A proven wrap is opened by whomever it names: the key opens entries from then on. The id of a key
   is made of its value, so a box with another one is no wrap of it.
3. A key that claims to be the newest becomes it only if its event is in force, this device holds
   the key, and the event proves that its author does too. Its wraps name all who hold it; others
   join by events that are proven with it.
4. A claim in force to a key that this device does not hold is *closed*. It moves nothing: the
   device was left out for a reason that it cannot know, or somebody plants a key for themselves.
   Until a key that it holds follows, it seals for nobody whom a closed claim leaves out.
5. Each newest key *follows* the one of its MAC, and those that it links to. A device never seals
   with a key that does not follow, step by step, from the one that it trusts already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from trailmark_shared import limits
from trailmark_shared.errors import EventDataError, SealError
from trailmark_shared.events.body import Body
from trailmark_shared.events.codec import control_mac_input
from trailmark_shared.events.control import (
    DeviceAdded,
    DeviceRemoved,
    Link,
    RecoveryCodeMade,
    VaultKeyWrapped,
)
from trailmark_shared.ids import EventId, KeyId, SpaceId, id_from_text
from trailmark_shared.sealing import Cipher, is_control_tag, link_tag, plant_tag, unwrap_key


class ControlEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A control event as a lane holds it.

    Attributes:
        id: Id in the envelope.
        space: Space in the envelope.
        plain: The exact bytes of its body.
        body: What they say.
        received_at: When its row came, by the server's clock; ``None`` while it has none.
    """

    id: EventId
    space: SpaceId
    plain: bytes
    body: Body
    received_at: int | None = None


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """What a device reads a lane with.

    Attributes:
        first_key: The vault key with which the space began.
        keys: The vault keys that it holds already.
        private_keys: Its X25519 private keys, by the id of the holder that each belongs to.
    """

    first_key: KeyId
    keys: Mapping[KeyId, bytes]
    private_keys: Mapping[bytes, bytes]


class Closed(msgspec.Struct, frozen=True, kw_only=True):
    """A claim to be the newest key by one that this device does not hold.

    Attributes:
        named: Whom its wraps name.
        before: Who held the key of its MAC when it came.
    """

    named: frozenset[bytes]
    before: frozenset[bytes]


class KeyRing:
    """What the control events of a lane say about keys.

    Attributes:
        keys: Vault keys that are held, those opened on the way included.
        chain: Keys that were the newest, in order; the last one is.
        superseded_at: When each but the last of them stopped to be, by the server's clock.
        members: Who holds the first key, and each that was named the newest by somebody who knows
            it: holder to public key.
        follows: The keys that such a key follows.
        closed: The closed claims, by the key of their MAC.
        given: Which key was wrapped for which holder, as (key, holder).
        removed: Devices whose removal is in force.
        removals: The keys under which a device's removal was ever proven.
        recoveries: Recovery codes whose making is in force, in order; the last one counts.
        recovery_codes: Holders that are recovery codes and no devices.
        in_force: Events that are in force.
        proven: Events that are proven.
    """

    def __init__(self, holding: Holding) -> None:
        """Begin with the first key, held by nobody who has said so."""
        self.keys = dict(holding.keys)
        self.chain: list[KeyId] = [holding.first_key]
        self.superseded_at: dict[KeyId, int | None] = {}
        self.members: dict[KeyId, dict[bytes, bytes]] = {holding.first_key: {}}
        self.follows: dict[KeyId, set[KeyId]] = {}
        self.closed: dict[KeyId, list[Closed]] = {}
        self.given: set[tuple[KeyId, bytes]] = set()
        self.removed: set[bytes] = set()
        self.removals: dict[bytes, set[KeyId]] = {}
        self.recoveries: list[bytes] = []
        self.recovery_codes: set[bytes] = set()
        self.in_force: set[EventId] = set()
        self.proven: set[EventId] = set()

    @property
    def newest(self) -> KeyId:
        """The key with which new entries are to be sealed."""
        return self.chain[-1]

    @property
    def recovery(self) -> bytes | None:
        """The recovery code made last, by its holder's id."""
        return self.recoveries[-1] if self.recoveries else None

    @property
    def is_left_out(self) -> bool:
        """Whether somebody named a newer key that this device does not hold."""
        return self.newest in self.closed or self.newest not in self.keys

    def holders(self, key: KeyId) -> Mapping[bytes, bytes]:
        """Return who holds a key that was the newest on some branch, with their public keys."""
        return self.members.get(key, {})

    def surely_in(self) -> Mapping[bytes, bytes]:
        """Return the holders of the newest key whom no closed claim leaves out."""
        return {
            holder: public_key
            for holder, public_key in self.holders(self.newest).items()
            if all(holder in claim.named for claim in self.closed.get(self.newest, ()))
        }

    def may_begin_anew(self, device: bytes) -> bool:
        """Say whether a device that is left out may name a newest key beside the closed claims.

        Only one that held the key before they came: whoever changes keys honestly wraps for all
        holders that it knows of. A device that came later does not know who was removed meanwhile.

        Args:
            device: Its id.

        Returns:
            Whether it held the newest key before each closed claim.
        """
        return self.newest in self.keys and all(
            device in claim.before for claim in self.closed.get(self.newest, ())
        )

    def leads_to(self, trusted: KeyId, key: KeyId) -> bool:
        """Say whether ``key`` follows ``trusted``, in however many steps."""
        seen: set[KeyId] = set()
        waiting = [key]
        while waiting:
            at = waiting.pop()
            if at == trusted:
                return True
            if at not in seen:
                seen.add(at)
                waiting += self.follows.get(at, ())
        return False

    def may_order(self, key: KeyId, received_at: int) -> bool:
        """Say whether an event of another lane, proven with ``key``, is in force there.

        Lanes have no common order, so the server's clock stands in for it.

        Args:
            key: The key of its MAC.
            received_at: When its row came, milliseconds UTC.

        Returns:
            Whether the key was the newest then.
        """
        ended_at = self.superseded_at.get(key)
        return key in self.chain and (ended_at is None or received_at <= ended_at)


def fold_key_ring(cipher: Cipher, holding: Holding, events: Sequence[ControlEvent]) -> KeyRing:
    """Return the ring that ``events`` make.

    A key may be opened by a later event than those that it proves, so the lane is read again for
    as long as that gives new keys.

    Args:
        cipher: The cipher port.
        holding: What the device has already.
        events: Control events of ``self`` in lane order, each id once.
    """
    while True:
        reading = _Reading(cipher, holding)
        for event in events:
            reading.take(event)
        if len(reading.ring.keys) == len(holding.keys):
            return reading.ring
        holding = msgspec.structs.replace(holding, keys=reading.ring.keys)


def is_proven(key: bytes | None, event: ControlEvent) -> bool:
    """Say whether a control event carries a MAC under the vault key that it names.

    Args:
        key: That vault key, or ``None`` where it is not held.
        event: The event.

    Returns:
        Whether somebody who holds the key wrote it, for this space and under this id.
    """
    mac = event.body.mac
    if mac is None or key is None:
        return False
    try:
        mac_input = control_mac_input(event.id, event.space, event.plain)
    except EventDataError:
        return False
    return is_control_tag(key, mac_input, mac.tag)


class _Reading:
    """One pass over the events."""

    def __init__(self, cipher: Cipher, holding: Holding) -> None:
        self.ring = KeyRing(holding)
        self._cipher = cipher
        self._private_keys = holding.private_keys

    def take(self, event: ControlEvent) -> None:
        """Take the next event of the lane."""
        ring, mac = self.ring, event.body.mac
        if mac is None or not is_proven(ring.keys.get(mac.key), event):
            return
        ring.proven.add(event.id)
        is_in_force = mac.key == ring.newest
        if is_in_force:
            ring.in_force.add(event.id)
        match event.body.data:
            case DeviceAdded(device=device, public_key=public_key):
                self._join(mac.key, id_from_text(device), public_key)
            case RecoveryCodeMade(recovery=recovery, public_key=public_key):
                self._join(mac.key, id_from_text(recovery), public_key)
                ring.recovery_codes.add(id_from_text(recovery))
                if is_in_force:
                    ring.recoveries.append(id_from_text(recovery))
            case DeviceRemoved(device=device):
                self._remove(mac.key, id_from_text(device), is_in_force=is_in_force)
            case VaultKeyWrapped() as data:
                self._open(event.space, data, is_in_force=is_in_force)
                if data.newest:
                    self._plant(event, mac.key, data)
            case _:
                pass

    def _join(self, key: KeyId, holder: bytes, public_key: bytes) -> None:
        members = self.ring.members.get(key)
        if members is not None and holder not in self.ring.removed:
            members[holder] = public_key

    def _remove(self, key: KeyId, device: bytes, *, is_in_force: bool) -> None:
        self.ring.removals.setdefault(device, set()).add(key)
        if is_in_force:
            self.ring.removed.add(device)
            self.ring.members[key].pop(device, None)

    def _open(self, space: SpaceId, data: VaultKeyWrapped, *, is_in_force: bool) -> None:
        ring, key_id = self.ring, KeyId(bytes.fromhex(data.key))
        # Who was left out could hand out keys for ever: room stays for those that count.
        may_take = is_in_force or len(ring.keys) < limits.VAULT_KEYS_MAX // 2
        for wrap in data.wraps:
            holder = id_from_text(wrap.under)
            ring.given.add((key_id, holder))
            private_key = self._private_keys.get(holder)
            if private_key is None or key_id in ring.keys or not may_take:
                continue
            try:
                opened = unwrap_key(self._cipher, private_key, space, key_id, wrap.sealed)
            except SealError:
                continue
            ring.keys[key_id] = opened

    def _plant(self, event: ControlEvent, under: KeyId, data: VaultKeyWrapped) -> None:
        ring, key_id = self.ring, KeyId(bytes.fromhex(data.key))
        holders = {id_from_text(wrap.under): wrap.public_key for wrap in data.wraps}
        key = ring.keys.get(key_id)
        if key is None:
            before = frozenset(ring.holders(under))
            claim = Closed(named=frozenset(holders), before=before)
            ring.closed.setdefault(under, []).append(claim)
            return
        named = [(id_from_text(wrap.under), wrap.public_key) for wrap in data.wraps]
        if key_id in ring.members or data.proof != plant_tag(key, event.space, under, named).hex():
            # A key is the newest once: an old one does not come back.
            return
        ring.members[key_id] = holders
        ring.follows[key_id] = {under, *self._linked(event.space, key_id, key, data.links)}
        if under == ring.newest:
            ring.superseded_at[under] = event.received_at
            ring.chain.append(key_id)

    def _linked(
        self, space: SpaceId, key_id: KeyId, key: bytes, links: Iterable[Link]
    ) -> list[KeyId]:
        """The older keys that it proves to follow."""
        linked: list[KeyId] = []
        for link in links:
            old_id = KeyId(bytes.fromhex(link.key))
            old = self.ring.keys.get(old_id)
            if old is not None and link.tag == link_tag(old, space, key_id, key).hex():
                linked.append(old_id)
        return linked
