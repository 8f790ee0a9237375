"""What a connection keeps while a device waits, and that it is uvicorn's in all else."""

import asyncio
import gc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.frames import Frame, Opcode
from websockets.http11 import Request

from tests.support.server import add_device, receive, running_server, send, socket_of
from trailmark_server import serving
from trailmark_server.http.headers import bare_answer
from trailmark_server.http.web_sockets import Inbox, LeanWebSocket
from trailmark_shared.ids import DeviceId, SpaceId
from trailmark_shared.protocol import messages
from trailmark_shared.protocol.frames import encode_frame

FIRST = b"1"
SECOND = b"2"
UPGRADE = (
    "GET /sync HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


@asynccontextmanager
async def connected(tmp_path: Path) -> AsyncGenerator[tuple[LeanWebSocket, ClientConnection]]:
    """Let a device connect; give the server's end of its connection and its own."""
    async with running_server(tmp_path) as server:
        phone = await add_device(server.services, SpaceId(b"s" * 16), DeviceId(b"p" * 16))
        async with socket_of(server, phone) as socket:
            await send(socket, phone.hello())
            assert isinstance(await receive(socket), messages.Welcome)
            gc.collect()
            (ours,) = [each for each in gc.get_objects() if isinstance(each, LeanWebSocket)]
            yield ours, socket


async def test_a_live_connection_keeps_no_headers(tmp_path: Path) -> None:
    async with connected(tmp_path) as (ours, socket):
        said = socket.request
        assert said is not None
        requests = [each for each in gc.get_objects() if isinstance(each, Request)]

        kept = [each for each in requests if each is not said and each.headers == said.headers]
        assert not kept
        assert not list(ours.scope["headers"])


async def test_its_attributes_share_their_names_with_those_of_other_connections(
    tmp_path: Path,
) -> None:
    most = 30  # of CPython: SHARED_KEYS_MAX_SIZE
    async with connected(tmp_path) as (ours, _):
        assert len(vars(ours)) <= most


async def test_what_is_sent_waits_while_the_socket_takes_no_more(tmp_path: Path) -> None:
    async with connected(tmp_path) as (ours, socket):
        ours.pause_writing()
        sending = asyncio.ensure_future(ours.send({"type": "websocket.send", "bytes": b"late"}))
        await asyncio.sleep(0)
        assert not sending.done()

        ours.resume_writing()

        await sending
        assert await socket.recv() == b"late"


async def test_pings_of_a_peer_that_takes_nothing_are_not_heaped_up(tmp_path: Path) -> None:
    pings = Frame(Opcode.PING, bytes(125)).serialize(mask=True) * 2000
    async with connected(tmp_path) as (ours, socket):
        for _ in range(60):  # far more than the system takes at this end and at the other one
            ours.data_received(pings)
        assert ours.transport.get_write_buffer_size() < 2 * len(pings)

        await (await socket.ping())  # it takes all that came, and is answered again


async def test_parts_of_a_message_without_a_byte_are_not_kept(tmp_path: Path) -> None:
    empty = Frame(Opcode.CONT, b"", fin=False).serialize(mask=True)
    ping = encode_frame(messages.Ping(now=1))
    async with connected(tmp_path) as (ours, socket):
        ours.data_received(Frame(Opcode.BINARY, ping[:1], fin=False).serialize(mask=True))
        ours.data_received(empty * 1000)
        assert [ping[:1]] == ours.frames

        ours.data_received(Frame(Opcode.CONT, ping[1:], fin=False).serialize(mask=True))
        ours.data_received(Frame(Opcode.CONT, b"").serialize(mask=True))
        assert isinstance(await receive(socket), messages.Pong)


async def answer_to(server_url: str, said: str) -> bytes:
    """Return all that a server answers until it ends the line."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server_url.rsplit(":", 1)[1]))
    try:
        writer.write(said.encode())
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()


@pytest.mark.parametrize(
    "more",
    [
        pytest.param("Content-Length: 5\r\n", id="a body"),
        pytest.param("Transfer-Encoding: chunked\r\n", id="a body in chunks"),
        pytest.param("X: y\r\n" * 200, id="many headers"),
        pytest.param(f"X: {'y' * 10_000}\r\n", id="a long header"),
    ],
)
async def test_an_upgrade_that_is_not_read_ends_the_line(tmp_path: Path, more: str) -> None:
    async with running_server(tmp_path) as server:
        answer = await answer_to(server.url, f"{UPGRADE}{more}\r\n")

    assert bare_answer(HTTPStatus.BAD_REQUEST, tls=False) == answer


async def test_nothing_is_read_before_the_upgrade_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is no frame there is a failure of the parser: there is no close to say it by."""
    reads: list[bool] = []

    class Watched(LeanWebSocket):
        async def run_asgi(self) -> None:
            reads.append(self.transport.is_reading())
            await super().run_asgi()

    monkeypatch.setattr(serving, "LeanWebSocket", Watched)
    async with connected(tmp_path) as (ours, _):
        assert [False] == reads
        assert ours.transport.is_reading()


class TestInbox:
    async def test_messages_are_read_in_the_order_in_which_they_came(self) -> None:
        inbox = Inbox[bytes]()
        inbox.put_nowait(FIRST)
        inbox.put_nowait(SECOND)

        assert [await inbox.get(), await inbox.get()] == [FIRST, SECOND]
        assert inbox.empty()

    async def test_a_reader_that_waits_is_woken_once_two_came(self) -> None:
        inbox = Inbox[bytes]()
        reading = asyncio.ensure_future(inbox.get())
        await asyncio.sleep(0)

        inbox.put_nowait(FIRST)
        inbox.put_nowait(SECOND)

        assert await reading == FIRST
        assert not inbox.empty()

    async def test_the_next_reader_may_begin_before_the_last_one_has_given_up(self) -> None:
        inbox = Inbox[bytes]()
        first = asyncio.ensure_future(inbox.get())
        await asyncio.sleep(0)
        second = asyncio.ensure_future(inbox.get())
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.wait([first])

        inbox.put_nowait(FIRST)

        assert await asyncio.wait_for(second, 10) == FIRST

    async def test_a_reader_that_gave_up_leaves_what_comes_to_the_next(self) -> None:
        inbox = Inbox[bytes]()
        reading = asyncio.ensure_future(inbox.get())
        await asyncio.sleep(0)
        reading.cancel()
        inbox.put_nowait(FIRST)

        with pytest.raises(asyncio.CancelledError):
            await reading
        assert await inbox.get() == FIRST
