"""docs/protocol.md, "Messages": every bound of every field, crossed."""

import msgspec
import pytest

from tests.support.session_steps import HELLO, KEY, page_of, welcome_of
from trailmark_shared import limits
from trailmark_shared.errors import ProtocolError
from trailmark_shared.ids import SELF, care_lane, is_lane
from trailmark_shared.protocol import frames, messages
from trailmark_shared.protocol.wire_types import WireEvent

CARE = care_lane(bytes(16))


def refused(message: messages.AnyMessage) -> bool:
    """Say whether neither side takes this message."""
    frame = frames.encode_frame(message)
    for decode in (frames.decode_client_frame, frames.decode_server_frame):
        try:
            decode(frame)
        except ProtocolError:
            continue
        return False
    return True


class TestLaneNames:
    """A name is ``self``, ``care/<id>`` or ``circle/<id>``, and nothing near it."""

    @pytest.mark.parametrize("lane", ["self", CARE, "circle/" + "7" + "z" * 25])
    def test_names_are_taken(self, lane: str) -> None:
        assert is_lane(lane)
        assert not refused(messages.Ack(lane=lane, upto=1, hash=bytes(32)))

    @pytest.mark.parametrize(
        "lane",
        [
            "",
            "self\n",
            "Self",
            "care/",
            CARE + "0",
            CARE[:-1] + "u",
            "care/8" + "0" * 25,
            "x/" + CARE,
        ],
    )
    def test_what_is_no_name_is_refused(self, lane: str) -> None:
        assert not is_lane(lane)
        assert refused(messages.Ack(lane=lane, upto=1, hash=bytes(32)))


class TestBounds:
    """Each bound of ``limits`` that a message keeps."""

    @pytest.mark.parametrize(
        "message",
        [
            messages.Ack(lane=SELF, upto=limits.INTEGER_MAX + 1, hash=bytes(32)),
            messages.Ack(lane=SELF, upto=-1, hash=bytes(32)),
            messages.Ack(lane=SELF, upto=1, hash=bytes(limits.HASH_BYTES - 1)),
            messages.Ping(now=-limits.INTEGER_MAX - 1),
            messages.Gap(lane=SELF, epoch=bytes(limits.EPOCH_BYTES), wanted=0),
            messages.Gap(lane=SELF, epoch=bytes(limits.EPOCH_BYTES + 1), wanted=1),
            messages.Revoked(grants=[bytes(limits.ID_BYTES + 1)]),
            messages.Revoked(grants=[bytes(16)] * (limits.REVOKED_GRANTS_MAX + 1)),
            messages.Error(code="c" * 41, retry="later", message=""),
            messages.Error(code="c", retry="later", message="m" * 201),
            messages.Error(code="c", retry="sometimes", message=""),  # type: ignore[arg-type]
        ],
    )
    def test_is_kept(self, message: messages.AnyMessage) -> None:
        assert refused(message)

    def test_hello_names_a_bounded_number_of_lanes(self) -> None:
        lane = messages.LaneHello(lane=SELF, cursor=0, cursor_hash=bytes(32), back=[])
        full = [lane] * limits.LANES_PER_SESSION_MAX

        assert not refused(msgspec.structs.replace(HELLO, lanes=full))
        assert refused(msgspec.structs.replace(HELLO, lanes=[*full, lane]))

    def test_hello_names_a_bounded_number_of_known_rows(self) -> None:
        back = [(1, bytes(32))] * limits.BACK_POINTS_MAX
        lane = messages.LaneHello(lane=SELF, cursor=1, cursor_hash=bytes(32), back=back)
        over = msgspec.structs.replace(lane, back=[*back, (1, bytes(32))])

        assert not refused(msgspec.structs.replace(HELLO, lanes=[lane]))
        assert refused(msgspec.structs.replace(HELLO, lanes=[over]))

    @pytest.mark.parametrize(
        "event",
        [
            (bytes(limits.ID_BYTES - 1), None, None, None),
            (bytes(16), bytes(limits.KEY_ID_BYTES + 1), None, None),
            (bytes(16), None, bytes(limits.SALT_BYTES + 1), None),
        ],
    )
    def test_events_have_parts_of_fixed_length(self, event: WireEvent) -> None:
        page = page_of(SELF, 0, 1)
        run = msgspec.structs.replace(page.runs[0], events=[event])

        assert refused(msgspec.structs.replace(page, runs=[run]))

    @pytest.mark.parametrize("count", [0, limits.PAGE_EVENTS_MAX + 1])
    def test_a_run_holds_some_events_and_not_too_many(self, count: int) -> None:
        page = page_of(SELF, 0, 1)
        run = msgspec.structs.replace(page.runs[0], events=page.runs[0].events * count)

        assert refused(msgspec.structs.replace(page, runs=[run]))
        assert refused(
            messages.Push(
                lane=SELF,
                epoch=bytes(8),
                first=1,
                prev=bytes(32),
                last=bytes(32),
                events=page.runs[0].events * count,
            )
        )

    @pytest.mark.parametrize("count", [0, limits.PAGE_EVENTS_MAX + 1])
    def test_a_page_holds_some_runs_and_not_too_many(self, count: int) -> None:
        page = page_of(SELF, 0, 1)

        assert refused(msgspec.structs.replace(page, runs=page.runs * count))

    def test_a_signature_has_64_bytes(self) -> None:
        page = page_of(SELF, 0, 1)
        head = msgspec.structs.replace(page.signed_head, signature=bytes(63))

        assert refused(msgspec.structs.replace(page, signed_head=head))

    @pytest.mark.parametrize("count", [0, limits.SIGNING_KEYS_MAX + 1])
    def test_welcome_names_some_keys_and_not_too_many(self, count: int) -> None:
        welcome = msgspec.structs.replace(welcome_of(), keys=[KEY] * count)

        with pytest.raises(ProtocolError):
            frames.decode_server_frame(frames.encode_frame(welcome))

    def test_welcome_is_taken_from_a_server_only(self) -> None:
        with pytest.raises(ProtocolError):
            frames.decode_client_frame(frames.encode_frame(welcome_of()))
