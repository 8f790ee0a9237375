"""The server's half: each rule of design.md section 6 and each branch that keeps it."""

from collections.abc import Sequence
from random import Random

import msgspec
import pytest

from tests.support.memory_client import MemoryClient
from tests.support.memory_server import MemoryServer
from tests.support.pairs import SessionPair
from tests.support.session_steps import (
    EPOCH,
    HELLO,
    KEY,
    SPACE,
    head_at,
    opened_server,
    own_events,
    page_of,
)
from trailmark_shared import chain, limits
from trailmark_shared.errors import ErrorCode
from trailmark_shared.events.envelope import Event, Row
from trailmark_shared.ids import SELF, care_lane
from trailmark_shared.protocol import effects, messages, pages
from trailmark_shared.protocol.page_found import PageFound
from trailmark_shared.protocol.server_session import ANNOUNCED_LIMITS, ServerSession
from trailmark_shared.protocol.states import State

CARE = care_lane(bytes(16))
OPENED = effects.Opened(space=SPACE, now=12, credential_expires_at=1, lanes=[], keys=[KEY])


def row_of(event: Event, seq: int) -> Row:
    return Row(
        event=event,
        seq=seq,
        received_at=1,
        offset=7,
        actor="person",
        code=None,
        lane_hash=bytes([seq]) * 32,
    )


def rows(count: int, first: int = 1) -> list[Row]:
    return [row_of(event, first + index) for index, event in enumerate(own_events(count))]


def codes(asked: list[effects.Effect]) -> list[ErrorCode | None]:
    return [effect.code for effect in asked if isinstance(effect, effects.Close)]


def sent(asked: list[effects.Effect]) -> list[messages.AnyMessage]:
    return [effect.message for effect in asked if isinstance(effect, effects.Send)]


class TestHello:
    """design.md 6: ``hello`` first; revocations before anything else is read."""

    @pytest.mark.parametrize(
        ("clock", "offset"), [(5, 7), (-limits.INTEGER_MAX, limits.INTEGER_MAX)]
    )
    def test_hello_opens_and_the_clock_difference_is_kept(self, clock: int, offset: int) -> None:
        hello = msgspec.structs.replace(HELLO, now=clock)
        session = ServerSession()

        assert [effects.OpenSession(hello=hello)] == session.receive(hello, 12)

        session.opened(OPENED)
        asked = session.receive(pages.push_from_events(own_events(1)), 99)

        assert [effects.AppendBatch(lane=SELF, events=own_events(1), offset=offset)] == asked

    @pytest.mark.parametrize("newest", [1, 2, 3])
    def test_welcome_names_the_version_and_the_bounds_and_feeds(self, newest: int) -> None:
        session = ServerSession()
        session.receive(msgspec.structs.replace(HELLO, protocol=(1, newest)), 12)
        (welcome,) = sent(session.opened(OPENED))

        assert isinstance(welcome, messages.Welcome)
        assert min(newest, 2) == welcome.protocol == session.version
        assert ANNOUNCED_LIMITS == welcome.limits
        assert [KEY] == welcome.keys
        assert session.is_idle

    @pytest.mark.parametrize("versions", [(0, 0), (3, 4), (2, 1)])
    def test_no_common_version_asks_for_an_upgrade(self, versions: tuple[int, int]) -> None:
        asked = ServerSession().receive(msgspec.structs.replace(HELLO, protocol=versions), 0)

        (error,) = sent(asked)
        assert isinstance(error, messages.Error)
        assert ("protocol_version", "after_upgrade") == (error.code, error.retry)
        assert [ErrorCode.PROTOCOL_VERSION] == codes(asked)

    def test_a_lane_named_twice_is_refused(self) -> None:
        lane = messages.LaneHello(lane=SELF, cursor=0, cursor_hash=bytes(32), back=[])
        hello = msgspec.structs.replace(HELLO, lanes=[lane, lane])

        assert [ErrorCode.MALFORMED_FRAME] == codes(ServerSession().receive(hello, 0))


class TestPush:
    """Rule 1: ``pushed`` after the commit; ``fork`` and ``gap`` by name."""

    def test_pushed_says_what_is_durable(self) -> None:
        session = opened_server()
        session.receive(pages.push_from_events(own_events(2)), 0)
        refused = [messages.Refusal(dseq=2, code="duplicate")]

        asked = session.appended(effects.Appended(lane=SELF, epoch=EPOCH, upto=2, refused=refused))

        assert [messages.Pushed(lane=SELF, epoch=EPOCH, upto=2, refused=refused)] == sent(asked)

    def test_a_fork_is_named(self) -> None:
        session = opened_server()
        session.receive(pages.push_from_events(own_events(3)[2:]), 0)
        appended = effects.Appended(lane=SELF, epoch=EPOCH, upto=0, refused=[], fork=(3, bytes(32)))

        assert [messages.Fork(lane=SELF, epoch=EPOCH, dseq=3, hash=bytes(32))] == sent(
            session.appended(appended)
        )

    def test_a_gap_is_named(self) -> None:
        session = opened_server()
        session.receive(pages.push_from_events(own_events(5)[4:]), 0)
        appended = effects.Appended(lane=SELF, epoch=EPOCH, upto=0, refused=[], gap=4)

        assert [messages.Gap(lane=SELF, epoch=EPOCH, wanted=4)] == sent(session.appended(appended))

    def test_a_push_that_waits_goes_along_and_both_are_answered(self) -> None:
        session, events = opened_server(), own_events(2)
        (first,) = session.receive(pages.push_from_events(events[:1]), 0)
        assert isinstance(first, effects.AppendBatch)

        both = session.joined(first, pages.push_from_events(events[1:]))

        assert both == effects.AppendBatch(lane=SELF, events=events, offset=first.offset)
        appended = effects.Appended(lane=SELF, epoch=EPOCH, upto=2, refused=[])
        assert [messages.Pushed] * 2 == [type(each) for each in sent(session.appended(appended))]

    def test_a_batch_with_a_wrong_hash_ends_the_session(self) -> None:
        push = msgspec.structs.replace(pages.push_from_events(own_events(1)), last=bytes(32))

        assert [ErrorCode.BROKEN_PAGE] == codes(opened_server().receive(push, 0))

    def test_an_overlong_body_reaches_the_store_that_refuses_it_alone(self) -> None:
        body = bytes(limits.BODY_BYTES_MAX + 1)
        server = MemoryServer(SPACE)
        client = MemoryClient(SPACE, Random(1))
        client.write(SELF, body)
        behind = client.write(SELF, b"{}")

        SessionPair(client, server).sync()

        assert [ErrorCode.TOO_LARGE, None] == [row.code for row in server.lane(SELF).rows]
        assert behind.id == server.lane(SELF).rows[1].event.id


def found(
    fed: Sequence[Row], *, is_last: bool = False, whole: messages.Events | None = None
) -> PageFound:
    head = head_at(fed[-1].seq) if fed else None
    return PageFound(rows=fed, signed_head=head, is_last=is_last, whole=whole)


def for_all(count: int) -> messages.Events:
    runs = pages.runs_from_rows(rows(count))
    return messages.Events(lane=SELF, after=0, runs=runs, signed_head=head_at(count))


class TestOwnEventsWithoutBody:
    """Invariant 4: a body is left out only of what this very session pushed."""

    def feed(self, session: ServerSession, fed: list[Row]) -> list[bytes | None]:
        (page,) = sent(session.page_read(SELF, found(fed)))
        assert isinstance(page, messages.Events)
        return [event[3] for run in page.runs for event in run.events]

    def pushed(self, first: int, upto: int) -> ServerSession:
        session = opened_server()
        batch = own_events(upto)[first - 1 :]
        session.receive(pages.push_from_events(batch), 0)
        session.appended(effects.Appended(lane=SELF, epoch=EPOCH, upto=upto, refused=[]))
        return session

    def test_pushed_events_travel_without_body(self) -> None:
        assert [b"{}", None, None] == self.feed(self.pushed(2, 3), rows(3))

    def test_the_message_of_all_the_others_is_not_for_whoever_pushed(self) -> None:
        told = found(rows(3), whole=for_all(3))
        (page,) = sent(self.pushed(2, 3).page_read(SELF, told))

        assert isinstance(page, messages.Events)
        assert [b"{}", None, None] == [event[3] for run in page.runs for event in run.events]

    def test_whoever_pushed_something_else_gets_it_too(self) -> None:
        whole = for_all(1)
        (page,) = sent(self.pushed(2, 3).page_read(SELF, found(rows(1), whole=whole)))

        assert page is whole

    def test_what_was_not_taken_travels_whole(self) -> None:
        session = opened_server()
        session.receive(pages.push_from_events(own_events(2)), 0)
        session.appended(effects.Appended(lane=SELF, epoch=EPOCH, upto=0, refused=[], gap=1))

        assert [b"{}", b"{}"] == self.feed(session, rows(2))


class TestFeeding:
    """Rule 5: delivery reads the log; the bell is one mark per lane; credit is kept."""

    def test_behind_the_last_rows_nothing_is_read_until_the_bell_rings(self) -> None:
        session = opened_server()
        asked = session.page_read(SELF, found(rows(1), is_last=True))

        assert [effects.Send] == [type(each) for each in asked]
        assert session.is_idle
        assert [effects.ReadPage(lane=SELF, after=1)] == session.lane_moved([SELF])

    def test_a_ring_during_the_read_of_the_last_rows_is_not_lost(self) -> None:
        session = opened_server()
        session.lane_moved([SELF])

        asked = session.page_read(SELF, found(rows(1), is_last=True))

        assert effects.ReadPage(lane=SELF, after=1) == asked[-1]

    def test_whoever_holds_none_of_the_rows_gets_the_message_of_all_the_others(self) -> None:
        session = opened_server()
        whole = for_all(2)
        (page,) = sent(session.page_read(SELF, found(rows(2), whole=whole)))

        assert page is whole

    def test_pages_stop_at_the_window_and_go_on_with_an_ack(self) -> None:
        session = opened_server()
        asked: list[effects.Effect] = []
        for seq in range(1, limits.PAGE_WINDOW + 1):
            asked = session.page_read(SELF, found(rows(1, seq)))

        assert [messages.Events] == [type(message) for message in sent(asked)]
        assert 1 == len(asked)
        assert session.is_idle
        assert [] == session.lane_moved([SELF])

        ack = messages.Ack(lane=SELF, upto=1, hash=head_at(1).hash)

        assert [effects.ReadPage(lane=SELF, after=limits.PAGE_WINDOW)] == session.receive(ack, 0)

    def test_a_lane_is_read_once_at_a_time(self) -> None:
        session = opened_server()

        assert [] == session.lane_moved([SELF])

    def test_a_ring_during_a_read_is_not_lost(self) -> None:
        session = opened_server()
        session.lane_moved([SELF])

        assert [effects.ReadPage(lane=SELF, after=0)] == session.page_read(SELF, found([]))
        assert not session.is_idle
        assert [] == session.page_read(SELF, found([]))
        assert session.is_idle

    def test_a_new_lane_is_read_from_its_beginning(self) -> None:
        session = opened_server()

        assert [effects.ReadPage(lane=CARE, after=0)] == session.lane_moved([CARE])

    @pytest.mark.parametrize(
        "ack",
        [
            messages.Ack(lane=SELF, upto=2, hash=bytes([1]) * 32),
            messages.Ack(lane=SELF, upto=1, hash=bytes(32)),
            messages.Ack(lane=CARE, upto=1, hash=bytes([1]) * 32),
        ],
    )
    def test_an_ack_of_a_page_that_was_not_sent_ends_the_session(self, ack: messages.Ack) -> None:
        session = opened_server()
        session.page_read(SELF, found(rows(1)))

        assert [ErrorCode.UNEXPECTED_MESSAGE] == codes(session.receive(ack, 0))

    def test_an_ack_of_nothing_ends_the_session(self) -> None:
        ack = messages.Ack(lane=SELF, upto=1, hash=bytes(32))

        assert [ErrorCode.UNEXPECTED_MESSAGE] == codes(opened_server().receive(ack, 0))

    def test_an_ack_in_a_lane_at_rest_asks_for_nothing(self) -> None:
        session = opened_server()
        session.page_read(SELF, found(rows(1)))
        session.page_read(SELF, found([]))

        assert [] == session.receive(messages.Ack(lane=SELF, upto=1, hash=head_at(1).hash), 0)


class TestOffer:
    """Rule 3: only rows up to a head that the server signed; the answer after the commit."""

    def offer(self, hash_: bytes | None = None) -> messages.Offer:
        runs = page_of(SELF, 0, 1).runs
        (row,) = pages.rows_from_runs(SPACE, SELF, 0, chain.GENESIS, runs)
        head = msgspec.structs.replace(head_at(1), hash=hash_ or row.lane_hash)
        return messages.Offer(
            lane=SELF, after=0, after_hash=chain.GENESIS, runs=runs, signed_head=head
        )

    def test_rows_that_meet_their_head_are_taken(self) -> None:
        (effect,) = opened_server().receive(self.offer(), 0)

        assert isinstance(effect, effects.TakeOffer)
        assert [1] == [row.seq for row in effect.rows]

    def test_rows_that_do_not_are_refused_by_name(self) -> None:
        session = opened_server()

        assert [messages.Offered(lane=SELF, upto=0, code="forged_offer")] == sent(
            session.receive(self.offer(bytes(32)), 0)
        )
        assert session.state is State.OPEN

    def test_more_rows_than_a_page_end_the_session(self) -> None:
        (run,) = page_of(SELF, 0, 1).runs
        full = msgspec.structs.replace(run, events=run.events * limits.PAGE_EVENTS_MAX)
        offer = msgspec.structs.replace(self.offer(), runs=[full, run])

        asked = opened_server().receive(offer, 0)

        (error,) = sent(asked)
        assert isinstance(error, messages.Error)
        assert ("too_large", "never") == (error.code, error.retry)


class TestTheRest:
    """design.md 6: every message is answered or named; nothing is dropped in silence."""

    def test_revocations_are_recorded_then_confirmed(self) -> None:
        session = opened_server()

        assert [effects.RecordRevocations(grants=[bytes(16)])] == session.receive(
            messages.Revoked(grants=[bytes(16)]), 0
        )
        assert [messages.Revoked(grants=[bytes(16)])] == sent(
            session.revocations_recorded([bytes(16)])
        )

    def test_renewal(self) -> None:
        session = opened_server()

        assert [effects.RenewCredential()] == session.receive(messages.Renew(), 0)
        assert [messages.Renewed(credential="tmd_x", expires_at=3)] == sent(
            session.renewed("tmd_x", 3)
        )

    def test_ping_is_answered_and_pong_is_not(self) -> None:
        session = opened_server()

        assert [messages.Pong(now=4)] == sent(session.receive(messages.Ping(now=1), 4))
        assert [] == session.receive(messages.Pong(now=1), 4)

    def test_throttle(self) -> None:
        assert [messages.Throttle(ms=5)] == sent(opened_server().throttle(5))

    def test_going_away_spreads_within_its_bound(self) -> None:
        session = opened_server()

        asked = session.go_away(limits.SPREAD_MS_MAX + 1)

        assert [messages.GoingAway(spread_ms=limits.SPREAD_MS_MAX)] == sent(asked)
        assert [ErrorCode.GOING_AWAY] == codes(asked)
        assert [] == session.go_away(1)

    def test_bye_closes(self) -> None:
        assert [None] == codes(opened_server().receive(messages.Bye(), 0))


class TestAfterTheEnd:
    """Results that arrive after the end send nothing and open nothing."""

    def test_results_and_news_ask_for_nothing(self) -> None:
        session = opened_server()
        session.refuse(ErrorCode.SIGNED_OUT, "signed out")

        asked = [
            session.opened(OPENED),
            session.appended(effects.Appended(lane=SELF, epoch=EPOCH, upto=1, refused=[])),
            session.page_read(SELF, found(rows(1))),
            session.offer_taken(SELF, 1, None),
            session.revocations_recorded([]),
            session.renewed("tmd_x", 1),
            session.throttle(1),
            session.lane_moved([SELF]),
            session.refuse(ErrorCode.INTERNAL, "again"),
        ]

        assert [[]] * len(asked) == asked
        assert session.state is State.CLOSED
