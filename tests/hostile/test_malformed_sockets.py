"""What no WebSocket library would send: each ends its own connection, with one line in the log.

Source:
    RFC 6455 sections 5 and 7; the cases follow the Autobahn test suite's groups 1 to 7 and 9.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import os
import struct
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.server import RunningServer, add_device, receive, running_server, send, socket_of
from trailmark_shared.ids import DeviceId, SpaceId
from trailmark_shared.protocol import messages

SPACE = SpaceId(b"s" * 16)
PHONE = DeviceId(b"p" * 16)
LAPTOP = DeviceId(b"l" * 16)
MASK = b"mask"

FIN, TEXT, BINARY, CLOSE, PING = 0x80, 0x1, 0x2, 0x8, 0x9


def frame(first: int, payload: bytes = b"", *, length: bytes | None = None) -> bytes:
    """Return one masked frame; ``length`` claims another length than the payload has."""
    masked = bytes(byte ^ MASK[at % 4] for at, byte in enumerate(payload))
    return bytes([first]) + (length or bytes([0x80 | len(payload)])) + MASK + masked


CASES = [
    pytest.param(frame(FIN | TEXT, b"hello"), 1003, id="text"),
    pytest.param(frame(FIN | TEXT, b"\xff\xfe"), 1007, id="text that is no UTF-8"),
    pytest.param(frame(FIN | 0x3), 1002, id="reserved opcode"),
    pytest.param(frame(FIN | 0xB), 1002, id="reserved control opcode"),
    pytest.param(frame(FIN | 0x40 | BINARY, b"x"), 1002, id="reserved bit"),
    pytest.param(bytes([FIN | BINARY, 1]) + b"x", 1002, id="not masked"),
    pytest.param(frame(PING), 1002, id="ping in pieces"),
    pytest.param(
        frame(FIN | PING, bytes(126), length=b"\xfe" + struct.pack("!H", 126)), 1002, id="long ping"
    ),
    pytest.param(frame(FIN, b"x"), 1002, id="a piece of nothing"),
    pytest.param(frame(FIN | CLOSE, b"\x03"), 1002, id="half a close code"),
    pytest.param(frame(FIN | CLOSE, struct.pack("!H", 1005)), 1002, id="close code of nobody"),
    pytest.param(
        frame(FIN | CLOSE, struct.pack("!H", 1000) + b"\xff"), 1007, id="close with bad words"
    ),
    pytest.param(
        frame(FIN | BINARY, length=b"\xff" + struct.pack("!Q", 1 << 40)), 1009, id="a terabyte"
    ),
    pytest.param(
        frame(FIN | BINARY, length=b"\xff" + struct.pack("!Q", (1 << 64) - 1)),
        1009,
        id="a length below zero",
    ),
]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncGenerator[RunningServer]:
    async with running_server(tmp_path) as running:
        yield running


@asynccontextmanager
async def upgraded(
    server: RunningServer, credential: str
) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Open a WebSocket by hand."""
    port = int(server.url.rsplit(":", 1)[1])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        f"GET /sync HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        f"Authorization: Bearer {credential}\r\n\r\n".encode()
    )
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
    try:
        yield reader, writer
    finally:
        writer.close()


async def close_code(reader: asyncio.StreamReader) -> int | None:
    """Return the code of the close frame that comes, ``None`` where the line just ends."""
    heard = b""
    try:
        while chunk := await reader.read(1024):
            heard += chunk
    except ConnectionError:
        pass
    at = heard.find(bytes([FIN | CLOSE]))
    return None if at < 0 else struct.unpack("!H", heard[at + 2 : at + 4])[0]


@pytest.mark.parametrize(("sent", "code"), CASES)
async def test_it_ends_its_own_connection_and_no_other(
    server: RunningServer, caplog: pytest.LogCaptureFixture, sent: bytes, code: int
) -> None:
    hostile = await add_device(server.services, SPACE, PHONE)
    quiet = await add_device(server.services, SPACE, LAPTOP, "laptop")
    async with socket_of(server, quiet) as other:
        await send(other, quiet.hello())
        assert isinstance(await receive(other), messages.Welcome)
        with caplog.at_level(logging.INFO):
            async with upgraded(server, hostile.credential) as (reader, writer):
                writer.write(sent)

                assert code == await close_code(reader)

        assert 1 >= sum(record.levelno > logging.INFO for record in caplog.records)
        await send(other, messages.Ping(now=1))
        assert isinstance(await receive(other), messages.Pong)
