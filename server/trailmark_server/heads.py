"""Signed heads: the server's word for where a lane stood, made only where somebody asks for it."""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol

from trailmark_adapters.clock import Clock
from trailmark_shared import chain, limits
from trailmark_shared.ids import Lane, SpaceId
from trailmark_shared.protocol.messages import SignedHead
from trailmark_shared.protocol.pages import is_signed_head
from trailmark_shared.sealing import Cipher


class Signer(Protocol):
    """An Ed25519 signing key; ``trailmark_adapters.nacl.NaclSigner`` is one."""

    @property
    def public_key(self) -> bytes:
        """The public half, 32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the signature of ``message``, 64 bytes."""
        ...


class HeadSigner:
    """Signs the ends of pages and the points of rewinds; remembers the newest signatures.

    Attributes:
        public_key: What devices pin, 32 bytes.
    """

    def __init__(self, signer: Signer, cipher: Cipher, clock: Clock) -> None:
        """Sign with ``signer`` at the times of ``clock``, verify with ``cipher``."""
        self.public_key = signer.public_key
        self._signer = signer
        self._cipher = cipher
        self._clock = clock
        self._heads: OrderedDict[tuple[SpaceId, Lane, int, bytes], SignedHead] = OrderedDict()

    def head(self, space: SpaceId, lane: Lane, seq: int, hash_: bytes) -> SignedHead:
        """Return the signature for the row ``seq`` of a lane, whose lane hash is ``hash_``."""
        place = (space, lane, seq, hash_)
        known = self._heads.get(place)
        if known is not None:
            self._heads.move_to_end(place)
            return known
        time = self._clock.now_ms()
        signature = self._signer.sign(chain.head_bytes(space, lane, seq, hash_, time))
        made = SignedHead(seq=seq, hash=hash_, time=time, signature=signature)
        self._heads[place] = made
        if len(self._heads) > limits.SIGNED_HEADS_KEPT_MAX:
            self._heads.popitem(last=False)
        return made

    def is_ours(self, space: SpaceId, lane: Lane, head: SignedHead) -> bool:
        """Say whether this server signed ``head`` for this lane."""
        return is_signed_head(self._cipher, self.public_key, space, lane, head)
