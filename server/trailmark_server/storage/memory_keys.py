"""The keys store in memory."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trailmark_adapters.cipher import SEED_BYTES
from trailmark_adapters.nacl import NaclSigner
from trailmark_adapters.randomness import Randomness
from trailmark_server.heads import SigningKeys
from trailmark_server.rest_seal import SPACE_KEY_BYTES
from trailmark_server.storage.accounts import ErasureProof, Recovery, SpaceErasure
from trailmark_server.storage.accounts.memory.erasures import MemoryErasures
from trailmark_server.storage.ports import ErasedEvent
from trailmark_shared.ids import EventId, Lane, SpaceId
from trailmark_shared.protocol.messages import SigningKey
from trailmark_shared.protocol.signing_keys import first_key


class MemoryKeyStore:
    """``KeyStore`` in memory."""

    def __init__(self, randomness: Randomness) -> None:
        """Begin empty; new keys come from ``randomness``."""
        self._randomness = randomness
        seed = randomness.token(SEED_BYTES)
        first = first_key(NaclSigner(seed).public_key)
        self._signing = SigningKeys(chain=(first,), seed=seed)
        self._space_keys: dict[SpaceId, bytes] = {}
        self._grants: set[tuple[SpaceId, bytes]] = set()
        self._credentials: set[bytes] = set()
        self._recoveries: dict[SpaceId, Recovery] = {}
        self._erased: set[tuple[SpaceId, Lane, EventId]] = set()
        self._closed: set[SpaceId] = set()
        self._erasures = MemoryErasures()

    async def signing_keys(self) -> SigningKeys:
        """Return the keys that sign heads."""
        return self._signing

    async def add_signing_key(self, key: SigningKey, seed: bytes, after: bytes) -> bool:
        """Let a new key follow the newest one, and forget the private half of that one."""
        chain = self._signing.chain
        if chain[-1].key != after:
            return False
        self._signing = SigningKeys(chain=(*chain, key), seed=seed)
        return True

    async def space_key(self, space: SpaceId) -> bytes | None:
        """Return the key that seals a person's words at rest, made at the first call."""
        if space not in self._space_keys and self._erasures.erasure(space) is None:
            self._space_keys[space] = self._randomness.token(SPACE_KEY_BYTES)
        return self._space_keys.get(space)

    async def erase_space(self, erasure: SpaceErasure, proofs: Sequence[ErasureProof]) -> None:
        """List a person as erased and destroy their at-rest key and recovery code."""
        self._erasures.add_erasure(erasure)
        for proof in proofs:
            self._erasures.save_erasure_proof(proof)
        self._space_keys.pop(erasure.space, None)
        self._recoveries.pop(erasure.space, None)

    async def erased_spaces(self) -> list[SpaceErasure]:
        """Return every person who was erased."""
        return list(self._erasures.erasures())

    async def erasure_proofs(self) -> list[ErasureProof]:
        """Return what devices of erased persons say about it."""
        return list(self._erasures.erasure_proofs())

    async def clean(self) -> None:
        """Do nothing: there is no file."""

    async def revoke_grants(self, space: SpaceId, grants: Sequence[bytes]) -> None:
        """List these grants as revoked."""
        self._grants.update((space, grant) for grant in grants)

    async def revoked_grants(self) -> list[tuple[SpaceId, bytes]]:
        """Return every revoked grant."""
        return sorted(self._grants)

    async def revoke_credential(self, credential_hash: bytes) -> None:
        """List a device's credential, by its SHA-256, as revoked."""
        self._credentials.add(credential_hash)

    async def revoked_credentials(self) -> list[bytes]:
        """Return the hashes of all revoked credentials."""
        return sorted(self._credentials)

    async def save_recovery(self, row: Recovery) -> None:
        """List a person's recovery code in place of the one before."""
        self._recoveries[row.space] = msgspec.structs.replace(row, used_at=None, used_by=None)

    async def recoveries(self) -> list[Recovery]:
        """Return every recovery code, by space."""
        return [row for _, row in sorted(self._recoveries.items())]

    async def add_erased(self, space: SpaceId, events: Sequence[ErasedEvent]) -> None:
        """List these events as erased."""
        self._erased.update((space, event.lane, event.id) for event in events)

    async def erased(self) -> list[tuple[SpaceId, ErasedEvent]]:
        """Return every erased event."""
        return [
            (space, ErasedEvent(lane=lane, id=event)) for space, lane, event in sorted(self._erased)
        ]

    async def close_spaces(self, spaces: Sequence[SpaceId]) -> None:
        """Close spaces to members until one of their devices has spoken."""
        self._closed.update(spaces)

    async def open_space(self, space: SpaceId) -> None:
        """Open a space to members again."""
        self._closed.discard(space)

    async def closed_spaces(self) -> list[SpaceId]:
        """Return the spaces that are closed to members."""
        return sorted(self._closed)

    async def close(self) -> None:
        """Do nothing: there is nothing to give back."""
