"""What a device says about keys in ``self``: who holds them, who does not any more, new ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from trailmark_adapters.randomness import Randomness
from trailmark_adapters.sqlite import Connection
from trailmark_client.identity import Identity, VaultKey, new_vault_key
from trailmark_client.recorder import Recorder
from trailmark_client.storage.control import ends_of_lanes
from trailmark_client.storage.vault import Vault
from trailmark_shared.events.codec import claim_input
from trailmark_shared.events.control import LINKS_MAX, DeviceRemoved, Link, VaultKeyWrapped, Wrap
from trailmark_shared.events.data import EventData
from trailmark_shared.ids import SELF, KeyId, Lane, text_from_id
from trailmark_shared.sealing import BOX_KEY_BYTES, link_tag, plant_tag, wrap_key


class KeyEvents:
    """Writes them, within the caller's transaction."""

    def __init__(self, vault: Vault, recorder: Recorder, randomness: Randomness) -> None:
        """Take the keys, the way to record, and chance for new keys."""
        self._vault = vault
        self._recorder = recorder
        self._randomness = randomness

    @property
    def _identity(self) -> Identity:
        return self._vault.identity_file.current

    def say(self, conn: Connection, subject: bytes, data: EventData, lane: Lane = SELF) -> None:
        """Say it with the key that the others know."""
        self._recorder.record(conn, lane, subject, data)

    def remove(
        self,
        conn: Connection,
        gone: Collection[bytes],
        codes: Collection[bytes],
        planted: KeyId,
    ) -> None:
        """Say under a new key who does not hold it: devices, and which of them are codes."""
        for holder in gone:
            removed = DeviceRemoved(device=text_from_id(holder), is_code=holder in codes)
            self._recorder.record(conn, SELF, holder, removed, proof=planted)

    def plant(
        self,
        conn: Connection,
        newest: KeyId,
        holders: Mapping[bytes, bytes],
        rivals: Collection[KeyId] = (),
    ) -> KeyId:
        """Let a fresh key follow the newest one, and rivals of it.

        It is said once under each of them: whoever was on one branch only can check that.

        Args:
            conn: The store, inside a write transaction.
            newest: The newest key of the lane.
            holders: Who gets the fresh one besides this device, with their X25519 public keys.
            rivals: Ends of other branches.

        Returns:
            Id of the fresh key.
        """
        identity = self._identity
        fresh = self.new_key()
        followed = list(dict.fromkeys((newest, identity.trusted_key, *rivals)))
        said = VaultKeyWrapped(
            key=fresh.id.hex(),
            wraps=self._wraps(fresh.id, {**holders, **self.myself()}),
            newest=True,
            ends=ends_of_lanes(conn),
        )
        for under in (newest, *rivals):
            links = tuple(self._link(old, fresh) for old in followed if old != under)
            data = msgspec.structs.replace(said, links=links[:LINKS_MAX])
            proof = plant_tag(fresh.key, identity.space, under, claim_input(data))
            data = msgspec.structs.replace(data, proof=proof.hex())
            self._recorder.record(conn, SELF, identity.device, data, proof=under)
        return fresh.id

    def _link(self, old: KeyId, fresh: VaultKey) -> Link:
        key = self._identity.vault_key(old)
        assert key is not None, "a device links to keys that it holds"
        tag = link_tag(key, self._identity.space, fresh.id, fresh.key)
        return Link(key=old.hex(), tag=tag.hex())

    def wrap(
        self,
        conn: Connection,
        key_id: KeyId,
        holders: Mapping[bytes, bytes],
        proof: KeyId | None = None,
    ) -> None:
        """Hand out a key that is to open, not to seal."""
        data = VaultKeyWrapped(key=key_id.hex(), wraps=self._wraps(key_id, holders))
        self._recorder.record(conn, SELF, self._identity.device, data, proof=proof)

    def _wraps(self, key_id: KeyId, holders: Mapping[bytes, bytes]) -> tuple[Wrap, ...]:
        identity = self._identity
        key = identity.vault_key(key_id)
        assert key is not None, "a device hands out keys that it holds"
        return tuple(
            Wrap(
                under=text_from_id(holder),
                public_key=public_key,
                sealed=wrap_key(
                    self._vault.cipher,
                    public_key,
                    self._randomness.token(BOX_KEY_BYTES),
                    identity.space,
                    key_id,
                    key,
                ),
            )
            for holder, public_key in sorted(holders.items())
        )

    def new_key(self) -> VaultKey:
        """Return a fresh vault key, fsynced; nothing is sealed with it yet."""
        fresh = new_vault_key(self._randomness)
        self._vault.identity_file.update(
            lambda current: msgspec.structs.replace(
                current, vault_keys=(*current.vault_keys[:-1], fresh, current.vault_keys[-1])
            )
        )
        return fresh

    def myself(self) -> dict[bytes, bytes]:
        """Return this device as a holder: its id and X25519 public key."""
        identity = self._identity
        return {bytes(identity.device): self._vault.cipher.box_public_key(identity.private_key)}
