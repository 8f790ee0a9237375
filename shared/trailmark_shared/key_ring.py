"""The key ring: which vault key is the newest, and who holds it, read out of the lane ``self``.

A fold over the control events of ``self`` in lane order, the device's own unconfirmed ones on top.
It is made anew from the beginning whenever the lane changed, so a rewind needs no special care, and
every device that holds the same rows and keys sees the same ring. The rules, each with its reason,
stand in ``docs/decisions/0008-devices-and-keys.md``:

1. An event counts only with a MAC under a vault key that this device holds (it is *proven*). It is
   *in force* if that key is the newest at its place.
2. A proven wrap is opened by whomever it names. The id of a key is made of its value.
3. A key that claims to be the newest becomes it only if its event is in force, this device holds
   the key, and the event proves that its author does too. Its wraps name all who hold it; others
   join by events that are proven with it.
4. A removal is final once it is in force; of a device and of a recovery code alike.
5. A claim in force to a key that this device does not hold is *closed*, and moves nothing.
6. Each newest key *follows* the one of its MAC, and those that it links to. A device seals with no
   key that does not follow, step by step, from the one that it trusts already.
7. Who holds the newest key and is removed on a branch that it does not follow is *disputed*.
   While somebody is, or a closed claim stands, a device seals for nobody whom either leaves out,
   and obeys no order to erase.
8. An order to erase, in whatever lane, counts under the trusted key; under one that it follows only
   as far as the author of the trusted key had read that lane.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from trailmark_shared import limits
from trailmark_shared.errors import EventDataError, SealError
from trailmark_shared.events.body import Body
from trailmark_shared.events.codec import claim_input, control_mac_input
from trailmark_shared.events.control import (
    LINKS_MAX,
    DeviceAdded,
    DeviceRemoved,
    DeviceRenamed,
    LaneEnd,
    Link,
    RecoveryCodeMade,
    VaultKeyWrapped,
)
from trailmark_shared.ids import EventId, KeyId, SpaceId, id_from_text
from trailmark_shared.recovery import holder_of_recovery
from trailmark_shared.sealing import Cipher, is_control_tag, link_tag, plant_tag, unwrap_key


class ControlEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A control event as a lane holds it.

    Attributes:
        id: Id in the envelope.
        space: Space in the envelope.
        plain: The exact bytes of its body.
        body: What they say.
    """

    id: EventId
    space: SpaceId
    plain: bytes
    body: Body


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
        members: Who holds the first key, and each that was named the newest by somebody who knows
            it: holder to public key.
        known: Everybody who ever held the newest key, with the public key said last.
        follows: The keys that such a key follows.
        ends: How far orders count, once such a key is trusted, that are proven with one of these.
        closed: The closed claims, by the key of their MAC.
        given: Which key was wrapped for which holder, as (key, holder).
        removed: Devices and recovery codes whose removal is in force.
        removals: The keys under which somebody's removal was ever proven.
        recovery_codes: Holders that are recovery codes and no devices.
        names: What the person calls devices, as said in force.
        in_force: Events that are in force.
        proven: Events that are proven.
    """

    def __init__(self, holding: Holding) -> None:
        """Begin with the first key, held by nobody who has said so."""
        self.keys = dict(holding.keys)
        self.chain: list[KeyId] = [holding.first_key]
        self.members: dict[KeyId, dict[bytes, bytes]] = {holding.first_key: {}}
        self.known: dict[bytes, bytes] = {}
        self.follows: dict[KeyId, set[KeyId]] = {}
        self.ends: dict[KeyId, tuple[LaneEnd, ...]] = {}
        self.closed: dict[KeyId, list[Closed]] = {}
        self.given: set[tuple[KeyId, bytes]] = set()
        self.removed: set[bytes] = set()
        self.removals: dict[bytes, set[KeyId]] = {}
        self.recovery_codes: set[bytes] = set()
        self.names: dict[bytes, str] = {}
        self.in_force: set[EventId] = set()
        self.proven: set[EventId] = set()

    @property
    def newest(self) -> KeyId:
        """The key with which new entries are to be sealed."""
        return self.chain[-1]

    @property
    def is_left_out(self) -> bool:
        """Whether somebody named a newer key that this device does not hold."""
        return self.newest in self.closed or self.newest not in self.keys

    @property
    def disputed(self) -> frozenset[bytes]:
        """Holders of the newest key who were removed on a branch that it does not follow."""
        return frozenset(
            holder
            for holder in self.holders(self.newest)
            if any(self._is_beside(key) for key in self.removals.get(holder, ()))
        )

    @property
    def is_in_doubt(self) -> bool:
        """Whether it is open for whom this device may seal."""
        return self.is_left_out or bool(self.disputed)

    def holders(self, key: KeyId) -> Mapping[bytes, bytes]:
        """Return who holds a key that was the newest on some branch, with their public keys."""
        return self.members.get(key, {})

    def surely_in(self) -> Mapping[bytes, bytes]:
        """Return the undisputed holders of the newest key whom no closed claim leaves out."""
        disputed = self.disputed
        return {
            holder: public_key
            for holder, public_key in self.holders(self.newest).items()
            if holder not in disputed
            and all(holder in claim.named for claim in self.closed.get(self.newest, ()))
        }

    def rivals(self) -> list[KeyId]:
        """Return the ends of the branches beside the newest key that dispute a holder of it.

        At most ``LINKS_MAX``, in lane order.
        """
        removing = {
            key for holder in self.disputed for key in self.removals[holder] if self._is_beside(key)
        }
        followed = {each for keys in self.follows.values() for each in keys}
        ends = [key for key in self.follows if key not in followed and self._is_beside(key)]
        return [end for end in ends if any(self.leads_to(key, end) for key in removing)][:LINKS_MAX]

    def passed_over(self) -> Mapping[bytes, bytes]:
        """Return who held the newest key once, and lost it on this branch only, unremoved."""
        return {
            holder: self.known[holder]
            for rival in self.rivals()
            for holder in self.holders(rival)
            if holder in self.known
            and holder not in self.removed
            and holder not in self.holders(self.newest)
        }

    def _is_beside(self, key: KeyId) -> bool:
        """Say whether a key was named the newest on a branch that the newest does not follow."""
        return key in self.follows and not self.leads_to(key, self.newest)

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

    def ends_behind(self, key: KeyId, trusted: KeyId) -> tuple[LaneEnd, ...]:
        """Return how far orders count that are proven with a key which was passed.

        Lanes have no common order, and the server's clock is the server's word. So whoever passes
        keys says how far they had read: nobody can add to that. Only the author of the trusted key
        is asked: that of one before it may have been removed since.

        Args:
            key: The key of their MAC.
            trusted: The key that this device trusts.

        Returns:
            Places in lanes; in each, orders up to the farthest one that is held as it says.
        """
        is_passed = key != trusted and self.leads_to(key, trusted)
        return self.ends.get(trusted, ()) if is_passed else ()


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
            case DeviceAdded(device=device, public_key=public_key, name=name):
                self._join(mac.key, id_from_text(device), public_key, is_in_force=is_in_force)
                self._call(id_from_text(device), name, is_in_force=is_in_force)
            case DeviceRenamed(device=device, name=name):
                self._call(id_from_text(device), name, is_in_force=is_in_force)
            case RecoveryCodeMade(recovery=recovery, public_key=public_key):
                code = id_from_text(recovery)
                self._make_code(mac.key, code, public_key, is_in_force=is_in_force)
            case DeviceRemoved(device=device):
                self._remove(mac.key, id_from_text(device), is_in_force=is_in_force)
            case VaultKeyWrapped() as data:
                self._open(event.space, data, is_in_force=is_in_force)
                if data.newest:
                    self._plant(event, mac.key, data)
            case _:
                pass

    def _join(self, key: KeyId, holder: bytes, public_key: bytes, *, is_in_force: bool) -> None:
        ring, members = self.ring, self.ring.members.get(key)
        is_passed = key in ring.chain and not is_in_force
        if members is None or is_passed or holder in ring.removed:
            return
        if self._is_theirs(holder, public_key):
            members[holder] = public_key
            if is_in_force:
                ring.known[holder] = public_key

    def _call(self, device: bytes, name: str, *, is_in_force: bool) -> None:
        if is_in_force:
            self.ring.names[device] = name

    def _make_code(self, key: KeyId, code: bytes, public_key: bytes, *, is_in_force: bool) -> None:
        # Else a device could be called a code, and go when the person replaces theirs.
        if code == holder_of_recovery(public_key):
            self._join(key, code, public_key, is_in_force=is_in_force)
            self.ring.recovery_codes.add(code)

    def _is_theirs(self, holder: bytes, public_key: bytes) -> bool:
        """Say whether a holder may be wrapped for with this key: it never gets another one."""
        return self.ring.known.get(holder, public_key) == public_key

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
        holders = {
            holder: wrap.public_key
            for wrap in data.wraps
            if self._is_theirs(holder := id_from_text(wrap.under), wrap.public_key)
        }
        key = ring.keys.get(key_id)
        if key is None:
            before = frozenset(ring.holders(under))
            claim = Closed(named=frozenset(holders), before=before)
            ring.closed.setdefault(under, []).append(claim)
            return
        proof = plant_tag(key, event.space, under, claim_input(event.plain))
        is_old = key_id in ring.members or ring.leads_to(key_id, under)
        if is_old or data.proof != proof.hex():
            # A key is the newest once, and follows none that follows it: branches have ends.
            return
        ring.members[key_id] = holders
        ring.follows[key_id] = {under, *self._linked(event.space, key_id, key, data.links)}
        ring.ends[key_id] = data.ends
        if under == ring.newest:
            ring.known |= holders
            ring.chain.append(key_id)

    def _linked(
        self, space: SpaceId, key_id: KeyId, key: bytes, links: Iterable[Link]
    ) -> list[KeyId]:
        """The keys that it proves to follow, and that do not follow it."""
        said = {KeyId(bytes.fromhex(link.key)): link.tag for link in links}
        return [
            old_id
            for old_id, tag in said.items()
            if (old := self.ring.keys.get(old_id)) is not None
            and not self.ring.leads_to(key_id, old_id)
            and tag == link_tag(old, space, key_id, key).hex()
        ]
