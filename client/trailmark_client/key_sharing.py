"""Who holds the person's vault keys: letting holders in, changing keys, and seeing it through.

Everything is said by control events in ``self``; ``trailmark_shared.key_ring`` says which count.
Two devices may speak at once, a server may come back from a backup, a process may die in the
middle: so every device looks at the ring whenever it has read the lane to its end (``tend``), and
says again what is not in force. Nothing is made twice by that: a key is written into the identity
file before the event that hands it out, and is used once that event stands in the store.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, NoReturn

import msgspec

from trailmark_adapters.clock import Clock
from trailmark_adapters.randomness import Randomness
from trailmark_adapters.sqlite import Connection
from trailmark_client.holders import LetIn, is_over, keep_let_in, let_in_here
from trailmark_client.identity import Identity
from trailmark_client.key_events import KeyEvents
from trailmark_client.recorder import Recorder
from trailmark_client.storage.control import obey, orders_to_repeat
from trailmark_client.storage.key_ring import has_sealed, key_ring, take_keys
from trailmark_client.storage.settings import drop_setting, set_setting, setting
from trailmark_client.storage.vault import Vault
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, LimitExceededError
from trailmark_shared.events.control import DeviceAdded, SubjectErased
from trailmark_shared.ids import KeyId, Lane, text_from_id
from trailmark_shared.key_ring import KeyRing
from trailmark_shared.words import gettext

_UNREAD: Final = "joined_and_not_read"
_HANDED: Final = "holders_handed_over"


class KeySharing:
    """Says what this device has to say about keys, within the caller's transaction."""

    def __init__(self, vault: Vault, clock: Clock, randomness: Randomness) -> None:
        """Take the keys, time for events, and chance for new keys."""
        self._events = KeyEvents(vault, Recorder(vault, clock, randomness), randomness)
        self._vault = vault

    @property
    def _identity(self) -> Identity:
        return self._vault.identity_file.current

    def ring(self, conn: Connection) -> KeyRing:
        """Return the key ring, its keys kept; a write transaction.

        Call it once more after a change of keys was committed: only then is the new key used.
        """
        ring = key_ring(conn, self._vault)
        take_keys(conn, self._vault, ring)
        return ring

    # --- what the person asks for ----------------------------------------------------------------

    def let_in(self, conn: Connection, holder: LetIn) -> None:
        """Let a holder in: it is handed all keys by the caller, and every later one by all devices.

        Args:
            conn: The store, inside a write transaction.
            holder: Whom.

        Raises:
            DomainError: ``missing_key``: this device lacks the newest key.
        """
        ring = self._speaking_ring(conn)
        self._announce(conn, ring)
        if ring.holders(ring.newest).get(holder.id) != holder.public_key:
            self._events.say(conn, holder.id, holder.said())
        others = [each for each in let_in_here(conn) if each.id != holder.id]
        keep_let_in(conn, [*others, holder])

    def require_newest_key(self, conn: Connection) -> None:
        """Refuse where this device's word about keys would not be in force.

        Raises:
            DomainError: ``missing_key``: this device lacks the newest key.
        """
        self._speaking_ring(conn)

    def change_keys(
        self,
        conn: Connection,
        *,
        without: Collection[bytes] = (),
        codes: Collection[bytes] = (),
        keeps_disputed: bool = False,
    ) -> None:
        """Let a fresh vault key seal from now on, for all holders but those that go.

        Args:
            conn: The store, inside a write transaction; call ``ring`` in one that follows it.
            without: Devices or recovery codes that do not get it.
            codes: Which of them are recovery codes, where the lane does not say so yet.
            keeps_disputed: The person says that whoever is disputed, and does not go, stays.

        Raises:
            DomainError: ``missing_key``: this device lacks the newest key; ``keys_disputed``:
                the person did not say yet what becomes of those that another device removed.
            LimitExceededError: ``VAULT_KEYS_MAX``: this device holds too many already.
        """
        ring = self._speaking_ring(conn, begins_anew=True)
        if not keeps_disputed and not ring.disputed <= set(without):
            _refuse_disputed()
        if len(self._identity.vault_keys) >= limits.VAULT_KEYS_MAX:
            count = len(self._identity.vault_keys)
            raise LimitExceededError("VAULT_KEYS_MAX", count + 1, limits.VAULT_KEYS_MAX)
        rivals, passed_over = ring.rivals(), ring.passed_over()
        holders = {
            holder: key
            for holder, key in {**passed_over, **ring.holders(ring.newest)}.items()
            if holder not in without
        }
        planted = self._events.plant(conn, ring.newest, holders, rivals)
        ring.recovery_codes.update(codes)
        self._events.remove(conn, without, ring.recovery_codes, planted)
        if rivals:
            self._catch_up(conn, ring, rivals, {each: holders[each] for each in passed_over})
        keep_let_in(conn, [each for each in let_in_here(conn) if each.id not in without])

    def begin_in_space(self, conn: Connection, holders: Mapping[bytes, bytes]) -> None:
        """Hand the keys that this device brings into a space to those who hold its newest one.

        Before anything that they seal goes out: a device may be lost at any moment. Until the lane
        was read, this device knows too little to change keys itself.

        Args:
            conn: The store, inside a write transaction; the identity is that of the space.
            holders: Their X25519 public keys.
        """
        set_setting(conn, _UNREAD, "1")
        set_setting(conn, _HANDED, msgspec.json.encode(list(holders.items())).decode())
        others = {each: key for each, key in holders.items() if each != self._identity.device}
        for key_id in self._identity.brought_keys if others else ():
            self._events.wrap(conn, key_id, {**others, **self._events.myself()})

    def _speaking_ring(self, conn: Connection, *, begins_anew: bool = False) -> KeyRing:
        """Return the ring, if this device's word can be in force, or may begin a branch."""
        ring = self.ring(conn)
        # A store that was put back from a backup knows less of holders than its identity file.
        is_behind = self._identity.trusted_key not in ring.members
        if setting(conn, _UNREAD) is not None or is_behind:
            raise DomainError(
                ErrorCode.MISSING_KEY,
                gettext(
                    "this device has not read yet what your other devices say: trailmark sync first"
                ),
            )
        if ring.is_left_out and not ring.may_begin_anew(self._identity.device):
            raise DomainError(
                ErrorCode.MISSING_KEY,
                gettext(
                    "the keys were changed on another device and this one does not have the new "
                    "key yet; trailmark sync on both, or let this device in again from the other "
                    "one"
                ),
            )
        if ring.is_left_out and not begins_anew:
            raise DomainError(
                ErrorCode.MISSING_KEY,
                gettext(
                    "one of your devices changed the keys without this one; if that was not you, "
                    "remove it with trailmark device remove; else trailmark device rotate-keys "
                    "first"
                ),
            )
        if not ring.leads_to(self._identity.trusted_key, ring.newest):
            self._meet(conn, ring)
            ring = self.ring(conn)
        if ring.disputed and not begins_anew:
            _refuse_disputed()
        return ring

    # --- seeing it through -----------------------------------------------------------------------

    def tend(self, conn: Connection) -> bool:
        """Say what is still to be said about keys; the lane must have been read to its end.

        Args:
            conn: The store, inside a write transaction; call ``ring`` in one that follows it where
                something was written.

        Returns:
            Whether something was written.
        """
        before = _last_position(conn)
        if setting(conn, _UNREAD) is not None:
            drop_setting(conn, _UNREAD)
        ring = self.ring(conn)
        obey(conn, self._vault, ring)
        if _is_alone(ring, self._identity):
            return False
        has_parted = not ring.leads_to(self._identity.trusted_key, ring.newest)
        if has_parted and not ring.is_left_out:
            self._meet(conn, ring)
        elif ring.is_in_doubt:
            self._seal_apart(conn, ring)
        else:
            self._say_again(conn, ring)
            self._pass_on(conn, ring)
            self._erase_again(conn, ring)
        return _last_position(conn) != before

    def _seal_apart(self, conn: Connection, ring: KeyRing) -> None:
        """Make a key of one's own where the newest was not wrapped for this device.

        Who was left out with a good reason still holds the older keys: nothing new is to be sealed
        with them.
        """
        identity = self._identity
        if not ring.leads_to(identity.trusted_key, ring.newest):
            return
        own = identity.own_key
        if own is None:
            own = self._events.new_key().id
            self._vault.identity_file.update(
                lambda current: msgspec.structs.replace(
                    current, own_key=own, brought_keys=(*current.brought_keys, own)
                )
            )
        if not any(key_id == own for key_id, _ in ring.given):
            self._events.wrap(conn, own, {**ring.surely_in(), **self._events.myself()})

    def _meet(self, conn: Connection, ring: KeyRing) -> None:
        """Plant a key that follows both what this device trusts and what the lane says.

        They part where two devices changed keys at once, where a server came back from a backup,
        and where somebody who was removed got in between. This device's holders get the key: it
        knows why it trusts them, and nothing of those that came by the other branch.
        """
        trusted = self._identity.trusted_key
        # The word that names the trusted key may still be on its way from who let this one in.
        holders = ring.holders(trusted) or {**_handed(conn), **ring.holders(ring.newest)}
        staying = {holder: key for holder, key in holders.items() if holder not in ring.removed}
        gone = [
            holder
            for holder, said_with in ring.removals.items()
            if holder in ring.holders(ring.newest)
            and holder not in staying
            and any(ring.leads_to(trusted, key) for key in said_with)
        ]
        planted = self._events.plant(conn, ring.newest, staying, [trusted])
        self._events.remove(conn, gone, ring.recovery_codes, planted)

    def _catch_up(
        self,
        conn: Connection,
        ring: KeyRing,
        rivals: Collection[KeyId],
        holders: Mapping[bytes, bytes],
    ) -> None:
        """Hand the keys of this device's branch to those who were on another one."""
        for key_id in ring.chain:
            is_common = any(ring.leads_to(key_id, rival) for rival in rivals)
            if not is_common and holders and self._identity.vault_key(key_id) is not None:
                for rival in rivals:
                    self._events.wrap(conn, key_id, holders, proof=rival)

    def _say_again(self, conn: Connection, ring: KeyRing) -> None:
        """Let in again who was let in while somebody else changed the keys; this device too."""
        self._announce(conn, ring)
        for holder in let_in_here(conn):
            is_known = holder.id in ring.holders(ring.newest)
            if is_known or is_over(ring, self._identity.trusted_key, holder):
                continue
            self._events.say(conn, holder.id, holder.said())
            # Proven with a key that the holder has: it cannot check what the new ones prove.
            known = [key_id for key_id in ring.chain if key_id in holder.given]
            for key in self._identity.vault_keys:
                if key.id not in holder.given and (key.id, holder.id) not in ring.given:
                    to = {holder.id: holder.public_key}
                    self._events.wrap(conn, key.id, to, proof=known[-1] if known else None)

    def _announce(self, conn: Connection, ring: KeyRing) -> None:
        identity = self._identity
        device = identity.device
        if device in ring.removed:
            return
        if device in ring.holders(ring.newest):
            if identity.recovery_key is not None:
                self._vault.identity_file.update(
                    lambda current: msgspec.structs.replace(current, recovery_key=None)
                )
            return
        public_key = self._events.myself()[device]
        added = DeviceAdded(
            device=text_from_id(device), name=identity.device_name, public_key=public_key
        )
        self._events.say(conn, device, added)

    def _pass_on(self, conn: Connection, ring: KeyRing) -> None:
        """Hand keys that are of use to whoever holds the newest and does not have them.

        Those that this device brought; those of a branch that the others were not on, and whom
        they let in since; those whose wraps were lost with a store that was put back.
        """
        identity = self._identity
        handed = {
            (key_id, holder.id) for holder in let_in_here(conn) for key_id in holder.given
        } | ring.given
        for key_id in (each.id for each in identity.vault_keys if each.id != identity.first_key):
            lacking = {
                holder: public_key
                for holder, public_key in ring.holders(ring.newest).items()
                if holder != identity.device and (key_id, holder) not in handed
            }
            if lacking and self._is_of_use(conn, ring, key_id):
                self._events.wrap(conn, key_id, {**lacking, **self._events.myself()})

    def _is_of_use(self, conn: Connection, ring: KeyRing, key_id: KeyId) -> bool:
        # Something may be sealed or proven with these; whoever hands out others, to fill devices
        # with keys, is not helped.
        is_named = key_id in ring.members or key_id in self._identity.brought_keys
        return is_named or has_sealed(conn, key_id)

    def _erase_again(self, conn: Connection, ring: KeyRing) -> None:
        """Order erasures again that this device ordered and that others need not obey any more."""
        for row, body in orders_to_repeat(conn, self._vault, ring):
            if isinstance(body.data, SubjectErased):
                self._events.say(conn, body.subject, body.data, Lane(row.event.lane))


def _is_alone(ring: KeyRing, identity: Identity) -> bool:
    """Say whether nobody but this device ever held keys: there is nobody to tell anything."""
    return len(ring.chain) == 1 and not ring.holders(ring.newest) and not identity.brought_keys


def _handed(conn: Connection) -> dict[bytes, bytes]:
    """Return who held the newest key when this device was let in, with their public keys."""
    kept = setting(conn, _HANDED)
    return dict(msgspec.json.decode(kept or "[]", type=list[tuple[bytes, bytes]]))


def _refuse_disputed() -> NoReturn:
    raise DomainError(
        ErrorCode.KEYS_DISPUTED,
        gettext(
            "another device of yours removed one that this device still trusts; say on "
            "this device who stays: trailmark device rotate-keys"
        ),
    )


def _last_position(conn: Connection) -> int:
    (last,) = conn.execute("SELECT coalesce(max(pos), 0) FROM event").fetchone()
    return last
