"""The device socket of a real server: who gets in, what ends a session, what stays fast."""

import asyncio
import socket as plain_socket
import struct
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.lane_devices import CARE, GRANT, body_of, granted
from tests.support.origins import LOOK_ALIKES, look_alike
from tests.support.server import (
    RunningServer,
    WireDevice,
    add_device,
    receive,
    running_server,
    send,
    socket_of,
)
from trailmark_server import credentials
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode
from trailmark_shared.events.goals import GoalShared
from trailmark_shared.ids import SELF, DeviceId, SpaceId
from trailmark_shared.protocol import messages, pages
from trailmark_shared.protocol.frames import decode_server_frame, encode_for, encode_frame

SPACE = SpaceId(b"s" * 16)
PHONE = DeviceId(b"p" * 16)
LAPTOP = DeviceId(b"l" * 16)


@pytest.fixture
async def phone(server: RunningServer) -> WireDevice:
    return await add_device(server.services, SPACE, PHONE)


async def close_of(socket: ClientConnection) -> tuple[int | None, str | None]:
    """Read to the end and return how the server closed."""
    with suppress(ConnectionClosed):
        async for _ in socket:
            pass
    await socket.wait_closed()
    return socket.close_code, socket.close_reason


async def test_push_is_durable_and_comes_back_as_a_page(
    server: RunningServer, phone: WireDevice
) -> None:
    events = [phone.record(bytes([number]) * 300) for number in range(3)]
    async with socket_of(server, phone) as socket:
        await send(socket, phone.hello())
        welcome = await receive(socket)
        await send(socket, pages.push_from_events(events))
        pushed = await receive(socket)
        page = await receive(socket)

    assert isinstance(welcome, messages.Welcome)
    assert isinstance(pushed, messages.Pushed)
    assert (SELF, 3, []) == (pushed.lane, pushed.upto, pushed.refused)
    assert isinstance(page, messages.Events)
    assert 3 == page.signed_head.seq


async def test_a_long_page_travels_packed_where_both_know_how(
    server: RunningServer, phone: WireDevice
) -> None:
    laptop = await add_device(server.services, SPACE, LAPTOP, "laptop")
    bodies = [body_of(granted(), GRANT)]
    bodies += [body_of(GoalShared(title="Walk daily", lifecycle="active"), GRANT)] * 40
    push = pages.push_from_events([phone.record(body, CARE) for body in bodies])
    newest = msgspec.structs.replace(laptop.hello(), protocol=(1, messages.PROTOCOL_VERSION))
    frames: list[bytes] = []
    async with socket_of(server, phone) as socket:
        await send(socket, phone.hello())
        await receive(socket)
        packed_push = encode_for(push, messages.PROTOCOL_VERSION)
        await socket.send(packed_push)
        assert isinstance(await receive(socket), messages.Pushed)
    for hello in (laptop.hello(), newest):
        async with socket_of(server, laptop) as socket:
            await send(socket, hello)
            await receive(socket)
            frame = await socket.recv()
            assert isinstance(frame, bytes)
            frames.append(frame)

    plain, packed = frames
    assert len(packed_push) < len(encode_frame(push)) / 3
    assert len(packed) < len(plain) / 3
    page = decode_server_frame(plain)
    told = decode_server_frame(packed)
    assert isinstance(page, messages.Events)
    assert isinstance(told, messages.Events)
    assert len(bodies) == page.signed_head.seq
    assert page.runs == told.runs


async def test_a_second_device_sees_a_change_at_once(
    server: RunningServer, phone: WireDevice
) -> None:
    laptop = await add_device(server.services, SPACE, LAPTOP, "laptop")
    async with socket_of(server, phone) as writing, socket_of(server, laptop) as reading:
        for socket, device in ((writing, phone), (reading, laptop)):
            await send(socket, device.hello())
            assert isinstance(await receive(socket), messages.Welcome)
        await send(writing, pages.push_from_events([phone.record(b"x" * 300)]))
        page = await receive(reading)

    assert isinstance(page, messages.Events)
    assert PHONE == page.runs[0].device


async def test_a_bad_credential_gets_a_real_401(server: RunningServer, phone: WireDevice) -> None:
    wrong = WireDevice(SPACE, PHONE, "tmd_wrong")
    with pytest.raises(InvalidStatus) as caught:
        async with socket_of(server, wrong):
            pass

    response = caught.value.response
    assert 401 == response.status_code
    assert "application/problem+json" == response.headers["content-type"]
    assert "nosniff" == response.headers["x-content-type-options"]
    assert ErrorCode.NOT_SIGNED_IN == msgspec.json.decode(response.body or b"")["code"]
    assert phone.credential


@pytest.mark.parametrize("credential", [None, "tmd_wrong"])
async def test_a_browser_is_closed_with_4401(
    server: RunningServer, phone: WireDevice, credential: str | None
) -> None:
    async with socket_of(server, Origin=server.url) as socket:
        await send(socket, phone.hello(credential=credential))

        assert 4401 == (await close_of(socket))[0]


async def test_a_browser_brings_its_credential_in_hello(
    server: RunningServer, phone: WireDevice
) -> None:
    async with socket_of(server, Origin=server.url) as socket:
        await send(socket, phone.hello(credential=phone.credential))

        assert isinstance(await receive(socket), messages.Welcome)


@pytest.mark.parametrize("kind", LOOK_ALIKES)
@pytest.mark.parametrize("is_program", [True, False])
async def test_other_origins_are_refused(
    server: RunningServer,
    phone: WireDevice,
    kind: str,
    is_program: bool,  # noqa: FBT001
) -> None:
    named = look_alike(kind, server.url)
    with pytest.raises(InvalidStatus) as caught:
        async with socket_of(server, phone if is_program else None, Origin=named):
            pass

    assert 403 == caught.value.response.status_code


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic bWU6c2VjcmV0"}])
async def test_only_a_credential_stands_in_for_an_origin(
    server: RunningServer, headers: dict[str, str]
) -> None:
    with pytest.raises(InvalidStatus) as caught:
        async with socket_of(server, None, **headers):
            pass

    assert 403 == caught.value.response.status_code


async def test_somebody_elses_device_id_is_refused(
    server: RunningServer, phone: WireDevice
) -> None:
    async with socket_of(server, phone) as socket:
        await send(socket, WireDevice(SPACE, LAPTOP, "").hello())

        assert 4401 == (await close_of(socket))[0]


async def test_a_silent_socket_is_closed(
    server: RunningServer, phone: WireDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HELLO_TIMEOUT_MS", 50)
    async with socket_of(server, phone) as socket:
        assert 4408 == (await close_of(socket))[0]


async def test_a_text_frame_is_closed_with_1003(server: RunningServer, phone: WireDevice) -> None:
    async with socket_of(server, phone) as socket:
        await socket.send("hello")

        assert 1003 == (await close_of(socket))[0]


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\xc1",
        b"\x81\xa1t\xa7unknown",
        b"\x91" * 100_000 + b"\xc0",
        b"\x81\xa1t" * 2000,
        b"\xdf\xff\xff\xff\xff",
    ],
)
async def test_a_malformed_frame_is_named(
    server: RunningServer, phone: WireDevice, frame: bytes
) -> None:
    async with socket_of(server, phone) as socket:
        await socket.send(frame)
        error = await receive(socket)

        assert isinstance(error, messages.Error)
        assert ErrorCode.MALFORMED_FRAME == error.code
        assert 4400 == (await close_of(socket))[0]


async def test_an_oversized_frame_is_closed_with_1009(
    server: RunningServer, phone: WireDevice
) -> None:
    async with socket_of(server, phone) as socket:
        await socket.send(bytes(limits.FRAME_BYTES_MAX + 1))

        assert 1009 == (await close_of(socket))[0]


async def test_push_before_hello_is_out_of_turn(server: RunningServer, phone: WireDevice) -> None:
    async with socket_of(server, phone) as socket:
        await send(socket, pages.push_from_events([phone.record(b"x")]))

        assert 4405 == (await close_of(socket))[0]


async def test_a_revoked_device_is_out_within_a_second(
    server: RunningServer, phone: WireDevice
) -> None:
    async with socket_of(server, phone) as socket:
        await send(socket, phone.hello())
        await receive(socket)
        await server.services.accounts.write(
            lambda rows: credentials.revoke_device(rows, SPACE, PHONE, server.services.now())
        )
        server.services.bell.ring_access(SPACE)
        async with asyncio.timeout(1):
            assert 4403 == (await close_of(socket))[0]

    with pytest.raises(InvalidStatus):
        async with socket_of(server, phone):
            pass


async def test_a_credential_is_renewed_in_band(server: RunningServer, phone: WireDevice) -> None:
    async with socket_of(server, phone) as socket:
        await send(socket, phone.hello())
        await receive(socket)
        await send(socket, messages.Renew())
        renewed = await receive(socket)
        assert isinstance(renewed, messages.Renewed)

    fresh = WireDevice(SPACE, PHONE, renewed.credential)
    async with socket_of(server, fresh) as socket:
        await send(socket, fresh.hello())
        welcome = await receive(socket)
    assert isinstance(welcome, messages.Welcome)
    assert renewed.expires_at == welcome.credential_expires_at
    with pytest.raises(InvalidStatus):
        async with socket_of(server, phone):
            pass


async def test_one_session_too_many_ends_the_oldest(
    server: RunningServer, phone: WireDevice
) -> None:
    async with AsyncExitStack() as stack:
        sockets: list[ClientConnection] = []
        for _ in range(limits.SESSIONS_PER_DEVICE_MAX + 1):
            socket = await stack.enter_async_context(socket_of(server, phone))
            await send(socket, phone.hello())
            assert isinstance(await receive(socket), messages.Welcome)
            sockets.append(socket)

        assert 4429 == (await close_of(sockets[0]))[0]


async def test_sessions_are_told_when_the_server_stops(
    server: RunningServer, phone: WireDevice
) -> None:
    async with socket_of(server, phone) as socket:
        await send(socket, phone.hello())
        await receive(socket)
        server.stop()
        goodbye = await receive(socket)

        assert isinstance(goodbye, messages.GoingAway)
        assert 1012 == (await close_of(socket))[0]


async def test_a_reader_that_takes_nothing_is_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The buffers towards the peer fill, a send times out, and the session is gone."""
    async with running_server(tmp_path, send_buffer=4096) as server:
        phone = await add_device(server.services, SPACE, PHONE)
        async with socket_of(server, phone) as socket:
            await send(socket, phone.hello())
            await receive(socket)
            for _ in range(5):
                batch = [phone.record(bytes(60_000)) for _ in range(8)]
                await send(socket, pages.push_from_events(batch))
                while not isinstance(await receive(socket), messages.Pushed):
                    pass  # its own page may come first
        async with asyncio.timeout(10):
            await server.server.services.live.wait_until_empty()
        monkeypatch.setattr(limits, "SEND_TIMEOUT_MS", 200)
        slow = await _raw_socket(server, phone)
        try:
            assert 1 == server.server.services.live.count
            async with asyncio.timeout(10):
                await server.server.services.live.wait_until_empty()
        finally:
            slow.close()


async def test_a_peer_that_vanishes_is_no_failure(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running_server(tmp_path, send_buffer=4096) as server:
        phone = await add_device(server.services, SPACE, PHONE)
        async with socket_of(server, phone) as socket:
            await send(socket, phone.hello())
            batch = [phone.record(bytes(60_000)) for _ in range(8)]
            await send(socket, pages.push_from_events(batch))
            while not isinstance(await receive(socket), messages.Pushed):
                pass  # welcome comes first
        slow = await _raw_socket(server, phone)
        slow.setsockopt(plain_socket.SOL_SOCKET, plain_socket.SO_LINGER, struct.pack("ii", 1, 0))
        slow.close()
        async with asyncio.timeout(10):
            await server.server.services.live.wait_until_empty()

    errors = [record for record in caplog.records if record.levelname == "ERROR"]
    assert [] == [getattr(record, "fields", record.getMessage()) for record in errors]


async def _raw_socket(server: RunningServer, device: WireDevice) -> plain_socket.socket:
    """Shake hands and say hello over a socket with a tiny buffer, then never read again."""
    opened = plain_socket.socket()
    opened.setsockopt(plain_socket.SOL_SOCKET, plain_socket.SO_RCVBUF, 4096)
    host, port = server.url.removeprefix("http://").split(":")
    loop = asyncio.get_running_loop()
    opened.settimeout(0)
    await loop.sock_connect(opened, (host, int(port)))
    request = (
        f"GET /sync HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        f"Authorization: Bearer {device.credential}\r\n\r\n"
    )
    await loop.sock_sendall(opened, request.encode())
    await loop.sock_recv(opened, 1024)
    hello = encode_frame(device.hello())
    mask = bytes(4)
    head = bytes([0x82, 0x80 | 126]) + len(hello).to_bytes(2, "big") + mask
    await loop.sock_sendall(opened, head + hello)
    await loop.sock_recv(opened, 1)
    return opened
