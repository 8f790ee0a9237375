"""docs/protocol.md, "Frames": a packed frame counts as the one inside, and unfolds to no more."""

import zlib

import msgspec
import pytest

from tests.support.session_steps import page_of
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, ProtocolError
from trailmark_shared.ids import SELF, care_lane
from trailmark_shared.protocol import frames, messages
from trailmark_shared.protocol.packing import Packed, is_packable, packed, unpacked

CARE = care_lane(bytes(16))
SHORT = page_of(CARE, 0, 1)
PAGE = msgspec.structs.replace(
    SHORT, runs=[msgspec.structs.replace(SHORT.runs[0], events=SHORT.runs[0].events * 200)]
)
FRAME = frames.encode_frame(PAGE)


def packed_of(frame: bytes) -> bytes:
    return msgspec.msgpack.encode(Packed(size=len(frame), data=zlib.compress(frame)))


class TestPacked:
    """What is sent."""

    def test_a_long_page_shrinks_and_comes_back(self) -> None:
        sent = frames.encode_for(PAGE, messages.PACKED_SINCE)

        assert len(sent) < len(FRAME) / 2
        assert PAGE == frames.decode_server_frame(sent)

    def test_a_peer_of_before_gets_it_as_it_is(self) -> None:
        assert FRAME == frames.encode_for(PAGE, messages.PACKED_SINCE - 1)

    def test_private_lanes_and_other_messages_are_sent_as_they_are(self) -> None:
        newest = messages.PROTOCOL_VERSION

        assert is_packable(PAGE, newest)
        assert not is_packable(page_of(SELF, 0, 1), newest)
        assert not is_packable(messages.Ping(now=1), newest)

    def test_what_is_short_or_does_not_shrink_is_sent_as_it_is(self) -> None:
        short = bytes(limits.PACKED_FROM_BYTES - 1)
        shuffled = b"".join(
            zlib.crc32(bytes([a, b])).to_bytes(4, "big") for a in range(32) for b in range(64)
        )

        assert [short, shuffled] == [packed(short), packed(shuffled)]
        assert len(packed(short + b"\0")) < limits.PACKED_FROM_BYTES


class TestUnpacked:
    """What is received."""

    @pytest.mark.parametrize(
        ("size", "data"),
        [
            (5, b"no stream"),
            (4, zlib.compress(b"right")),
            (6, zlib.compress(b"right")),
            (5, zlib.compress(b"right")[:-1]),
            (5, zlib.compress(b"right") + b"more"),
            (1, zlib.compress(bytes(100_000_000))),
        ],
        ids=["no_stream", "longer", "shorter", "cut", "tail", "bomb"],
    )
    def test_what_does_not_unfold_to_its_size_is_named(self, size: int, data: bytes) -> None:
        with pytest.raises(ProtocolError) as caught:
            unpacked(Packed(size=size, data=data))

        assert caught.value.code is ErrorCode.MALFORMED_FRAME

    def test_a_size_over_the_bound_is_named(self) -> None:
        frame = msgspec.msgpack.encode(Packed(size=limits.FRAME_BYTES_MAX + 1, data=b"x"))

        with pytest.raises(ProtocolError):
            frames.decode_client_frame(frame)

    def test_nothing_packed_stands_inside(self) -> None:
        for decode in (frames.decode_client_frame, frames.decode_server_frame):
            with pytest.raises(ProtocolError):
                decode(packed_of(packed_of(FRAME)))

    def test_a_message_of_the_other_role_is_named(self) -> None:
        with pytest.raises(ProtocolError):
            frames.decode_client_frame(packed_of(FRAME))
