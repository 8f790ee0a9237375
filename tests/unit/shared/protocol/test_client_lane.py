"""Where a client session stands in one lane: invariants 3 and 5 of the client session."""

import pytest

from tests.support.session_steps import EPOCH, head_at, opened_client, own_events, page_of, stood
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode
from trailmark_shared.ids import SELF
from trailmark_shared.protocol.client_lane import Hold, LanePlace, Offering
from trailmark_shared.protocol.effects import BeginRewind, Close
from trailmark_shared.protocol.messages import Gap, LaneWelcome, Offer, Offered, Pushed, Rewind
from trailmark_shared.protocol.states import State


def lane_told(head: int, hash_: bytes, rewind: Rewind | None = None) -> LaneWelcome:
    return LaneWelcome(
        lane=SELF,
        head=head,
        head_hash=hash_ * 32,
        device_high=0,
        device_hash=bytes(32),
        rewind=rewind,
    )


def offer(after: int) -> Offer:
    runs = page_of(SELF, after, after + 1).runs
    return Offer(
        lane=SELF, after=after, after_hash=bytes(32), runs=runs, signed_head=head_at(after + 1)
    )


def offered(upto: int, code: str | None = None) -> Offered:
    return Offered(lane=SELF, upto=upto, code=code)


class TestOffering:
    """Rule 3: offers in old order, within a window, settled when the cursor passed them all."""

    def test_the_window_is_kept(self) -> None:
        offering = Offering()
        offers = [offer(after) for after in range(limits.SESSION_OFFERS_MAX + 1)]
        offering.begin(offers)

        assert offers[:-1] == offering.take_next()
        assert offering.is_before_pushes
        assert [] == offering.take_next()
        assert offering.answer(offered(9))
        assert offers[-1:] == offering.take_next()
        assert not offering.is_before_pushes

    def test_held_rows_come_before_pushes(self) -> None:
        offering = Offering()

        for hold in (Hold.HELD, Hold.READING):
            offering.hold = hold

            assert offering.is_before_pushes

    def test_an_answer_needs_an_offer(self) -> None:
        assert not Offering().answer(offered(1))

    def test_it_settles_behind_every_answer(self) -> None:
        offering = Offering()
        offering.begin([offer(0), offer(1)])
        offering.take_next()

        offering.answer(offered(7))

        assert not offering.may_settle(7)

        offering.answer(offered(0, "forged_offer"))

        assert not offering.may_settle(6)
        assert offering.may_settle(7)
        assert offering.is_refused

    def test_where_an_offer_was_refused_upto_means_nothing(self) -> None:
        offering = Offering()
        offering.begin([offer(0), offer(1)])
        offering.take_next()

        offering.answer(offered(2))
        offering.answer(offered(9, "forged_offer"))

        assert offering.may_settle(2)
        assert offering.is_refused

    def test_nothing_held_never_settles(self) -> None:
        assert not Offering().may_settle(1)


class TestLanePlace:
    """Rule 1: what is read, in flight and caught up decides what may be pushed."""

    def test_it_catches_up_to_the_head_of_the_opening(self) -> None:
        place = LanePlace(1, bytes(32))
        place.target = 2

        assert not place.is_caught_up
        assert not place.is_idle

        place.cursor = 2

        assert place.is_caught_up

    def test_idle_needs_everything_done(self) -> None:
        place = LanePlace(0, bytes(32))

        assert not place.is_idle

        place.has_outbox = False

        assert place.is_idle

        place.in_flight = 1

        assert not place.is_idle

        place.in_flight = 0
        place.offering.hold = Hold.SETTLING

        assert not place.is_idle

    def test_one_read_at_a_time_within_the_window(self) -> None:
        place = LanePlace(0, bytes(32))

        assert place.may_push

        place.in_flight = limits.PUSH_WINDOW

        assert not place.may_push

        place.in_flight, place.reading = 0, 3

        assert not place.may_push

    def test_an_epoch_numbers_from_one(self) -> None:
        place = LanePlace(0, bytes(32))
        place.sent, place.in_flight, place.wanted = 9, 2, 4

        place.begin_epoch()

        assert (0, 0, None) == (place.sent, place.in_flight, place.wanted)

    @pytest.mark.parametrize(
        ("told", "is_denied"),
        [
            (lane_told(3, b"h"), False),
            (lane_told(4, b"x"), False),
            (lane_told(2, b"h"), True),
            (lane_told(3, b"x"), True),
            (lane_told(0, b"x", Rewind(seq=0, signed_head=None)), False),
            (None, True),
        ],
    )
    def test_a_server_goes_on_from_what_is_held_or_says_that_it_cannot(
        self, told: LaneWelcome | None, *, is_denied: bool
    ) -> None:
        assert is_denied == LanePlace(3, b"h" * 32).is_denied(told)
        assert not LanePlace(0, bytes(32)).is_denied(None)

    def test_a_rewind_is_carried_out_once(self) -> None:
        place, point = LanePlace(3, b"h" * 32), Rewind(seq=1, signed_head=head_at(1))
        place.welcome(lane_told(1, b"x", point))

        (asked,) = place.rewinds(SELF)
        place.rewound(stood(SELF, 1, held=True))

        assert BeginRewind(lane=SELF, rewind=point, cursor=3, cursor_hash=b"h" * 32) == asked
        assert [] == place.rewinds(SELF)
        assert (1, Hold.HELD) == (place.cursor, place.offering.hold)


class TestSetbacks:
    """Rule 1: a server that asks for the same without end is left."""

    def test_answers_that_ask_again_are_counted(self) -> None:
        place = LanePlace(0, bytes(32))
        gap = Gap(lane=SELF, epoch=EPOCH, wanted=1)

        taken = [place.take_answer(gap) for _ in range(limits.PUSH_SETBACKS_MAX + 1)]

        assert [*[True] * limits.PUSH_SETBACKS_MAX, False] == taken

    def test_what_was_taken_is_no_setback(self) -> None:
        place = LanePlace(0, bytes(32))
        place.in_flight = 1
        pushed = Pushed(lane=SELF, epoch=EPOCH, upto=1, refused=[])

        assert place.take_answer(pushed)
        assert (0, 0) == (place.in_flight, place.setbacks)

    def test_one_too_many_ends_the_session(self) -> None:
        session = opened_client()
        gap = Gap(lane=SELF, epoch=EPOCH, wanted=1)
        for _ in range(limits.PUSH_SETBACKS_MAX):
            session.receive(gap, 0)
            assert session.state is State.OPEN

        (close,) = session.receive(gap, 0)

        assert isinstance(close, Close)
        assert (ErrorCode.UNEXPECTED_MESSAGE, "later") == (close.code, close.retry)


class TestBatches:
    """What was read goes out in batches; whatever was all there is not asked for again."""

    @pytest.mark.parametrize("is_all", [True, False])
    def test_the_outbox_is_read_again_unless_that_was_all(self, is_all: bool) -> None:  # noqa: FBT001
        place, events = LanePlace(0, bytes(32)), own_events(2)

        assert events == place.take_batch(events, is_all=is_all)
        assert (2, 1, not is_all) == (place.sent, place.in_flight, place.has_outbox)

    def test_a_branch_of_its_own_is_left_for_its_own_batch(self) -> None:
        place, (first, _, other) = LanePlace(0, bytes(32)), own_events(3)

        assert [first] == place.take_batch([first, other], is_all=True)
        assert place.has_outbox
