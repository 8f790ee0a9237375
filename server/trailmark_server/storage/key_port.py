"""The port of the store beside the log: the little that must survive a restore of the log.

The signing key, the persons' at-rest keys, and the lists that no backup may undo (revoked grants
and credentials, erased events, closed spaces). What ``storage.ports`` says of ports holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from trailmark_server.heads import SigningKeys
from trailmark_server.storage.accounts import ErasureProof, Recovery, SpaceErasure
from trailmark_server.storage.values import ErasedEvent
from trailmark_shared.ids import SpaceId
from trailmark_shared.protocol.messages import SigningKey


class KeyStore(Protocol):
    """What must survive a restore of the log. Lists only grow; a key is destroyed for ever."""

    async def signing_keys(self) -> SigningKeys:
        """Return the keys that sign heads; the first one is made at the first call."""
        ...

    async def add_signing_key(self, key: SigningKey, seed: bytes, after: bytes) -> bool:
        """Let a new key follow the newest one, and forget the private half of that one.

        Args:
            key: The new key, signed by the one before it.
            seed: Its private half, 32 bytes.
            after: Public half of the key that it follows.

        Returns:
            Whether it was added: not when ``after`` is no longer the newest key.
        """
        ...

    async def space_key(self, space: SpaceId) -> bytes | None:
        """Return the key that seals a person's words at rest, made at the first call.

        ``None`` for a person who was erased: theirs is gone for ever, and no other takes its place.
        """
        ...

    async def erase_space(self, erasure: SpaceErasure, proofs: Sequence[ErasureProof]) -> None:
        """List a person as erased and destroy their at-rest key and recovery code.

        ``clean`` must follow.
        """
        ...

    async def erased_spaces(self) -> list[SpaceErasure]:
        """Return every person who was erased."""
        ...

    async def erasure_proofs(self) -> list[ErasureProof]:
        """Return what devices of erased persons say about it."""
        ...

    async def clean(self) -> None:
        """Write the files anew, so that no byte of a destroyed key is in them.

        Raises:
            StorageError: ``storage_unavailable``: something holds on to them; do it again.
        """
        ...

    async def revoke_grants(self, space: SpaceId, grants: Sequence[bytes]) -> None:
        """List these grants as revoked."""
        ...

    async def revoked_grants(self) -> list[tuple[SpaceId, bytes]]:
        """Return every revoked grant."""
        ...

    async def revoke_credential(self, credential_hash: bytes) -> None:
        """List a device's credential, by its SHA-256, as revoked."""
        ...

    async def revoked_credentials(self) -> list[bytes]:
        """Return the hashes of all revoked credentials."""
        ...

    async def save_recovery(self, row: Recovery) -> None:
        """List a person's recovery code in place of the one before; its use is not noted here."""
        ...

    async def recoveries(self) -> list[Recovery]:
        """Return every recovery code, by space."""
        ...

    async def add_erased(self, space: SpaceId, events: Sequence[ErasedEvent]) -> None:
        """List these events as erased."""
        ...

    async def erased(self) -> list[tuple[SpaceId, ErasedEvent]]:
        """Return every erased event."""
        ...

    async def close_spaces(self, spaces: Sequence[SpaceId]) -> None:
        """Close spaces to members until one of their devices has spoken."""
        ...

    async def open_space(self, space: SpaceId) -> None:
        """Open a space to members again."""
        ...

    async def closed_spaces(self) -> list[SpaceId]:
        """Return the spaces that are closed to members."""
        ...

    async def close(self) -> None:
        """Give everything back."""
        ...
