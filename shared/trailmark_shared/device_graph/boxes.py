"""Boxes for vault keys that everybody who holds the key can check.

The fresh key of a box is made of the vault key and its receiver, so the box of a key for a holder
is always the same bytes: a member who says "it has the key" over rubbish is found out by all who
hold the key, and two devices that hand over the same key say the same. Whoever could compute the
fresh key holds the vault key already.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Final

from trailmark_shared.device_graph.statements import Holder, HolderId
from trailmark_shared.errors import SealError
from trailmark_shared.ids import KeyId, SpaceId
from trailmark_shared.sealing import Cipher, derive_key, unwrap_key, vault_key_id, wrap_key

_FRESH_LABEL: Final = b"trailmark-box/1"
_PROOF_LABEL: Final = b"trailmark-key-made/1"


def box_for(cipher: Cipher, space: SpaceId, key: bytes, holder: Holder) -> bytes | None:
    """Return the box of a vault key for a holder.

    Args:
        cipher: The cipher port.
        space: Whose vault key.
        key: The vault key, 32 bytes.
        holder: For whom.

    Returns:
        The box; ``None`` where the holder's public key is none that anybody could hold.
    """
    fresh = derive_key(key, _FRESH_LABEL + holder.id + holder.box_key)
    try:
        return wrap_key(cipher, holder.box_key, fresh, space, vault_key_id(key), key)
    except SealError:
        return None


def open_box(
    cipher: Cipher, space: SpaceId, private_key: bytes, key: KeyId, box: bytes
) -> bytes | None:
    """Return the vault key from its box; ``None`` where it does not open or holds another."""
    try:
        return unwrap_key(cipher, private_key, space, key, box)
    except SealError:
        return None


def key_proof(space: SpaceId, key: bytes, author: HolderId, without: Sequence[bytes]) -> bytes:
    """Return the proof that an author knows a vault key and leaves these out.

    Returns:
        32 bytes.
    """
    said = space + author + b"".join(without)
    return hmac.digest(derive_key(key, _PROOF_LABEL), said, "sha256")
