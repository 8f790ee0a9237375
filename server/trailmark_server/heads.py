"""Signed heads: the server's word for where a lane stood, made only where somebody asks for it.

The key that signs may be followed by another one, signed by it. From then on the new key signs, and
what a former one signed still counts: devices offer it back after a restore.
"""

from __future__ import annotations

from collections import OrderedDict

import msgspec

from trailmark_adapters.clock import Clock
from trailmark_adapters.nacl import NaclSigner
from trailmark_shared import chain, limits
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.ids import Lane, SpaceId
from trailmark_shared.protocol.messages import SignedHead, SigningKey
from trailmark_shared.protocol.signing_keys import signer_of_head
from trailmark_shared.sealing import Cipher
from trailmark_shared.words import gettext


class SigningKeys(msgspec.Struct, frozen=True, kw_only=True):
    """What a server signs heads with.

    Attributes:
        chain: Every key it ever signed with, the oldest first, each signed by the one before.
        seed: Private half of the last one, 32 bytes; those of the others are gone.
    """

    chain: tuple[SigningKey, ...]
    seed: bytes


def next_key(keys: SigningKeys, seed: bytes, now: int) -> SigningKey:
    """Return a new key as the successor of the newest one, signed by it.

    Args:
        keys: What signs now.
        seed: Private half of the new key, 32 random bytes.
        now: Server clock, milliseconds UTC.

    Returns:
        The public half with the statement's time and signature.

    Raises:
        DomainError: ``too_large``: ``limits.SIGNING_KEYS_MAX`` keys are all that ``welcome`` holds.
    """
    if len(keys.chain) >= limits.SIGNING_KEYS_MAX:
        raise DomainError(
            ErrorCode.TOO_LARGE,
            gettext("the signing key was replaced {n} times; that is the most").format(
                n=limits.SIGNING_KEYS_MAX - 1
            ),
        )
    old, new = NaclSigner(keys.seed), NaclSigner(seed).public_key
    statement = chain.succession_bytes(old.public_key, new, now)
    return SigningKey(key=new, since=now, signature=old.sign(statement))


class _Signing:
    """The present key and what it signed lately; another key has another one."""

    __slots__ = ("chain", "heads", "signer")

    def __init__(self, keys: SigningKeys) -> None:
        self.chain = keys.chain
        self.signer = NaclSigner(keys.seed)
        self.heads: OrderedDict[tuple[SpaceId, Lane, int, bytes], SignedHead] = OrderedDict()


class HeadSigner:
    """Signs the ends of pages and the points of rewinds; remembers the newest signatures."""

    def __init__(self, keys: SigningKeys, cipher: Cipher, clock: Clock) -> None:
        """Sign with ``keys`` at the times of ``clock``, verify with ``cipher``."""
        self._signing = _Signing(keys)
        self._cipher = cipher
        self._clock = clock

    @property
    def chain(self) -> tuple[SigningKey, ...]:
        """Every key that this server ever signed with, the oldest first."""
        return self._signing.chain

    @property
    def public_key(self) -> bytes:
        """The public half of the key that signs now, 32 bytes."""
        return self._signing.signer.public_key

    def use(self, keys: SigningKeys) -> bool:
        """Sign with ``keys`` from now on; say whether that changes anything."""
        if keys.chain == self._signing.chain:
            return False
        self._signing = _Signing(keys)
        return True

    def head(self, space: SpaceId, lane: Lane, seq: int, hash_: bytes) -> SignedHead:
        """Return the signature for the row ``seq`` of a lane, whose lane hash is ``hash_``."""
        return self.head_and_keys(space, lane, seq, hash_)[0]

    def head_and_keys(
        self, space: SpaceId, lane: Lane, seq: int, hash_: bytes
    ) -> tuple[SignedHead, tuple[SigningKey, ...]]:
        """Return such a signature with the succession whose last key made it."""
        signing = self._signing
        return self._head(signing, space, lane, seq, hash_), signing.chain

    def _head(
        self, signing: _Signing, space: SpaceId, lane: Lane, seq: int, hash_: bytes
    ) -> SignedHead:
        place = (space, lane, seq, hash_)
        known = signing.heads.get(place)
        if known is not None:
            signing.heads.move_to_end(place)
            return known
        time = self._clock.now_ms()
        signature = signing.signer.sign(chain.head_bytes(space, lane, seq, hash_, time))
        made = SignedHead(seq=seq, hash=hash_, time=time, signature=signature)
        signing.heads[place] = made
        if len(signing.heads) > limits.SIGNED_HEADS_KEPT_MAX:
            signing.heads.popitem(last=False)
        return made

    def is_ours(self, space: SpaceId, lane: Lane, head: SignedHead) -> bool:
        """Say whether this server signed ``head`` for this lane, with any key it ever had."""
        return signer_of_head(self._cipher, self.chain, space, lane, head) is not None
