"""The succession of a server's signing keys: the way from a pinned key to the newest one.

A new key is signed by the one before it. Whoever pinned any key of the row can follow it to its
end without trusting anybody else; a server that cannot show the way is not the same server, or has
lost the keys that it had.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from trailmark_shared import chain
from trailmark_shared.ids import Lane, SpaceId
from trailmark_shared.protocol.messages import SignedHead, SigningKey
from trailmark_shared.protocol.pages import is_signed_head
from trailmark_shared.sealing import Cipher


def first_key(public_key: bytes) -> SigningKey:
    """Return a key as the first one of a succession: nobody signed it, it was pinned."""
    return SigningKey(key=public_key, since=0, signature=None)


def succession(
    cipher: Cipher, pinned: bytes, keys: Sequence[SigningKey]
) -> list[SigningKey] | None:
    """Return the way from the pinned key to the newest one.

    Args:
        cipher: Checks signatures.
        pinned: The public key that is trusted, 32 bytes.
        keys: What a server shows, the oldest first.

    Returns:
        The pinned key and every later one, each signed by the one before it; ``None`` when the
        pinned key is not among ``keys``, or a signature on the way does not verify.
    """
    places = [place for place, each in enumerate(keys) if each.key == pinned]
    if not places:
        return None
    way = list(keys[places[-1] :])
    return way if all(_follows(cipher, old, new) for old, new in pairwise(way)) else None


def broken_link(cipher: Cipher, keys: Sequence[SigningKey]) -> int | None:
    """Return the place of the first key that does not follow from the one before it.

    Args:
        cipher: Checks signatures.
        keys: A whole succession, the oldest first.

    Returns:
        Its index in ``keys``, 0 when a first key claims to be signed; ``None`` where all is whole.
    """
    if keys and keys[0].signature is not None:
        return 0
    for place, (old, new) in enumerate(pairwise(keys), start=1):
        if not _follows(cipher, old, new):
            return place
    return None


def _follows(cipher: Cipher, old: SigningKey, new: SigningKey) -> bool:
    statement = chain.succession_bytes(old.key, new.key, new.since)
    return new.signature is not None and cipher.is_signed(old.key, statement, new.signature)


def signer_of_head(
    cipher: Cipher, keys: Iterable[SigningKey], space: SpaceId, lane: Lane, head: SignedHead
) -> SigningKey | None:
    """Return the key that signed a head, the newest first asked; ``None`` where none did.

    Times are not asked: a clock that was set back must not make a true signature false.

    Args:
        cipher: Checks signatures.
        keys: A succession, the oldest first.
        space: Whose lane.
        lane: The lane of the head.
        head: What was signed.
    """
    for each in reversed(list(keys)):
        if is_signed_head(cipher, each.key, space, lane, head):
            return each
    return None
