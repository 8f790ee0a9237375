"""Frames: bytes to messages and back, with every bound checked at this one seam.

A frame is one MessagePack map, which may hold a longer one in fewer bytes. Over WebSocket it is one
binary message; in a ``POST /sync`` body each frame stands behind its length (4 bytes, big-endian).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar

import msgspec

from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, LimitExceededError, ProtocolError
from trailmark_shared.protocol.messages import AnyMessage, ClientMessage, ServerMessage
from trailmark_shared.protocol.packing import Packed, is_packable, packed, unpacked

FRAMES_TYPE: Final = "application/vnd.trailmark.frames"
"""Media type of the body of ``POST /sync`` and of its answer."""

_LENGTH_BYTES: Final = 4

_Message = TypeVar("_Message")

_encoder = msgspec.msgpack.Encoder()
_client_decoder = msgspec.msgpack.Decoder(ClientMessage)
_server_decoder = msgspec.msgpack.Decoder(ServerMessage)
_any_client_decoder = msgspec.msgpack.Decoder(ClientMessage | Packed)
_any_server_decoder = msgspec.msgpack.Decoder(ServerMessage | Packed)


def encode_frame(message: AnyMessage) -> bytes:
    """Return the bytes of one frame.

    Raises:
        LimitExceededError: The frame would pass ``limits.FRAME_BYTES_MAX``.
    """
    frame = _encoder.encode(message)
    if len(frame) > limits.FRAME_BYTES_MAX:
        raise LimitExceededError("FRAME_BYTES_MAX", len(frame), limits.FRAME_BYTES_MAX)
    return frame


def encode_for(message: AnyMessage, version: int) -> bytes:
    """Return the bytes of one frame for a peer, packed where both know how and it saves bytes.

    Args:
        message: What is to be sent.
        version: What both sides agreed to speak.

    Raises:
        LimitExceededError: The frame would pass ``limits.FRAME_BYTES_MAX``.
    """
    frame = encode_frame(message)
    return packed(frame) if is_packable(message, version) else frame


def _decode(decoder: msgspec.msgpack.Decoder[_Message], frame: bytes) -> _Message:
    if len(frame) > limits.FRAME_BYTES_MAX:
        raise LimitExceededError("FRAME_BYTES_MAX", len(frame), limits.FRAME_BYTES_MAX)
    try:
        return decoder.decode(frame)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise ProtocolError(
            ErrorCode.MALFORMED_FRAME, "a frame is not a message of trailmark-sync/1"
        ) from None


def decode_client_frame(frame: bytes) -> ClientMessage:
    """Return the message of a frame that a client sent.

    Raises:
        ProtocolError: ``malformed_frame``: not a message of the protocol, whatever it is.
        LimitExceededError: Longer than ``limits.FRAME_BYTES_MAX``.
    """
    message = _decode(_any_client_decoder, frame)
    if isinstance(message, Packed):
        return _decode(_client_decoder, unpacked(message))
    return message


def decode_server_frame(frame: bytes) -> ServerMessage:
    """Return the message of a frame that a server sent.

    Raises:
        ProtocolError: ``malformed_frame``: not a message of the protocol, whatever it is.
        LimitExceededError: Longer than ``limits.FRAME_BYTES_MAX``.
    """
    message = _decode(_any_server_decoder, frame)
    if isinstance(message, Packed):
        return _decode(_server_decoder, unpacked(message))
    return message


def join_frames(frames: Iterable[bytes]) -> bytes:
    """Return frames as one body for ``POST /sync``, each behind its length."""
    return b"".join(len(frame).to_bytes(_LENGTH_BYTES, "big") + frame for frame in frames)


def split_frames(body: bytes) -> list[bytes]:
    """Return the frames of a ``POST /sync`` body.

    Raises:
        ProtocolError: ``malformed_frame``: a length runs past the end.
        LimitExceededError: A frame is longer than ``limits.FRAME_BYTES_MAX``.
    """
    frames: list[bytes] = []
    at = 0
    while at < len(body):
        start = at + _LENGTH_BYTES
        length = int.from_bytes(body[at:start], "big")
        if length > limits.FRAME_BYTES_MAX and start <= len(body):
            raise LimitExceededError("FRAME_BYTES_MAX", length, limits.FRAME_BYTES_MAX)
        at = start + length
        if at > len(body):
            raise ProtocolError(ErrorCode.MALFORMED_FRAME, "a frame is cut short")
        frames.append(body[start:at])
    return frames
