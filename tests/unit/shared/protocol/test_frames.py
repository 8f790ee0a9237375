"""docs/protocol.md, "Frames": one seam where bytes become messages, with every bound checked."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.session_steps import HELLO, page_of, welcome_of
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, LimitExceededError, ProtocolError
from trailmark_shared.ids import SELF
from trailmark_shared.protocol import frames, messages

TOO_LONG = bytes(limits.FRAME_BYTES_MAX + 1)


class TestFrames:
    """A frame is one MessagePack map, tagged by ``t``."""

    def test_client_messages_come_back(self) -> None:
        assert HELLO == frames.decode_client_frame(frames.encode_frame(HELLO))

    def test_server_messages_come_back(self) -> None:
        for message in (welcome_of(), page_of(SELF, 0, 1)):
            assert message == frames.decode_server_frame(frames.encode_frame(message))

    def test_a_frame_over_the_bound_is_not_written(self) -> None:
        event = (bytes(16), None, bytes(16), TOO_LONG)
        run = msgspec.structs.replace(page_of(SELF, 0, 1).runs[0], events=[event])
        page = msgspec.structs.replace(page_of(SELF, 0, 1), runs=[run])

        with pytest.raises(LimitExceededError) as caught:
            frames.encode_frame(page)

        assert ("FRAME_BYTES_MAX", limits.FRAME_BYTES_MAX) == (
            caught.value.limit,
            caught.value.maximum,
        )

    def test_a_frame_over_the_bound_is_not_read(self) -> None:
        with pytest.raises(LimitExceededError):
            frames.decode_client_frame(TOO_LONG)

    @pytest.mark.parametrize(
        "frame",
        [
            b"",
            b"\xc1",
            msgspec.msgpack.encode({"t": "of_the_future"}),
            msgspec.msgpack.encode({"t": "ping", "now": 1, "more": 2}),
            msgspec.msgpack.encode({"t": "ping", "now": 2**53}),
            msgspec.msgpack.encode({"t": "ping", "now": 1.5}),
            msgspec.msgpack.encode({"now": 1}),
            msgspec.msgpack.encode(["ping", 1]),
            msgspec.msgpack.encode({"t": "bye"}) + b"\x00",
            b"\x81\xa1t\xa4p\xffng",
        ],
        ids=[
            "empty",
            "no_type",
            "tag",
            "field",
            "u53",
            "float",
            "tagless",
            "array",
            "tail",
            "utf8",
        ],
    )
    def test_what_is_no_message_is_named(self, frame: bytes) -> None:
        for decode in (frames.decode_client_frame, frames.decode_server_frame):
            with pytest.raises(ProtocolError) as caught:
                decode(frame)

            assert caught.value.code is ErrorCode.MALFORMED_FRAME

    def test_a_member_that_stands_twice_counts_with_its_last_value_but_for_the_name(self) -> None:
        """docs/protocol.md, Frames."""
        twice = b"\x83\xa1t\xa4ping\xa3now\x01"

        assert messages.Ping(now=2) == frames.decode_client_frame(twice + b"\xa3now\x02")
        with pytest.raises(ProtocolError):
            frames.decode_client_frame(twice + b"\xa1t\xa4pong")

    def test_a_message_of_the_other_role_is_named(self) -> None:
        with pytest.raises(ProtocolError):
            frames.decode_client_frame(frames.encode_frame(welcome_of()))

    @pytest.mark.parametrize("levels", [10, 1_000, 500_000])
    @pytest.mark.parametrize(
        "opening", [b"", b"\x82\xa1x", b"\x82\xa1t\xa4ping\xa3now", b"\x82\xa1t\xa4ping"]
    )
    @pytest.mark.parametrize("level", [b"\x91", b"\x81\xa1a"])
    def test_deep_nesting_is_named(self, opening: bytes, level: bytes, levels: int) -> None:
        frame = (opening + level * levels)[: limits.FRAME_BYTES_MAX]

        with pytest.raises(ProtocolError) as caught:
            frames.decode_client_frame(frame)

        assert caught.value.code is ErrorCode.MALFORMED_FRAME

    @given(st.binary(max_size=300))
    def test_random_bytes_are_a_message_or_a_named_error(self, frame: bytes) -> None:
        for decode in (frames.decode_client_frame, frames.decode_server_frame):
            try:
                message = decode(frame)
            except ProtocolError:
                continue
            assert frames.encode_frame(message)

    @given(st.data())
    def test_a_bent_frame_is_a_message_or_a_named_error(self, data: st.DataObject) -> None:
        frame = bytearray(frames.encode_frame(page_of(SELF, 0, 1)))
        at = data.draw(st.integers(0, len(frame) - 1))
        frame[at] = data.draw(st.integers(0, 255))

        try:
            message = frames.decode_server_frame(bytes(frame))
        except ProtocolError:
            return
        assert isinstance(message, messages.Message)


class TestPostBodies:
    """``POST /sync``: frames behind their lengths, four bytes big-endian."""

    def test_frames_come_back(self) -> None:
        parts = [b"", b"a", bytes(300)]

        body = frames.join_frames(parts)

        assert b"\x00\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x01\x2c" == body[:13]
        assert parts == frames.split_frames(body)

    def test_nothing_holds_no_frame(self) -> None:
        assert [] == frames.split_frames(b"")

    @pytest.mark.parametrize(
        "body", [b"\x00", b"\xff\xff\xff", b"\x00\x00\x00\x02a", b"\x00\x00\x00\x01"]
    )
    def test_a_frame_cut_short_is_named(self, body: bytes) -> None:
        with pytest.raises(ProtocolError) as caught:
            frames.split_frames(body)

        assert caught.value.code is ErrorCode.MALFORMED_FRAME

    def test_a_length_over_the_bound_is_not_waited_for(self) -> None:
        with pytest.raises(LimitExceededError):
            frames.split_frames((limits.FRAME_BYTES_MAX + 1).to_bytes(4, "big"))

    @given(st.binary(max_size=100))
    def test_random_bytes_are_frames_or_a_named_error(self, body: bytes) -> None:
        try:
            parts = frames.split_frames(body)
        except (ProtocolError, LimitExceededError):
            return
        assert body == frames.join_frames(parts)
