"""The WebSocket transport against a real server on the loopback."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from trailmark_client.transport import TransportClosedError
from trailmark_client.web_socket import open_websocket
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError


@asynccontextmanager
async def listening(
    status: int | None = None, body: str = "", close_code: int = 4403
) -> AsyncGenerator[str]:
    """Echo binary messages; the message ``close`` closes; ``status`` refuses the handshake."""

    async def echo(connection: ServerConnection) -> None:
        assert connection.request is not None
        assert connection.request.path == "/sync"
        async for message in connection:
            if message == b"close":
                await connection.close(close_code)
            elif message == b"who":
                await connection.send(connection.request.headers["Authorization"])
            else:
                await connection.send(message)

    def refuse(connection: ServerConnection, _request: Request) -> Response | None:
        return None if status is None else connection.respond(status, body)

    async with serve(
        echo, "127.0.0.1", 0, process_request=refuse, max_size=limits.FRAME_BYTES_MAX
    ) as server:
        yield address(server)


def address(server: Server) -> str:
    return f"http://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"


async def test_frames_travel_whole() -> None:
    async with listening() as url:
        transport = await open_websocket(url, "tmd_x")
        frame = bytes(limits.FRAME_BYTES_MAX)
        await transport.send(frame)

        assert await transport.receive() == frame
        await transport.close(1000, "done")
        await transport.close(1000, "twice")


async def test_the_credential_is_in_the_header() -> None:
    async with listening() as url:
        transport = await open_websocket(url, "tmd_x")
        await transport.send(b"who")

        assert await transport.receive() == b"Bearer tmd_x"
        await transport.close(1000, "done")


@pytest.mark.parametrize(
    ("close_code", "code", "retry"),
    [
        (4403, ErrorCode.SIGNED_OUT, "after_sign_in"),
        (4426, ErrorCode.PROTOCOL_VERSION, "after_upgrade"),
        (1013, ErrorCode.OVERLOADED, "later"),
        (4999, ErrorCode.UNREACHABLE, "later"),
    ],
)
async def test_close_codes_say_what_to_do(close_code: int, code: ErrorCode, retry: str) -> None:
    async with listening(close_code=close_code) as url:
        transport = await open_websocket(url, "tmd_x")
        await transport.send(b"close")
        with pytest.raises(TransportClosedError) as raised:
            await transport.receive()
        with pytest.raises(TransportClosedError):
            await transport.send(b"too late")

    assert (raised.value.code, raised.value.retry) == (code, retry)


@pytest.mark.parametrize(
    ("status", "body", "code", "retry"),
    [
        (401, '{"code": "not_signed_in"}', ErrorCode.NOT_SIGNED_IN, "after_sign_in"),
        (403, '{"code": "signed_out"}', ErrorCode.SIGNED_OUT, "after_sign_in"),
        (403, '{"code": "not_authorised"}', ErrorCode.UNREACHABLE, "later"),
        (410, '{"code": "space_erased"}', ErrorCode.SPACE_ERASED, "never"),
        (426, '{"code": "protocol_version"}', ErrorCode.PROTOCOL_VERSION, "after_upgrade"),
        (503, '{"code": "overloaded"}', ErrorCode.OVERLOADED, "later"),
    ],
)
async def test_refused_handshakes_are_named(
    status: int, body: str, code: ErrorCode, retry: str
) -> None:
    async with listening(status=status, body=body) as url:
        with pytest.raises(RefusedError) as raised:
            await open_websocket(url, "tmd_x")

    assert (raised.value.code, raised.value.retry) == (code, retry)


@pytest.mark.parametrize("status", [401, 403, 410, 426, 503])
async def test_what_is_no_home_server_turns_nobody_away_for_good(status: int) -> None:
    """A network's own page, or a proxy on the way, knows nothing of devices."""
    async with listening(status=status, body="<html>Sign in to the hotel</html>") as url:
        with pytest.raises(RefusedError) as raised:
            await open_websocket(url, "tmd_x")

    assert (raised.value.code, raised.value.retry) == (ErrorCode.UNREACHABLE, "later")
    assert str(status) in raised.value.message


async def test_a_reason_of_any_length_closes() -> None:
    async with listening() as url:
        transport = await open_websocket(url, "tmd_x")
        await transport.close(4400, "ä" * limits.TITLE_CHARS_MAX)

        with pytest.raises(TransportClosedError):
            await transport.send(b"too late")


async def test_a_server_that_answers_no_ping_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PING_INTERVAL_MS", 50)

    async def fall_silent(connection: ServerConnection) -> None:
        connection.transport.pause_reading()
        await connection.wait_closed()

    async with serve(fall_silent, "127.0.0.1", 0, close_timeout=0) as server:
        transport = await open_websocket(address(server), "tmd_x")
        with pytest.raises(TransportClosedError) as raised:
            await transport.receive()
        server.close(close_connections=True)

    assert raised.value.code is ErrorCode.UNREACHABLE


async def test_an_absent_server_is_unreachable() -> None:
    async with listening() as url:
        pass

    with pytest.raises(RefusedError) as raised:
        await open_websocket(url, "tmd_x")

    assert (raised.value.code, raised.value.retry) == (ErrorCode.UNREACHABLE, "later")


async def test_plain_text_to_another_machine_is_refused() -> None:
    with pytest.raises(RefusedError) as raised:
        await open_websocket("http://home.example", "tmd_x")

    assert raised.value.code is ErrorCode.INSECURE_ADDRESS


async def test_no_redirect_is_followed() -> None:
    async with listening() as other:

        def refer(connection: ServerConnection, _request: Request) -> Response:
            answer = connection.respond(302, "")
            answer.headers["Location"] = other.replace("http", "ws", 1) + "/sync"
            return answer

        async with serve(
            lambda _connection: asyncio.sleep(0), "127.0.0.1", 0, process_request=refer
        ) as server:
            with pytest.raises(RefusedError) as raised:
                await open_websocket(address(server), "tmd_x")

    assert ErrorCode.UNREACHABLE is raised.value.code
    assert "302" in raised.value.message


async def without_end(send: Callable[[bytes], Awaitable[None]], frame: bytes) -> None:
    while True:
        await send(frame)


async def test_a_server_that_takes_no_bytes_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SEND_TIMEOUT_MS", 50)
    is_over = asyncio.Event()

    async def never_read(_connection: ServerConnection) -> None:
        await is_over.wait()

    async with serve(never_read, "127.0.0.1", 0, max_queue=1, close_timeout=0) as server:
        transport = await open_websocket(address(server), "tmd_x")
        with pytest.raises(TransportClosedError) as raised:
            await without_end(transport.send, bytes(limits.FRAME_BYTES_MAX))
        is_over.set()

    assert (raised.value.code, raised.value.retry) == (ErrorCode.UNREACHABLE, "later")


async def test_what_is_too_long_to_be_a_frame_is_named_and_asked_for_again() -> None:
    async def say_too_much(connection: ServerConnection) -> None:
        await connection.send(bytes(limits.FRAME_BYTES_MAX + 1))
        await connection.wait_closed()

    async with serve(say_too_much, "127.0.0.1", 0) as server:
        transport = await open_websocket(address(server), "tmd_x")
        with pytest.raises(TransportClosedError) as raised:
            await transport.receive()

    assert (raised.value.code, raised.value.retry) == (ErrorCode.MALFORMED_FRAME, "later")


async def test_no_answers_are_kept_for_who_takes_none() -> None:
    pings, bound = (b"\x89\x7d" + b"p" * 125) * 500, 64 * limits.FRAME_BYTES_MAX
    sent = 0

    async def ping_without_end(connection: ServerConnection) -> None:
        nonlocal sent
        line = connection.transport
        line.pause_reading()
        while sent < bound and not line.is_closing():
            line.write(pings)
            sent += len(pings)
            await connection.drain()

    async with serve(ping_without_end, "127.0.0.1", 0, close_timeout=0) as server:
        transport = await open_websocket(address(server), "tmd_x")
        with pytest.raises(TransportClosedError):
            await transport.receive()

    assert sent < bound
