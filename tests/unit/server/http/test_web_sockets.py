"""What a connection keeps while a device waits, and that it is uvicorn's in all else."""

import asyncio
import gc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.http11 import Request

from tests.support.server import add_device, receive, running_server, send, socket_of
from trailmark_server.http.web_sockets import Inbox, LeanWebSocket
from trailmark_shared.ids import DeviceId, SpaceId
from trailmark_shared.protocol import messages

FIRST = b"1"
SECOND = b"2"


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
