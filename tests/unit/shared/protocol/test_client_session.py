"""The client's half: each rule of design.md section 6 and each branch that keeps it."""

import msgspec
import pytest

from tests.support.session_steps import (
    EPOCH,
    KEY,
    greet,
    opened_client,
    own_events,
    page_of,
    stood,
    welcome_of,
    welcomed_client,
)
from tests.support.sync_world import SyncWorld
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode
from trailmark_shared.ids import SELF, Epoch, Lane, care_lane
from trailmark_shared.protocol import effects, messages
from trailmark_shared.protocol.client_session import ClientSession
from trailmark_shared.protocol.states import State

CARE = care_lane(bytes(16))
HASH = bytes(range(32))
POINT = messages.Rewind(seq=0, signed_head=None)
OTHER_EPOCH = Epoch(b"another!")


def read(lane: Lane, after: int) -> effects.Effect:
    return effects.ReadOutbox(lane=lane, after=after)


def sent(asked: list[effects.Effect]) -> list[messages.AnyMessage]:
    return [effect.message for effect in asked if isinstance(effect, effects.Send)]


class TestSeededWorlds:
    """Rules 1-4 together: nothing lost, nothing doubled, all logs equal, outboxes drain."""

    @pytest.mark.parametrize("first", range(0, 60, 20))
    def test_devices_converge_whatever_happens(self, first: int) -> None:
        for seed in range(first, first + 20):
            SyncWorld(seed).run()


class TestGreeting:
    """design.md 6: ``hello`` is the first frame; ``welcome`` opens the session."""

    def test_hello_says_where_the_device_stands(self) -> None:
        session = ClientSession()

        asked = greet(session, revoked=[bytes(16)])

        assert [
            messages.Hello(
                protocol=(messages.PROTOCOL_OLDEST, messages.PROTOCOL_VERSION),
                app="trailmark",
                device=bytes(16),
                epoch=EPOCH,
                now=5,
                lanes=[messages.LaneHello(lane=SELF, cursor=0, cursor_hash=bytes(32), back=[])],
                revoked=[bytes(16)],
            )
        ] == sent(asked)
        assert session.state is State.GREETING

    def test_revocations_over_the_bound_follow_hello(self) -> None:
        session = ClientSession()
        grants = [number.to_bytes(16, "big") for number in range(limits.REVOKED_GRANTS_MAX + 1)]

        (hello,) = sent(greet(session, revoked=grants))
        session.receive(welcome_of(), 0)

        assert isinstance(hello, messages.Hello)
        assert grants[:-1] == hello.revoked
        assert [messages.Revoked(grants=grants[-1:])] == sent(session.keys_followed(trusted=True))

    def test_the_key_is_followed_and_the_own_chain_checked_before_anything_else(self) -> None:
        session = ClientSession()
        greet(session)

        asked = session.receive(welcome_of(protocol=2), 0)

        assert 2 == session.version
        assert [effects.FollowKeys(keys=[KEY])] == asked
        assert [effects.CheckOwn(lanes=welcome_of().lanes)] == session.keys_followed(trusted=True)

    def test_nothing_goes_to_a_server_with_a_key_that_does_not_follow(self) -> None:
        session = ClientSession()
        greet(session)
        session.receive(welcome_of(), 0)

        (close,) = session.keys_followed(trusted=False)

        assert isinstance(close, effects.Close)
        assert (ErrorCode.UNKNOWN_SIGNING_KEY, "later") == (close.code, close.retry)
        assert [] == session.outbox_changed([SELF])

    @pytest.mark.parametrize("lanes", [welcome_of(head=2).lanes, []])
    def test_a_server_that_hides_what_it_signed_ends_the_session(
        self, lanes: list[messages.LaneWelcome]
    ) -> None:
        session = ClientSession()
        greet(session, cursor=3)

        report, close = session.receive(msgspec.structs.replace(welcome_of(), lanes=lanes), 0)
        assert effects.ReportAltered(lanes=[SELF]) == report
        assert ErrorCode.ALTERED_HISTORY is getattr(close, "code", None)
        assert [] == session.altered([SELF])

    def test_a_server_of_another_version_ends_the_session(self) -> None:
        session = ClientSession()
        greet(session)

        (close,) = session.receive(welcome_of(protocol=messages.PROTOCOL_VERSION + 1), 0)

        assert isinstance(close, effects.Close)
        assert (ErrorCode.PROTOCOL_VERSION, "after_upgrade") == (close.code, close.retry)

    def test_a_clone_seen_in_welcome_writes_again_after_reading_the_log(self) -> None:
        session = opened_client(head=1, forked=True)

        asked = session.page_stored(page_of(SELF, 0, 1), stood(SELF, 1))

        assert effects.StartEpoch() in asked


class TestPushing:
    """Rule 1: idempotent push, at most ``PUSH_WINDOW`` batches unanswered."""

    def test_the_window_is_kept(self) -> None:
        session = opened_client()
        events = own_events(limits.PUSH_WINDOW + 1)

        asked: list[effects.Effect] = []
        for event in events[: limits.PUSH_WINDOW]:
            asked = session.outbox_read(SELF, [event])

        assert 1 == len(asked)
        assert not session.is_idle

        answer = messages.Pushed(lane=SELF, epoch=EPOCH, upto=1, refused=[])

        assert [read(SELF, limits.PUSH_WINDOW)] == session.receive(answer, 0)

    def test_news_during_a_read_asks_no_second_time(self) -> None:
        session = opened_client()

        assert [] == session.outbox_changed([SELF])

    def test_news_in_a_new_lane_is_read(self) -> None:
        session = opened_client()
        session.outbox_read(SELF, [])

        assert [read(CARE, 0)] == session.outbox_changed([CARE])

    def test_what_is_said_of_refused_events_changes_nothing(self) -> None:
        session = opened_client()
        session.outbox_read(SELF, own_events(2))
        refused = [messages.Refusal(dseq=1, code="malformed_body")]

        asked = session.receive(messages.Pushed(lane=SELF, epoch=EPOCH, upto=2, refused=refused), 0)

        assert [] == asked

    @pytest.mark.parametrize(
        "answer",
        [
            messages.Pushed(lane=SELF, epoch=OTHER_EPOCH, upto=1, refused=[]),
            messages.Fork(lane=SELF, epoch=OTHER_EPOCH, dseq=1, hash=HASH),
            messages.Gap(lane=SELF, epoch=OTHER_EPOCH, wanted=1),
            messages.Pushed(lane=CARE, epoch=EPOCH, upto=1, refused=[]),
        ],
    )
    def test_answers_about_something_else_are_ignored(self, answer: messages.Pushed) -> None:
        session = opened_client()
        session.outbox_read(SELF, own_events(1))
        session.outbox_read(SELF, [])

        assert [] == session.receive(answer, 0)
        assert not session.is_idle

    def test_a_gap_that_can_be_filled_rewinds_the_sending(self) -> None:
        session = opened_client()
        events = own_events(3)
        session.outbox_read(SELF, events[2:])
        session.outbox_read(SELF, [])

        asked = session.receive(messages.Gap(lane=SELF, epoch=EPOCH, wanted=2), 0)

        assert [read(SELF, 1)] == asked
        assert effects.StartEpoch() not in session.outbox_read(SELF, events[1:])

    @pytest.mark.parametrize("found", [[], own_events(3)[2:]])
    def test_a_gap_that_cannot_be_filled_starts_an_epoch(self, found: list[object]) -> None:
        session = opened_client()
        session.outbox_read(SELF, own_events(3)[2:])
        session.outbox_read(SELF, [])
        session.receive(messages.Gap(lane=SELF, epoch=EPOCH, wanted=2), 0)

        asked = session.outbox_read(SELF, found)  # type: ignore[arg-type]

        assert [effects.StartEpoch()] == asked

    def test_throttle_stops_reading_until_resume(self) -> None:
        session = opened_client()
        longest = session.receive(messages.Throttle(ms=10**9), 0)
        assert [effects.Pause(ms=limits.THROTTLE_MS_MAX)] == longest
        assert [effects.Pause(ms=700)] == session.receive(messages.Throttle(ms=700), 0)
        assert 1 == len(sent(session.outbox_read(SELF, own_events(1))))
        assert [] == session.outbox_changed([SELF])
        assert [read(SELF, 1)] == session.resume()


class TestNewEpoch:
    """Rule 1: after a fork, everything without a row is written again under a new epoch."""

    def test_a_fork_starts_one_epoch_and_pushes_from_its_beginning(self) -> None:
        session = opened_client()
        session.outbox_read(SELF, own_events(5))
        session.outbox_read(SELF, [])
        fork = messages.Fork(lane=SELF, epoch=EPOCH, dseq=5, hash=HASH)

        assert [effects.StartEpoch()] == session.receive(fork, 0)
        assert [] == session.receive(fork, 0)
        assert not session.is_idle
        assert [read(SELF, 0)] == session.epoch_started(OTHER_EPOCH, [SELF])
        assert session.epoch == OTHER_EPOCH

    def test_what_was_read_before_the_epoch_is_read_again(self) -> None:
        session = opened_client()
        session.outbox_read(SELF, own_events(5))

        session.epoch_started(OTHER_EPOCH, [SELF])

        assert [read(SELF, 0)] == session.outbox_read(SELF, [])

    def test_nothing_read_is_pushed_while_an_epoch_is_needed(self) -> None:
        session = opened_client()
        session.outbox_read(SELF, own_events(1))
        session.receive(messages.Fork(lane=SELF, epoch=EPOCH, dseq=1, hash=HASH), 0)

        assert [] == session.outbox_read(SELF, own_events(2)[1:])

    def test_a_device_that_joined_writes_again_once_the_log_was_read(self) -> None:
        session = welcomed_client(head=2, needs_epoch=True)

        assert [] == session.own_checked(forked=False)
        assert effects.StartEpoch() in session.page_stored(page_of(SELF, 0, 2), stood(SELF, 2))


class TestRewind:
    """Rule 3: hold back, read again, offer, and push only then."""

    def test_the_cursor_is_set_before_anything_is_pushed(self) -> None:
        session = welcomed_client(cursor=3, rewind=POINT)

        asked = session.own_checked(forked=False)

        assert [
            effects.BeginRewind(lane=SELF, rewind=POINT, cursor=3, cursor_hash=bytes(32))
        ] == asked
        assert [effects.ReadHeld(lane=SELF)] == session.rewound(SELF, stood(SELF, 0, held=True))

    def test_a_rewind_that_holds_nothing_back_offers_nothing(self) -> None:
        session = welcomed_client(cursor=3, rewind=POINT)
        session.own_checked(forked=False)

        assert [read(SELF, 0)] == session.rewound(SELF, stood(SELF, 0))

    def test_a_point_that_does_not_verify_ends_the_session(self) -> None:
        session = welcomed_client(cursor=3, rewind=POINT)
        session.own_checked(forked=False)

        assert ErrorCode.BROKEN_PAGE is getattr(session.rewound(SELF, None)[0], "code", None)

    def test_rows_held_back_earlier_are_offered_in_every_session(self) -> None:
        session = welcomed_client(held=[CARE])

        asked = session.own_checked(forked=False)

        assert [read(SELF, 0), effects.ReadHeld(lane=CARE)] == asked

    def test_nothing_offered_settles_at_once(self) -> None:
        session = welcomed_client(held=[SELF])
        session.own_checked(forked=False)

        asked = session.held_read(SELF, [])

        assert effects.SettleHeld(lane=SELF, refused=False) in asked

    def test_an_answer_to_no_offer_ends_the_session(self) -> None:
        session = opened_client()

        (close,) = session.receive(messages.Offered(lane=SELF, upto=0, code=None), 0)

        assert ErrorCode.UNEXPECTED_MESSAGE is getattr(close, "code", None)

    def test_refused_rows_of_this_device_are_written_again(self) -> None:
        session = opened_client()
        session.outbox_read(SELF, [])

        assert [effects.StartEpoch()] == session.held_settled(SELF, needs_epoch=True)


class TestPages:
    """Rule 4 and design.md 6: acknowledged after the commit; a broken page ends the session."""

    def test_a_page_is_stored_then_acknowledged(self) -> None:
        session = opened_client(head=1)
        page = page_of(SELF, 0, 1)

        assert [effects.StorePage(page=page)] == session.receive(page, 0)
        asked = session.page_stored(page, stood(SELF, 1))

        assert [messages.Ack(lane=SELF, upto=1, hash=page.signed_head.hash)] == sent(asked)

    def test_a_lane_that_is_new_to_the_device_is_stored_too(self) -> None:
        session = opened_client()

        asked = session.page_stored(page_of(CARE, 0, 1), stood(CARE, 1))

        assert 1 == len(sent(asked))

    def test_a_broken_page_ends_the_session(self) -> None:
        session = opened_client()

        assert ErrorCode.BROKEN_PAGE is getattr(session.page_broken()[0], "code", None)


class TestTheRest:
    """design.md 6: every message is answered or named; nothing is dropped in silence."""

    def test_a_ping_is_answered_and_a_fresh_credential_asked_for(self) -> None:
        assert [messages.Pong(now=9)] == sent(opened_client().receive(messages.Ping(now=1), 9))
        assert [messages.Renew()] == sent(opened_client().renew())

    def test_revocations_go_out_at_once(self) -> None:
        assert [messages.Revoked(grants=[HASH[:16]])] == sent(opened_client().revoke([HASH[:16]]))

    def test_bye_ends_it(self) -> None:
        assert [messages.Bye()] == sent(opened_client().bye())

    @pytest.mark.parametrize(
        ("message", "code", "wait_ms"),
        [
            (messages.Bye(), None, 0),
            (messages.GoingAway(spread_ms=900), ErrorCode.GOING_AWAY, 900),
            (
                messages.Error(code="overloaded", retry="later", message="busy"),
                ErrorCode.OVERLOADED,
                0,
            ),
            (
                messages.Error(code="of_the_future", retry="later", message="?"),
                ErrorCode.INTERNAL,
                0,
            ),
        ],
    )
    def test_the_server_ends_it(
        self, message: messages.ServerMessage, code: ErrorCode | None, wait_ms: int
    ) -> None:
        session = opened_client()

        (close,) = session.receive(message, 0)

        assert isinstance(close, effects.Close)
        assert (code, wait_ms) == (close.code, close.wait_ms)
        assert session.state is State.CLOSED


class TestAfterTheEnd:
    """Invariant 6: a closed session asks for nothing, whatever still reaches it."""

    def test_results_and_news_ask_for_nothing(self) -> None:
        session = opened_client(head=1)
        session.close(None, "enough")

        asked = [
            session.keys_followed(trusted=True),
            session.own_checked(forked=True),
            session.page_stored(page_of(SELF, 0, 1), stood(SELF, 1)),
            session.page_broken(),
            session.outbox_read(SELF, own_events(1)),
            session.outbox_changed([SELF]),
            session.epoch_started(OTHER_EPOCH, [SELF]),
            session.held_read(SELF, []),
            session.held_settled(SELF, needs_epoch=True),
            session.rewound(SELF, None),
            session.resume(),
            session.revoke([bytes(16)]),
            session.renew(),
            session.bye(),
        ]

        assert [[]] * len(asked) == asked
        assert not session.is_idle
