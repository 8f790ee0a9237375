"""The two hash chains that make history checkable.

Each device chains its own events (``prev`` and ``hash``), so that nobody can drop or reorder what a
device wrote. The server chains the rows of a lane (``lane_hash``), so that two replicas whose lane
hashes agree at one seq hold the same history. Hashes cover a salted commitment instead of the body,
so that a body can be erased and the chain still verifies, and short texts cannot be guessed.

Everything here is a pure function of bytes; ``docs/protocol.md`` has worked examples in hex.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

import msgspec

from trailmark_shared import limits
from trailmark_shared.ids import DeviceId, Epoch, EventId, KeyId, Lane, SpaceId

GENESIS: Final = bytes(limits.HASH_BYTES)
"""What stands before the first event of a chain and before seq 1 of a lane: 32 zero bytes."""

ENVELOPE_VERSION: Final = 1
"""The one envelope version that this code reads and writes."""

_encode = msgspec.msgpack.Encoder().encode


def commitment(salt: bytes, body: bytes) -> bytes:
    """Return SHA-256(salt ‖ body): what the chain keeps when the body is gone."""
    return sha256(salt + body).digest()


def header_bytes(  # noqa: PLR0913, PLR0917 - the header's fields, in the order of the wire
    event_id: EventId,
    space: SpaceId,
    lane: Lane,
    device: DeviceId,
    epoch: Epoch,
    dseq: int,
    key: KeyId,
) -> bytes:
    """Return the header that an event's hash covers.

    A MessagePack array ``[v, id, space, lane, device, epoch, dseq, key]`` in shortest encodings.

    Args:
        event_id: Identity of the event.
        space: Whose event it is.
        lane: The log it belongs to.
        device: Who wrote it.
        epoch: The device's numbering.
        dseq: Place in that numbering, from 1.
        key: Vault key that sealed the body, or ``PLAIN``.

    Returns:
        The bytes to hash.

    Source:
        MessagePack specification, "bin", "str", "int" and "array" families.
    """
    return _encode((ENVELOPE_VERSION, event_id, space, lane, device, epoch, dseq, key))


def event_hash(prev: bytes, header: bytes, commit: bytes) -> bytes:
    """Return SHA-256(prev ‖ header ‖ commit), the event's place in its device's chain."""
    return sha256(prev + header + commit).digest()


def lane_hash(  # noqa: PLR0913, PLR0917 - the row's fields, in the order of the wire
    previous: bytes,
    hash_: bytes,
    seq: int,
    received_at: int,
    offset: int,
    actor: str,
    code: str | None,
) -> bytes:
    """Return the lane hash after a row.

    SHA-256(previous ‖ hash ‖ MessagePack array ``[seq, received_at, offset, actor, code]``).

    Args:
        previous: Lane hash before the row; ``GENESIS`` before seq 1.
        hash_: The event's own hash.
        seq: Place in the lane, from 1.
        received_at: Server clock, milliseconds UTC.
        offset: Server clock minus device clock, signed milliseconds.
        actor: Who wrote it, as the server knows.
        code: Why the body was refused or set aside, or ``None``.

    Returns:
        32 bytes.
    """
    return sha256(previous + hash_ + _encode((seq, received_at, offset, actor, code))).digest()


def head_bytes(space: SpaceId, lane: Lane, seq: int, hash_: bytes, time: int) -> bytes:
    """Return what the server signs (Ed25519) for a head.

    The ASCII bytes ``trailmark-head/1`` and a MessagePack array
    ``[space, lane, seq, lane_hash, time]``; ``time`` is the server clock in milliseconds.
    """
    return b"trailmark-head/1" + _encode((space, lane, seq, hash_, time))


def succession_bytes(old: bytes, new: bytes, time: int) -> bytes:
    """Return what a server signs with its old key when a new one takes over.

    The ASCII bytes ``trailmark-key/1`` and a MessagePack array ``[old, new, time]``: both public
    keys, 32 bytes each, and the server clock in milliseconds. Ids of vault keys are made
    under the same label, by hashing and of fewer bytes: neither can be taken for the other.
    """
    return b"trailmark-key/1" + _encode((old, new, time))
