"""Packed frames: what a batch or page of many events costs on the wire, and what it may unfold to.

Only batches, offers and pages of lanes that their server reads are packed. What a vault key sealed
does not shrink, and nothing secret then stands beside what somebody else could choose.
"""

from __future__ import annotations

import zlib
from typing import Final

import msgspec

from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, ProtocolError
from trailmark_shared.ids import SELF
from trailmark_shared.protocol.messages import (
    PACKED_SINCE,
    AnyMessage,
    Events,
    Message,
    Offer,
    Push,
)
from trailmark_shared.protocol.wire_types import FrameBytes, FrameSize

_FASTEST: Final = 1
"""zlib's least effort: more takes thrice the time for a fiftieth of the bytes."""

_encoder = msgspec.msgpack.Encoder()


class Packed(Message, frozen=True, tag="packed"):
    """A longer frame in fewer bytes; counts as the message inside.

    Attributes:
        size: How many bytes the frame inside has.
        data: That frame as one zlib stream (RFC 1950).
    """

    size: FrameSize
    data: FrameBytes


def is_packable(message: AnyMessage, version: int) -> bool:
    """Say whether a message may travel packed, by the version that both sides agreed to speak."""
    return (
        version >= PACKED_SINCE
        and isinstance(message, Push | Offer | Events)
        and message.lane != SELF
    )


def packed(frame: bytes) -> bytes:
    """Return a frame in fewer bytes, or as it is where that saves none."""
    if len(frame) < limits.PACKED_FROM_BYTES:
        return frame
    data = zlib.compress(frame, _FASTEST)
    return min(_encoder.encode(Packed(size=len(frame), data=data)), frame, key=len)


def unpacked(message: Packed) -> bytes:
    """Return the frame inside; no more memory is taken than it says.

    Raises:
        ProtocolError: ``malformed_frame``: no zlib stream, or not one of ``size`` bytes.
    """
    unfolding = zlib.decompressobj()
    try:
        frame = unfolding.decompress(message.data, message.size)
    except zlib.error:
        frame = b""
    if len(frame) != message.size or not unfolding.eof or unfolding.unused_data:
        raise ProtocolError(ErrorCode.MALFORMED_FRAME, "a packed frame does not unfold")
    return frame


__all__ = ["Packed", "is_packable", "packed", "unpacked"]
