"""Device sessions: effects in order, errors under their names, the right sessions ended."""

import asyncio

import msgspec
import pytest

from tests.support.exports import placed, row_of
from tests.support.pipe import Pipe
from tests.support.server import WireDevice
from tests.support.session_steps import head_at, welcome_of
from tests.support.stores import MemoryParts
from trailmark_server import credentials
from trailmark_server.access import DeviceActor
from trailmark_server.bell import Pauses
from trailmark_server.devices import DeviceSession
from trailmark_server.heads import SigningKeys, next_key
from trailmark_server.sign_in.device import sign_in
from trailmark_server.storage.ports import Page
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode
from trailmark_shared.ids import SELF, DeviceId, Lane, SpaceId
from trailmark_shared.protocol import messages, pages
from trailmark_shared.protocol.effects import LaneState
from trailmark_shared.protocol.frames import encode_frame

SPACE = SpaceId(b"s" * 16)
PHONE = DeviceId(b"p" * 16)
ACTOR = DeviceActor(space=SPACE, device=PHONE)


@pytest.fixture
def parts() -> MemoryParts:
    return MemoryParts()


@pytest.fixture
async def phone(parts: MemoryParts) -> WireDevice:
    credential = credentials.credential_text(b"c" * 32)
    now = parts.clock.now_ms()
    await parts.accounts.write(
        lambda rows: credentials.admit_device(rows, SPACE, PHONE, "phone", credential, now)
    )
    return WireDevice(SPACE, PHONE, credential)


@pytest.fixture
def pipe() -> Pipe:
    return Pipe()


@pytest.fixture
def session(parts: MemoryParts, phone: WireDevice, pipe: Pipe) -> DeviceSession:
    return DeviceSession(parts.services, pipe, phone.credential)


async def say(session: DeviceSession, message: messages.ClientMessage) -> None:
    session.take(encode_frame(message))
    await session.settle()


async def test_hello_asks_in_order(
    parts: MemoryParts, phone: WireDevice, session: DeviceSession, pipe: Pipe
) -> None:
    with session:
        await say(session, phone.hello(revoked=[b"g" * 16]))
        assert 1 == parts.services.live.count
        assert {SPACE} == set(parts.services.bell.spaces)

    assert ["record_revocations", "open_lanes"] == parts.log.asked
    assert [messages.Welcome] == pipe.kinds
    assert 0 == parts.services.live.count
    assert not parts.services.bell.spaces


async def test_revocations_that_are_known_wake_nobody(
    parts: MemoryParts, phone: WireDevice
) -> None:
    with parts.services.bell.subscribe([SPACE]) as other:
        for is_new in (True, False):
            with DeviceSession(parts.services, Pipe(), phone.credential) as session:
                await say(session, phone.hello(revoked=[b"g" * 16]))
            assert is_new == other.take().access


async def test_a_push_rings_and_is_answered(
    parts: MemoryParts, phone: WireDevice, session: DeviceSession, pipe: Pipe
) -> None:
    with session, parts.services.bell.subscribe([SPACE]) as other:
        await say(session, phone.hello())
        await say(session, pages.push_from_events([phone.record(b"x")]))

        assert frozenset({(SPACE, SELF)}) == other.take().lanes
    assert [messages.Welcome, messages.Pushed] == pipe.kinds
    assert "append as person" in parts.log.asked


@pytest.mark.parametrize(("last", "count"), [(b"z", 1), (b"z" * limits.PACKED_FROM_BYTES, 2)])
async def test_short_pushes_that_wait_are_taken_in_one_transaction_and_answered_each(
    parts: MemoryParts,
    phone: WireDevice,
    session: DeviceSession,
    pipe: Pipe,
    last: bytes,
    count: int,
) -> None:
    with session:
        await say(session, phone.hello())
        for body in (b"x", b"y", last):
            session.take(encode_frame(pages.push_from_events([phone.record(body)])))
        await session.settle()

    assert [messages.Welcome] + [messages.Pushed] * 3 == pipe.kinds
    assert count == parts.log.asked.count("append as person")


@pytest.mark.parametrize("is_a_push", [True, False])
async def test_what_is_wrong_behind_a_push_is_told_after_its_answer(
    phone: WireDevice, session: DeviceSession, pipe: Pipe, *, is_a_push: bool
) -> None:
    with session:
        await say(session, phone.hello())
        session.take(encode_frame(pages.push_from_events([phone.record(b"x")])))
        bad = msgspec.structs.replace(pages.push_from_events([phone.record(b"y")]), last=bytes(32))
        session.take(encode_frame(bad) if is_a_push else b"\x00")
        await session.settle()

    assert [messages.Welcome, messages.Pushed, messages.Error] == pipe.kinds
    assert session.ended is not None
    assert session.ended.code is (ErrorCode.BROKEN_PAGE if is_a_push else ErrorCode.MALFORMED_FRAME)


async def test_the_bell_makes_it_read(
    parts: MemoryParts, phone: WireDevice, session: DeviceSession
) -> None:
    with session:
        await session.settle()
        await say(session, phone.hello())
        parts.services.bell.ring(SPACE, Lane("care/" + "0" * 26))
        await session.settle()

    assert "read_page" == parts.log.asked[-1]


async def test_what_a_live_session_pushed_waits_for_company(
    parts: MemoryParts, phone: WireDevice, session: DeviceSession
) -> None:
    with session:
        session.own_pauses = Pauses(once=60_000, often=60_000)
        await say(session, phone.hello())
        for body in (b"x", b"y"):
            await say(session, pages.push_from_events([phone.record(body)]))
        await session.settle()
        await say(session, pages.push_from_events([phone.record(b"z")]))
        await session.settle()

        assert "append as person" == parts.log.asked[-1]

        parts.services.bell.ring(SPACE, SELF)
        await session.settle()

        assert "read_page" == parts.log.asked[-1]


async def test_a_full_answer_reads_no_further(
    parts: MemoryParts, phone: WireDevice, session: DeviceSession, pipe: Pipe
) -> None:
    pipe.pages_max = 0
    with session:
        await say(session, phone.hello())
        parts.services.bell.ring(SPACE, SELF)
        await session.settle()

    assert "read_page" not in parts.log.asked


class ManyLanes:
    """A log of lanes that have a page each, and how many of these are read at the same time."""

    def __init__(
        self, parts: MemoryParts, monkeypatch: pytest.MonkeyPatch, writer: WireDevice
    ) -> None:
        self.lanes = [Lane(f"care/{number:026}") for number in range(12)]
        self.most = self._now = 0
        event = writer.record(b"words", self.lanes[0])
        [self._row] = placed([row_of(event)])
        monkeypatch.setattr(parts.log, "open_lanes", self.open_lanes)
        monkeypatch.setattr(parts.log, "read_page", self.read_page)

    async def open_lanes(self, *_: object) -> list[LaneState]:
        [welcome] = welcome_of(head=1).lanes
        told = [msgspec.structs.replace(welcome, lane=lane) for lane in self.lanes]
        return [LaneState(welcome=each, start=0) for each in told]

    async def read_page(self, *_: object, **_how: bool) -> Page:
        self._now += 1
        self.most = max(self.most, self._now)
        await asyncio.sleep(0)
        self._now -= 1
        return Page(rows=[self._row], signed_head=head_at(1), is_last=True)


@pytest.fixture
def many(parts: MemoryParts, phone: WireDevice, monkeypatch: pytest.MonkeyPatch) -> ManyLanes:
    return ManyLanes(parts, monkeypatch, phone)


async def test_few_pages_are_read_at_once(
    phone: WireDevice, session: DeviceSession, pipe: Pipe, many: ManyLanes
) -> None:
    with session:
        await say(session, phone.hello())

    assert limits.PAGES_READ_AT_ONCE == many.most
    assert many.lanes == [each.lane for each in pipe.sent if isinstance(each, messages.Events)]


async def test_an_answer_that_is_full_meanwhile_takes_no_further_page(
    phone: WireDevice, session: DeviceSession, pipe: Pipe, many: ManyLanes
) -> None:
    pipe.pages_max = 1
    assert many.lanes
    with session:
        await say(session, phone.hello())

    assert [messages.Welcome, messages.Events] == pipe.kinds


async def test_a_revoked_device_is_told_and_ended(
    parts: MemoryParts, phone: WireDevice, session: DeviceSession, pipe: Pipe
) -> None:
    with session:
        await say(session, phone.hello())
        await parts.accounts.write(
            lambda rows: credentials.revoke_device(rows, SPACE, PHONE, parts.clock.now_ms())
        )
        parts.services.bell.ring_access(SPACE)
        await session.settle()
        await say(session, phone.hello())

    assert session.ended is not None
    assert ErrorCode.SIGNED_OUT == session.ended.code
    error = pipe.sent[-1]
    assert isinstance(error, messages.Error)
    assert "after_sign_in" == error.retry
    assert 2 == len(pipe.sent)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TimeoutError(), ErrorCode.OVERLOADED),
        (ConnectionResetError(), ErrorCode.UNREACHABLE),
        (ValueError("somebody's words"), ErrorCode.INTERNAL),
    ],
)
async def test_whatever_happens_has_a_name(
    phone: WireDevice, session: DeviceSession, pipe: Pipe, error: Exception, code: ErrorCode
) -> None:
    pipe.error = error
    with session:
        await say(session, phone.hello())

    assert session.ended is not None
    assert code == session.ended.code
    assert "words" not in session.ended.message


async def test_another_devices_credential_is_refused(
    phone: WireDevice, session: DeviceSession
) -> None:
    with session:
        await say(session, WireDevice(SPACE, DeviceId(b"x" * 16), phone.credential).hello())

    assert session.ended is not None
    assert ErrorCode.NOT_SIGNED_IN == session.ended.code


async def test_a_normal_end_has_no_code(phone: WireDevice, session: DeviceSession) -> None:
    with session:
        await say(session, phone.hello())
        await say(session, messages.Bye())

    assert session.ended is not None
    assert session.ended.code is None


async def test_renew_ping_and_revoked_are_answered(
    parts: MemoryParts, phone: WireDevice, session: DeviceSession, pipe: Pipe
) -> None:
    with session:
        await say(session, phone.hello())
        await say(session, messages.Renew())
        await say(session, messages.Ping(now=1))
        await say(session, messages.Revoked(grants=[b"g" * 16]))

    assert [messages.Welcome, messages.Renewed, messages.Pong] == pipe.kinds[:3]
    assert "record_revocations" == parts.log.asked[-1]
    renewed = pipe.sent[1]
    assert isinstance(renewed, messages.Renewed)
    assert PHONE == (await sign_in(parts.services, renewed.credential)).device


async def test_going_away_says_so(phone: WireDevice, session: DeviceSession, pipe: Pipe) -> None:
    with session:
        await say(session, phone.hello())
        session.go_away()
        await session.settle()

    assert messages.GoingAway is pipe.kinds[-1]
    assert session.ended is not None
    assert ErrorCode.GOING_AWAY == session.ended.code


@pytest.mark.parametrize("what", ["events", "revocations"])
async def test_sending_too_fast_is_throttled_then_refused(
    parts: MemoryParts, phone: WireDevice, session: DeviceSession, pipe: Pipe, what: str
) -> None:
    def more(mark: bytes) -> messages.ClientMessage:
        if what == "events":
            return pages.push_from_events([phone.record(mark)])
        return messages.Revoked(grants=[mark * 16])

    live, now = parts.services.live, parts.clock.monotonic_ms()
    with session:
        await say(session, phone.hello())
        live.charge(ACTOR, limits.DEVICE_EVENTS_BURST, now)
        await say(session, more(b"1"))
        assert messages.Throttle is pipe.kinds[-1]

        live.charge(ACTOR, 60 * limits.DEVICE_EVENTS_PER_SECOND - 2, now)
        await say(session, more(b"3"))

    assert session.ended is not None
    assert ErrorCode.RATE_LIMITED == session.ended.code


async def test_a_rewind_ends_the_devices_other_sessions(
    parts: MemoryParts,
    phone: WireDevice,
    session: DeviceSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def rewound(*_: object) -> list[LaneState]:
        welcome = messages.LaneWelcome(
            lane=SELF,
            head=0,
            head_hash=bytes(32),
            device_high=0,
            device_hash=bytes(32),
            rewind=messages.Rewind(seq=0, signed_head=None),
        )
        return [LaneState(welcome=welcome, start=0)]

    woken: list[str] = []
    session.wake = lambda: woken.append("session")
    with session, DeviceSession(parts.services, Pipe(), phone.credential) as rewinding:
        await say(session, phone.hello())
        monkeypatch.setattr(parts.log, "open_lanes", rewound)
        await say(rewinding, phone.hello())

        assert session.ended is not None
        assert rewinding.ended is None
        assert ["session"] == woken


@pytest.mark.parametrize("when", ["while it opens", "while it lives"])
async def test_a_session_ends_when_another_key_signs_than_welcome_named(
    parts: MemoryParts,
    phone: WireDevice,
    session: DeviceSession,
    pipe: Pipe,
    monkeypatch: pytest.MonkeyPatch,
    when: str,
) -> None:
    """Its pages would not verify under the key that the device was told."""
    signer = parts.services.signer
    made = next_key(SigningKeys(chain=signer.chain, seed=bytes(32)), b"2" * 32, 1)

    def rotate() -> None:
        signer.use(SigningKeys(chain=(*signer.chain, made), seed=b"2" * 32))

    if when == "while it opens":

        async def rotating(*_: object) -> list[LaneState]:
            rotate()
            return []

        monkeypatch.setattr(parts.log, "open_lanes", rotating)
    with session:
        await say(session, phone.hello())
        if when == "while it lives":
            rotate()
            parts.services.bell.ring_access()
            await session.settle()

    assert isinstance(pipe.sent[-1], messages.Error)
    assert (ErrorCode.GOING_AWAY, "later") == (pipe.sent[-1].code, pipe.sent[-1].retry)
