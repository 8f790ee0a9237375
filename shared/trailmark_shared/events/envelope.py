"""The envelope: where an event belongs, in what order, and what proves it.

``Event`` is what a device writes; ``Row`` is an event with its place in a lane, as the server gave
it. Both are stubs when the body is gone (erased) or was refused: no salt, no body, the commitment
stays and the chain verifies.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trailmark_shared import chain
from trailmark_shared.errors import ErrorCode
from trailmark_shared.ids import DeviceId, Epoch, EventId, KeyId, Lane, SpaceId

CODES_WITH_BODY: Final = (None, str(ErrorCode.ASIDE))
"""A row with any other code is a stub, even where its writer offers the body again."""


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An immutable fact, as its device wrote it.

    Attributes:
        id: 16 random bytes; identity for references.
        space: Whose event it is.
        lane: The log, and so the audience, it belongs to.
        device: The replica that wrote it.
        epoch: The numbering that ``dseq`` belongs to.
        dseq: Contiguous from 1 per (lane, device, epoch).
        key: Vault key that sealed the body; ``ids.PLAIN`` for a plain one.
        commit: SHA-256(salt ‖ body).
        prev: Hash of the device's event before this one; ``chain.GENESIS`` for dseq 1.
        hash: The event's own hash.
        salt: 16 random bytes, or ``None`` for a stub.
        body: The bytes of the body, kept verbatim for ever, or ``None`` for a stub.
    """

    id: EventId
    space: SpaceId
    lane: Lane
    device: DeviceId
    epoch: Epoch
    dseq: int
    key: KeyId
    commit: bytes
    prev: bytes
    hash: bytes
    salt: bytes | None = None
    body: bytes | None = None


class Row(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event with the fields that the server added.

    Attributes:
        event: The event.
        seq: Place in the lane, gapless from 1.
        received_at: Server clock, milliseconds UTC.
        offset: Server clock minus device clock at the session's start, signed milliseconds.
        actor: Who wrote it, from the credential: ``person``, ``member/<id>``, ``supporter/<id>``.
        code: Why the body was refused (``errors.ErrorCode``), ``aside`` for a row that was offered
            again and does not continue its device's chain, else ``None``.
        lane_hash: The lane's hash after this row.
    """

    event: Event
    seq: int
    received_at: int
    offset: int
    actor: str
    code: str | None
    lane_hash: bytes

    @property
    def proof(self) -> tuple[bytes, str, int, int]:
        """What makes two rows the same fact: (hash, actor, received_at, offset)."""
        return (self.event.hash, self.actor, self.received_at, self.offset)


def write_event(  # noqa: PLR0913 - the envelope's fields, all by name
    *,
    event_id: EventId,
    space: SpaceId,
    lane: Lane,
    device: DeviceId,
    epoch: Epoch,
    dseq: int,
    key: KeyId,
    prev: bytes,
    salt: bytes,
    body: bytes,
) -> Event:
    """Return the event that follows ``prev`` in its device's chain.

    Args:
        event_id: 16 random bytes, or the id of the event that is written again.
        space: Whose event it is.
        lane: The log it belongs to.
        device: The writing device.
        epoch: The device's present numbering.
        dseq: One more than the last of (lane, device, epoch).
        key: The vault key that sealed ``body``, or ``ids.PLAIN``.
        prev: Hash of the event before, ``chain.GENESIS`` for dseq 1.
        salt: 16 random bytes.
        body: Final bytes of the body.

    Returns:
        The event with its commitment and hash.
    """
    commit = chain.commitment(salt, body)
    header = chain.header_bytes(event_id, space, lane, device, epoch, dseq, key)
    return Event(
        id=event_id,
        space=space,
        lane=lane,
        device=device,
        epoch=epoch,
        dseq=dseq,
        key=key,
        commit=commit,
        prev=prev,
        hash=chain.event_hash(prev, header, commit),
        salt=salt,
        body=body,
    )


def without_body(event: Event) -> Event:
    """Return the stub of ``event``: the same place in every chain, no salt, no body."""
    return msgspec.structs.replace(event, salt=None, body=None)
