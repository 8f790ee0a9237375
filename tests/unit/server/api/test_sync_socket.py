"""The device socket on bare ASGI messages: what is sent before, during and after a session."""

import asyncio
from typing import Any, cast
from weakref import ReferenceType, ref

import pytest

from tests.support.server import WireDevice
from tests.support.stores import MemoryParts
from trailmark_server import credentials
from trailmark_server.api.sync_socket import INBOX_FRAMES
from trailmark_server.app import create_app
from trailmark_shared import limits
from trailmark_shared.ids import SELF, DeviceId, SpaceId
from trailmark_shared.protocol import messages, pages
from trailmark_shared.protocol.frames import decode_server_frame, encode_frame

SPACE = SpaceId(b"s" * 16)
PHONE = DeviceId(b"p" * 16)


class Event(dict[str, Any]):
    """What a socket says; one can see whether anybody still has it."""


class Wire:
    """The far end of an ASGI socket.

    Attributes:
        sent: What the server sent.
        takes: Cleared while it takes nothing.
    """

    def __init__(self, parts: MemoryParts, **headers: str) -> None:
        self.live = parts.services.live
        self._app = cast("Any", create_app(parts.services))
        self._inbound: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._scope: dict[str, Any] = {
            "type": "websocket",
            "path": "/sync",
            "raw_path": b"/sync",
            "root_path": "",
            "query_string": b"",
            "scheme": "ws",
            "server": ("127.0.0.1", 8740),
            "client": ("127.0.0.1", 1),
            "subprotocols": [],
            "extensions": {"websocket.http.response": {}},
            "headers": [(key.lower().encode(), value.encode()) for key, value in headers.items()],
        }
        self._inbound.put_nowait({"type": "websocket.connect"})
        self.takes = asyncio.Event()
        self.takes.set()
        self.task = asyncio.create_task(self._app(self._scope, self._inbound.get, self._take))

    async def _take(self, event: dict[str, Any]) -> None:
        await self.takes.wait()
        self.sent.put_nowait(event)

    def say(self, frame: bytes | None, text: str | None = None) -> ReferenceType[Event]:
        event = Event(type="websocket.receive", bytes=frame, text=text)
        self._inbound.put_nowait(event)
        return ref(event)

    @property
    def unread(self) -> int:
        """How many messages the server has not asked for."""
        return self._inbound.qsize()

    def leave(self) -> None:
        self._inbound.put_nowait({"type": "websocket.disconnect", "code": 1006})


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


async def test_a_session_begins_and_ends_with_its_peer(
    parts: MemoryParts, phone: WireDevice
) -> None:
    wire = Wire(parts, **phone.headers)
    assert "websocket.accept" == (await wire.sent.get())["type"]
    wire.say(encode_frame(phone.hello()))
    welcome = decode_server_frame((await wire.sent.get())["bytes"])
    wire.leave()
    await wire.task

    assert isinstance(welcome, messages.Welcome)
    assert wire.sent.empty()


async def test_a_device_that_waits_keeps_nothing_of_what_it_said_last(
    parts: MemoryParts, phone: WireDevice
) -> None:
    wire = Wire(parts, **phone.headers)
    await wire.sent.get()
    said = wire.say(encode_frame(phone.hello()))
    await wire.sent.get()

    assert said() is None
    wire.leave()
    await wire.task


async def test_a_slow_store_is_read_ahead_of_and_not_without_end(
    parts: MemoryParts, phone: WireDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on, open_lanes = asyncio.Event(), parts.log.open_lanes

    async def slowly(*asked: object) -> object:
        await goes_on.wait()
        return await cast("Any", open_lanes)(*asked)

    monkeypatch.setattr(parts.log, "open_lanes", slowly)
    wire = Wire(parts, **phone.headers)
    await wire.sent.get()
    wire.say(encode_frame(phone.hello()))
    for number in range(2 * INBOX_FRAMES):
        wire.say(encode_frame(messages.Ping(now=number)))
    for _ in range(100):
        await asyncio.sleep(0)
    assert INBOX_FRAMES == wire.unread  # hello waits in the store, and as many behind it

    goes_on.set()
    frames = [await wire.sent.get() for _ in range(2 * INBOX_FRAMES + 1)]
    answers = [decode_server_frame(each["bytes"]) for each in frames]
    wire.leave()
    await wire.task

    assert isinstance(answers[0], messages.Welcome)
    assert 2 * INBOX_FRAMES == sum(isinstance(each, messages.Pong) for each in answers)


async def test_many_frames_at_once_keep_nobody_waiting(
    parts: MemoryParts, phone: WireDevice
) -> None:
    passes, count = list[int](), 100 * INBOX_FRAMES

    async def somebody_else() -> None:
        while wire.unread:
            passes.append(wire.unread)
            await asyncio.sleep(0)

    wire = Wire(parts, **phone.headers)
    await wire.sent.get()
    wire.say(encode_frame(phone.hello()))
    await wire.sent.get()
    for number in range(count):
        wire.say(encode_frame(messages.Ping(now=number)))
    await somebody_else()
    wire.leave()
    await wire.task

    assert count == wire.sent.qsize()
    assert len(passes) >= 100


async def test_a_peer_that_takes_nothing_for_a_while_gets_everything_in_order(
    parts: MemoryParts, phone: WireDevice
) -> None:
    wire = Wire(parts, **phone.headers)
    await wire.sent.get()
    wire.say(encode_frame(phone.hello()))
    await wire.sent.get()
    wire.takes.clear()
    for number in range(2 * INBOX_FRAMES):
        wire.say(encode_frame(messages.Ping(now=number)))
        await asyncio.sleep(0)
    wire.say(encode_frame(pages.push_from_events([phone.record(b"x" * 300)])))
    for _ in range(100):
        await asyncio.sleep(0)
    assert wire.sent.empty()
    assert wire.unread  # and is read no further

    wire.takes.set()
    frames = [await wire.sent.get() for _ in range(2 * INBOX_FRAMES + 1)]
    wire.leave()
    await wire.task

    answers = [decode_server_frame(each["bytes"]) for each in frames]
    assert isinstance(answers.pop(), messages.Pushed)
    assert 2 * INBOX_FRAMES == sum(isinstance(each, messages.Pong) for each in answers)


async def test_own_rows_wait_for_company_as_long_as_the_limits_say(
    parts: MemoryParts, phone: WireDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    now = loop.time()
    monkeypatch.setattr(loop, "time", lambda: now)

    async def read_after(ms: int) -> bool:
        nonlocal now
        now += ms / 1000
        for _ in range(100):
            await asyncio.sleep(0)
        return parts.log.asked[-1] == "read_page"

    wire = Wire(parts, **phone.headers)
    await wire.sent.get()
    wire.say(encode_frame(phone.hello()))
    await wire.sent.get()
    for pause in (limits.OWN_ROWS_PAUSE_MS, limits.OWN_ROWS_PAUSE_MS_MAX):
        wire.say(encode_frame(pages.push_from_events([phone.record(b"x")])))
        await wire.sent.get()
        assert not await read_after(pause - 1)
        assert await read_after(2)
    wire.leave()
    await wire.task


async def test_a_peer_that_takes_nothing_is_dropped(
    parts: MemoryParts, phone: WireDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = Wire(parts, **phone.headers)
    await wire.sent.get()
    wire.say(encode_frame(phone.hello()))
    await wire.sent.get()
    monkeypatch.setattr(limits, "SEND_TIMEOUT_MS", 1)
    wire.takes.clear()
    wire.say(encode_frame(messages.Ping(now=1)))
    await wire.task

    assert wire.sent.empty()
    assert 0 == wire.live.count


@pytest.mark.parametrize("steps", range(6))
async def test_a_session_ends_behind_the_last_ring(
    parts: MemoryParts, phone: WireDevice, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    read_page, live_at_reads = parts.log.read_page, list[int]()
    wire = Wire(parts, **phone.headers)

    def ring(later: int) -> None:
        if later:
            asyncio.get_running_loop().call_soon(ring, later - 1)
        else:
            parts.services.bell.ring(SPACE, SELF)

    async def between_two_turns(*asked: object, is_live: bool) -> object:
        live_at_reads.append(wire.live.count)
        found = await cast("Any", read_page)(*asked, is_live=is_live)
        if len(live_at_reads) == 1:
            wire.leave()
            await asyncio.sleep(0)
            ring(steps)
        return found

    monkeypatch.setattr(parts.log, "read_page", between_two_turns)
    await wire.sent.get()
    wire.say(encode_frame(phone.hello()))
    await wire.sent.get()
    ring(0)
    await wire.task
    for _ in range(10):
        await asyncio.sleep(0)

    assert {1} == set(live_at_reads)


async def test_reasons_are_short_and_ascii(parts: MemoryParts, phone: WireDevice) -> None:
    wire = Wire(parts, **phone.headers)
    await wire.sent.get()
    wire.say(b"\xc1")
    error = await wire.sent.get()
    closing = await wire.sent.get()
    await wire.task

    assert "websocket.send" == error["type"]
    assert 4400 == closing["code"]
    assert len(closing["reason"].encode("ascii")) <= 123


async def test_text_is_not_taken_for_nothing(parts: MemoryParts, phone: WireDevice) -> None:
    wire = Wire(parts, **phone.headers)
    await wire.sent.get()
    wire.say(None, "{}")
    closing = await wire.sent.get()
    await wire.task

    assert 1003 == closing["code"]


async def test_an_unknown_credential_gets_an_http_answer(parts: MemoryParts) -> None:
    wire = Wire(parts, Authorization="Bearer tmd_wrong")
    start = await wire.sent.get()
    await wire.task

    assert ("websocket.http.response.start", 401) == (start["type"], start["status"])


async def test_silence_is_ended(
    parts: MemoryParts, phone: WireDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HELLO_TIMEOUT_MS", 1)
    wire = Wire(parts, **phone.headers)
    await wire.task
    sent = [wire.sent.get_nowait() for _ in range(3)]

    assert 4408 == sent[-1]["code"]
