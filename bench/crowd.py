"""Many devices at a server, let in beside it and speaking frames over thin sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final, TypeVar

import msgspec
import uvloop

from bench.practice import check_in_body, grant_body
from bench.programs import Server
from bench.wire import ThinSocket, open_thin
from tests.support.server import WireDevice
from trailmark_adapters.clock import SystemClock
from trailmark_adapters.randomness import SystemRandomness
from trailmark_server import credentials
from trailmark_server.storage.accounts import AccountRows
from trailmark_server.stores import write_accounts
from trailmark_shared import ids, limits
from trailmark_shared.events.envelope import Event
from trailmark_shared.ids import SELF, DeviceId, Lane, SpaceId
from trailmark_shared.protocol.frames import encode_frame
from trailmark_shared.protocol.messages import PROTOCOL_OLDEST, PROTOCOL_VERSION, Ack, SignedHead
from trailmark_shared.protocol.packing import Packed, unpacked
from trailmark_shared.protocol.pages import push_from_events

_TOKEN: Final = SystemRandomness().token
PUSHED: Final = b"pushed"
EVENTS: Final = b"events"
WELCOME: Final = b"welcome"
_PACKED: Final = b"packed"
_VERSIONS: Final = (PROTOCOL_OLDEST, PROTOCOL_VERSION)
_AT_ONCE: Final = 64

T = TypeVar("T")


class _Page(msgspec.Struct, gc=False):
    """What a page must be acknowledged with."""

    lane: str
    signed_head: SignedHead


class _Standing(msgspec.Struct, gc=False):
    """How far a lane goes."""

    lane: str
    head: int


class _Welcome(msgspec.Struct, gc=False):
    """How far each lane goes."""

    lanes: list[_Standing]


_decode_welcome: Final = msgspec.msgpack.Decoder(_Welcome).decode
_decode_page: Final = msgspec.msgpack.Decoder(_Page).decode
_decode_packed: Final = msgspec.msgpack.Decoder(Packed).decode


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` on uvloop: the load must cost less than what it loads."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def let_in(server: Server, people: int, devices: int = 1) -> list[WireDevice]:
    """Let devices in beside a server; those of one person stand together."""
    token, made = SystemRandomness().token, list[WireDevice]()
    for _ in range(people):
        space = SpaceId(token(limits.ID_BYTES))
        for _ in range(devices):
            credential = credentials.credential_text(token(limits.CREDENTIAL_BYTES))
            made.append(WireDevice(space, DeviceId(token(limits.ID_BYTES)), credential))
    now = SystemClock().now_ms()

    def work(rows: AccountRows) -> None:
        for each in made:
            credentials.admit_device(rows, each.space, each.device, "phone", each.credential, now)

    write_accounts(server.data, work, server.databases)
    return made


def care_lane(device: WireDevice) -> Lane:
    """Return the name of the lane that a device's person shares with a therapist."""
    return ids.care_lane(device.space)


def grant_frame(device: WireDevice) -> bytes:
    """Return the push that opens ``care_lane``."""
    now = SystemClock().now_ms()
    return encode_frame(push_from_events([device.record(grant_body(now), care_lane(device))]))


def check_ins(device: WireDevice, lane: Lane, count: int) -> list[Event]:
    """Return the next check-ins of a device in a lane.

    In ``self`` the body stands for what a vault key sealed: the server cannot tell.
    """
    now = SystemClock().now_ms()
    first = len(device.outbox.get(lane, []))
    return [device.record(_body(now, number, lane), lane) for number in range(first, first + count)]


def check_in_frames(device: WireDevice, lane: Lane, count: int) -> list[bytes]:
    """Return pushes of one check-in each, as ``check_ins``."""
    return [encode_frame(push_from_events([each])) for each in check_ins(device, lane, count)]


def batch_frames(device: WireDevice, lane: Lane, count: int, size: int) -> list[bytes]:
    """Return ``count`` pushes of ``size`` check-ins each, the next ones of a device in a lane."""
    events = check_ins(device, lane, count * size)
    return [
        encode_frame(push_from_events(events[at : at + size])) for at in range(0, len(events), size)
    ]


def _body(now: int, number: int, lane: Lane) -> bytes:
    plain = check_in_body(now, _TOKEN(limits.ID_BYTES), number)
    return plain if lane != SELF else plain.ljust(_SEALED_BYTES, b"\0")


_SEALED_BYTES: Final = 552
"""What 300 to 511 bytes become: padded to 512, nonce and tag beside them."""


class Session:
    """One device at the server; acknowledges every page as a device does.

    An acknowledgement follows once all that came at the same time was heard: many devices in one
    process would else wait for each other, as those of many people do not.

    Attributes:
        socket: Its connection.
    """

    socket: ThinSocket

    def __init__(self, device: WireDevice, heard: Callable[[bytes, bytes], None]) -> None:
        """Hand the tag and the bytes of each frame to ``heard``."""
        self._device = device
        self._heard = heard
        self._behind: dict[str, int] = {}
        self._caught_up = asyncio.get_running_loop().create_future()

    @classmethod
    async def begun(
        cls, url: str, device: WireDevice, heard: Callable[[bytes, bytes], None]
    ) -> Session:
        """Open a session and wait until it has all that there was."""
        session = cls(device, heard)
        session.socket = await open_thin(url, session._hear, device.credential)
        hello = device.hello(now=SystemClock().now_ms())
        session.socket.send(encode_frame(msgspec.structs.replace(hello, protocol=_VERSIONS)))
        await session._caught_up
        return session

    def _hear(self, frame: bytes) -> None:
        tag = tag_of(frame)
        if tag == _PACKED:
            frame = unpacked(_decode_packed(frame))
            tag = tag_of(frame)
        if tag == EVENTS:
            asyncio.get_running_loop().call_soon(self._acknowledge, _decode_page(frame))
        elif tag == WELCOME:
            lanes = _decode_welcome(frame).lanes
            self._behind = {each.lane: each.head for each in lanes if each.head}
            self._note_end()
        elif tag == b"error":
            raise AssertionError(frame)
        self._heard(tag, frame)

    def _acknowledge(self, page: _Page) -> None:
        head = page.signed_head
        self.socket.send(encode_frame(Ack(lane=page.lane, upto=head.seq, hash=head.hash)))
        if self._behind and head.seq >= self._behind.get(page.lane, head.seq + 1):
            del self._behind[page.lane]
            self._note_end()

    def _note_end(self) -> None:
        if not (self._behind or self._caught_up.done()):
            self._caught_up.set_result(None)


def tag_of(frame: bytes) -> bytes:
    """Return the name of a message: it stands first in its frame."""
    size = frame[3] & 31
    return frame[4 : 4 + size]


async def sessions(
    url: str, devices: Sequence[WireDevice], heard: Callable[[int, bytes, bytes], None]
) -> list[Session]:
    """Open a session for each device, some at once; ``heard`` gets a device's number as well."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def begin(number: int, device: WireDevice) -> Session:
        async with gate:
            return await Session.begun(url, device, lambda tag, frame: heard(number, tag, frame))

    return list(await asyncio.gather(*(begin(*each) for each in enumerate(devices))))
