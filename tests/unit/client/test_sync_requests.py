"""A session over requests: what each of them holds, and when the next one is due."""

import asyncio

import msgspec
import pytest

from tests.support.fakes import FakeClock
from trailmark_adapters.https import NoAnswerError, Sent
from trailmark_client.sync_requests import RequestTransport
from trailmark_client.transport import TransportClosedError
from trailmark_shared import chain, limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.protocol.frames import (
    decode_client_frame,
    encode_frame,
    join_frames,
    split_frames,
)
from trailmark_shared.protocol.messages import (
    Ack,
    AnyMessage,
    Bye,
    Error,
    Events,
    Hello,
    LaneHello,
    LaneWelcome,
    Ping,
    Pong,
    Renew,
    Renewed,
    Revoked,
    Rewind,
    Run,
    SignedHead,
    SigningKey,
    Welcome,
)

CARE = "care/00000000000000000000000000"
HASH = b"h" * 32
FIRST = LaneHello(lane="self", cursor=9, cursor_hash=HASH, back=[(8, HASH), (3, HASH)])
HELLO = Hello(
    protocol=(1, 2),
    app="trailmark",
    device=b"d" * 16,
    epoch=b"e" * 8,
    now=1,
    lanes=[FIRST],
    revoked=[],
)
GOES_BACK = Rewind(
    seq=3, signed_head=SignedHead(seq=3, hash=b"r" * 32, time=1, signature=bytes(64))
)
RENEWED = Renewed(credential="tmd_y", expires_at=9)


def welcome(
    rewind: Rewind | None = None, *, head: int = 9, hash_: bytes = HASH, key: bytes = b"k" * 32
) -> Welcome:
    lane = LaneWelcome(
        lane="self",
        head=head,
        head_hash=hash_,
        device_high=0,
        device_hash=bytes(32),
        rewind=rewind,
    )
    return Welcome(
        protocol=1,
        now=1,
        limits={},
        credential_expires_at=9,
        lanes=[lane],
        keys=[SigningKey(key=key, since=0, signature=None)],
    )


def page(lane: str, seq: int) -> Events:
    head = SignedHead(seq=seq, hash=HASH, time=1, signature=bytes(64))
    run = Run(
        device=b"d" * 16,
        epoch=b"e" * 8,
        first=1,
        prev=bytes(32),
        received_at=1,
        offset=0,
        actor="person",
        code=None,
        events=[(b"i" * 16, None, b"s" * 16, b"{}")],
    )
    return Events(lane=lane, after=seq - 1, runs=[run], signed_head=head)


class Server:
    """Answers requests in order, the last answer again and again; keeps what was asked."""

    def __init__(self, *answers: list[AnyMessage] | tuple[int, bytes] | Exception) -> None:
        self.sent: list[Sent] = []
        self._answers = list(answers)

    def __call__(self, sent: Sent) -> tuple[int, bytes]:
        self.sent.append(sent)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, list):
            return 200, join_frames(map(encode_frame, answer))
        return answer

    @property
    def asked(self) -> list[list[AnyMessage]]:
        """The messages of each request."""
        return [
            [decode_client_frame(frame) for frame in split_frames(sent.body or b"")]
            for sent in self.sent
        ]

    @property
    def cursors(self) -> list[dict[str, tuple[int, bytes]]]:
        """Where each request began."""
        hellos = [messages[0] for messages in self.asked]
        return [
            {lane.lane: (lane.cursor, lane.cursor_hash) for lane in hello.lanes}
            for hello in hellos
            if isinstance(hello, Hello)
        ]


class Session:
    """A transport over a server."""

    def __init__(self, server: Server) -> None:
        self.clock = FakeClock(1_000)
        self.transport = RequestTransport("https://home.example", "tmd_x", self.clock, server)

    async def say(self, *messages: AnyMessage) -> None:
        for message in messages:
            await self.transport.send(encode_frame(message))

    async def hear(self, count: int) -> list[bytes]:
        return [await self.transport.receive() for _ in range(count)]


async def test_the_first_request_is_hello_alone_with_the_credential_in_its_header() -> None:
    server = Server([welcome(), page("self", 10)])
    session = Session(server)
    await session.say(HELLO)

    assert [encode_frame(welcome()), encode_frame(page("self", 10))] == await session.hear(2)

    sent = server.sent[0]
    assert ("POST", "https://home.example", "/sync") == (sent.method, sent.origin, sent.path)
    assert "Bearer tmd_x" == sent.headers["Authorization"]
    assert (limits.POST_BYTES_MAX, limits.REQUEST_MS_MAX) == (
        sent.answer_bytes_max,
        sent.answer_ms_max,
    )
    assert session.transport.patience_ms > limits.REQUEST_MS_MAX
    (hello,) = server.asked[0]
    assert isinstance(hello, Hello)
    assert (1_000, HELLO.lanes) == (hello.now, hello.lanes)


async def test_the_next_request_begins_at_what_was_acknowledged_and_waits_for_all_of_it() -> None:
    first = welcome(head=10, hash_=b"n" * 32)
    care = msgspec.structs.replace(first.lanes[0], lane=CARE, head=4, head_hash=HASH)
    first = msgspec.structs.replace(first, lanes=[*first.lanes, care])
    server = Server([first, page("self", 10), page(CARE, 4)], [first, RENEWED])
    session = Session(server)
    await session.say(HELLO)
    await session.hear(3)
    await session.say(Renew(), Ack(lane=CARE, upto=4, hash=HASH))
    next_frame = asyncio.create_task(session.transport.receive())
    await asyncio.sleep(0)
    assert 1 == len(server.sent)
    session.clock.advance(5)
    await session.say(Ack(lane="self", upto=10, hash=b"n" * 32))

    assert encode_frame(RENEWED) == await next_frame  # a second welcome is not passed on

    assert {"self": (10, b"n" * 32), CARE: (4, HASH)} == server.cursors[1]
    hello, said = server.asked[1]
    assert isinstance(hello, Hello)
    assert (1_005, Renew()) == (hello.now, said)
    assert [(8, HASH), (3, HASH)] == hello.lanes[0].back


async def test_it_is_asked_until_nothing_follows_and_then_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "REQUEST_POLL_MS", 1)
    later = welcome(head=10)
    server = Server([welcome(), page("self", 10)], [later], [later], [later, Pong(now=3)])
    session = Session(server)
    await session.say(HELLO)
    await session.hear(2)
    await session.say(Ack(lane="self", upto=10, hash=HASH))

    assert [encode_frame(Pong(now=3))] == await session.hear(1)
    assert 4 == len(server.sent)


async def test_a_socket_is_worth_another_try_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REQUEST_POLL_MS", 1)
    monkeypatch.setattr(limits, "REQUEST_POLLS_MAX", 3)
    server = Server([welcome(), Ping(now=1)])  # what answers a ping is no reason to ask at once
    session = Session(server)
    await session.say(HELLO)
    await session.hear(1)

    async def answer_all() -> None:
        while await session.hear(1):
            await session.say(Pong(now=1))

    with pytest.raises(TransportClosedError) as ended:
        await answer_all()

    assert (ErrorCode.UNREACHABLE, "later") == (ended.value.code, ended.value.retry)
    assert 1 + 3 == len(server.sent)


async def test_a_device_that_the_log_does_not_know_begins_where_it_does() -> None:
    server = Server([welcome(GOES_BACK)], [welcome(head=3, hash_=b"r" * 32), RENEWED])
    session = Session(server)
    await session.say(HELLO)
    await session.hear(1)
    await session.say(Renew())
    await session.hear(1)

    assert {"self": (3, b"r" * 32)} == server.cursors[1]
    hello = server.asked[1][0]
    assert isinstance(hello, Hello)
    assert [] == hello.lanes[0].back


async def test_a_device_that_has_nothing_in_common_begins_anew() -> None:
    server = Server([welcome(Rewind(seq=0, signed_head=None))], [welcome(), RENEWED])
    session = Session(server)
    await session.say(HELLO)
    await session.hear(1)
    await session.say(Renew())
    await session.hear(1)

    assert {"self": (0, chain.GENESIS)} == server.cursors[1]


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(welcome(GOES_BACK), id="the log went back"),
        pytest.param(welcome(head=8), id="it hides its end"),
        pytest.param(welcome(hash_=b"x" * 32), id="it has another end"),
        pytest.param(msgspec.structs.replace(welcome(), lanes=[]), id="a lane is gone"),
        pytest.param(welcome(key=b"y" * 32), id="another key signs"),
    ],
)
async def test_a_server_that_is_not_as_it_was_ends_the_session(later: Welcome) -> None:
    await is_lost([welcome()], [later, RENEWED])


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param([], id="nothing"),
        pytest.param([RENEWED], id="no beginning"),
        pytest.param([welcome()], id="no end"),
    ],
)
async def test_a_part_of_an_answer_is_none(answer: list[AnyMessage]) -> None:
    await is_lost([welcome()], answer)


async def is_lost(*answers: list[AnyMessage]) -> None:
    """Assert that the second of two requests loses the connection."""
    session = Session(Server(*answers))
    await session.say(HELLO)
    await session.hear(1)
    await session.say(Renew())

    with pytest.raises(TransportClosedError) as ended:
        await session.hear(1)

    assert (ErrorCode.UNREACHABLE, "later") == (ended.value.code, ended.value.retry)


async def test_an_end_that_the_server_names_is_passed_on() -> None:
    end = Error(code="rate_limited", retry="later", message="too much at once")
    session = Session(Server([welcome()], [end]))
    await session.say(HELLO)
    await session.hear(1)
    await session.say(Renew())

    assert [encode_frame(end)] == await session.hear(1)


async def test_a_credential_that_was_renewed_meanwhile_is_asked_for_by_the_next_session() -> None:
    unknown = 401, b'{"code": "not_signed_in"}'
    first, later = Session(Server(unknown)), Session(Server([welcome()], unknown))
    for session in (first, later):
        await session.say(HELLO)
    await later.hear(1)
    await later.say(Renew())

    for session, code in ((first, ErrorCode.NOT_SIGNED_IN), (later, ErrorCode.UNREACHABLE)):
        with pytest.raises(RefusedError) as refused:
            await session.hear(1)
        assert code is refused.value.code


async def test_a_revocation_stands_behind_nothing_and_is_named_by_each_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A server that is put back between two requests must hear of it again, and at once."""
    monkeypatch.setattr(limits, "REVOKED_GRANTS_MAX", 2)
    known, first, second = (Revoked(grants=[bytes([n]) * 16]) for n in range(3))
    hello = msgspec.structs.replace(HELLO, revoked=known.grants)
    server = Server([welcome()], [welcome(), first, second, RENEWED], [welcome(), RENEWED])
    session = Session(server)
    await session.say(hello)
    await session.hear(1)
    await session.say(Renew(), first, second)
    await session.hear(3)
    await session.say(Renew())
    await session.hear(1)

    assert [first, second, Renew()] == server.asked[1][1:]
    named = [*known.grants, *first.grants]
    assert [known.grants, named, named] == [
        each[0].revoked for each in server.asked if isinstance(each[0], Hello)
    ]


async def test_a_lane_that_hello_has_no_room_for_is_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "LANES_PER_SESSION_MAX", 1)
    server = Server([welcome(), page(CARE, 1)], [welcome(), page(CARE, 1), RENEWED])
    session = Session(server)
    await session.say(HELLO)
    await session.hear(2)
    await session.say(Ack(lane=CARE, upto=1, hash=HASH), Renew())

    assert [encode_frame(RENEWED)] == await session.hear(1)

    assert {"self": (9, HASH)} == server.cursors[1]
    assert 2 == len(server.sent)


async def test_much_takes_several_requests_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(encode_frame(Renew()))
    monkeypatch.setattr(limits, "PAGE_BYTES_MAX", 2 * size)
    server = Server([welcome()], [welcome(), RENEWED, RENEWED], [welcome(), RENEWED])
    session = Session(server)
    await session.say(HELLO)
    await session.hear(1)
    await session.say(Renew(), Renew(), Renew(), Bye())
    await session.hear(3)

    assert [1, 3, 2] == [len(messages) for messages in server.asked]


@pytest.mark.parametrize(
    ("answer", "code", "retry"),
    [
        pytest.param(NoAnswerError("TimeoutError"), ErrorCode.UNREACHABLE, "later", id="none"),
        pytest.param((200, b"<html>Sign in"), ErrorCode.UNREACHABLE, "later", id="a hotel's"),
        pytest.param((502, b"<html>"), ErrorCode.UNREACHABLE, "later", id="a proxy's"),
        pytest.param(
            (403, b'{"code": "signed_out"}'), ErrorCode.SIGNED_OUT, "after_sign_in", id="a no"
        ),
    ],
)
async def test_an_answer_that_holds_no_frames_is_named(
    answer: tuple[int, bytes] | Exception, code: ErrorCode, retry: str
) -> None:
    session = Session(Server(answer))
    await session.say(HELLO)

    with pytest.raises(RefusedError) as raised:
        await session.hear(1)

    assert (code, retry) == (raised.value.code, raised.value.retry)
    await session.transport.close(1000, "")


@pytest.mark.parametrize("what", [Bye(), Revoked(grants=[b"g" * 16])])
async def test_nothing_is_asked_before_hello(what: AnyMessage) -> None:
    server = Server([welcome()])
    session = Session(server)
    await session.say(what)
    heard = asyncio.create_task(session.transport.receive())
    for _ in range(9):
        await asyncio.sleep(0)
    assert [] == server.sent

    await session.say(HELLO)

    assert encode_frame(welcome()) == await heard
