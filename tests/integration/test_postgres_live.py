"""Live sockets at several servers of one PostgreSQL: what ends at one ends at all of them.

Also with two releases side by side, as a rolling update has them: the next one speaks a version of
the protocol more.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path

import httpx
import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.fakes import FakeClock
from tests.support.postgres import PostgresServer, databases
from tests.support.server import RunningServer, WireDevice, add_device, receive, send, socket_of
from tests.support.shared_lanes import Writer
from tests.support.web_site import THERAPIST
from trailmark_server import credentials, serving
from trailmark_server.sessions import open_web_session
from trailmark_server.settings import Databases, Settings
from trailmark_shared.ids import SELF, DeviceId, SpaceId, text_from_id
from trailmark_shared.protocol import messages, pages
from trailmark_shared.protocol.frames import decode_server_frame, encode_frame

SPACE = SpaceId(b"s" * 16)
PHONE, LAPTOP = DeviceId(b"p" * 16), DeviceId(b"l" * 16)
NEXT = messages.PROTOCOL_VERSION + 1

NEXT_RELEASE = f"""
from trailmark_shared.protocol import messages
messages.PROTOCOL_VERSION = {NEXT}
import sys
from trailmark_server.cli import main
sys.exit(main())
"""


@pytest.fixture
async def stores(postgres: PostgresServer) -> AsyncGenerator[Databases]:
    async with databases(postgres) as (main, keys):
        yield Databases(main=main, keys=keys)


@asynccontextmanager
async def one_server(data: Path, stores: Databases) -> AsyncGenerator[RunningServer]:
    await asyncio.to_thread(data.mkdir, exist_ok=True)
    opened = serving.listening_socket("127.0.0.1", 0)
    url = serving.url_of(opened, tls=False)
    settings = Settings(data=data, public_url=url, own_urls=serving.own_urls(url), databases=stores)
    ready: asyncio.Future[serving.Server] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serving.serve(settings, opened, ready.set_result))
    running = RunningServer(url, await ready)
    try:
        yield running
    finally:
        running.stop()
        await task


@pytest.fixture
async def servers(tmp_path: Path, stores: Databases) -> AsyncGenerator[list[RunningServer]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(one_server(tmp_path, stores)) for _ in range(2)]


async def open_session(socket: ClientConnection, device: WireDevice) -> None:
    await send(socket, device.hello())
    welcome = await receive(socket)
    assert isinstance(welcome, messages.Welcome)


async def closed_with(socket: ClientConnection) -> str:
    """Wait until a socket is closed; return the code of the error that it was told."""
    told = ""
    try:
        while True:
            message = await receive(socket)
            if isinstance(message, messages.Error):
                told = message.code
    except ConnectionClosed:
        return told


@pytest.mark.parametrize("notified", [True, False], ids=["notified", "no word between them"])
async def test_who_is_signed_out_at_one_is_out_of_live_sockets_at_all(
    servers: list[RunningServer], *, notified: bool
) -> None:
    one, two = servers
    phone = await add_device(one.services, SPACE, PHONE)
    laptop = await add_device(one.services, SPACE, LAPTOP, "laptop")
    async with AsyncExitStack() as stack:
        out = [await stack.enter_async_context(socket_of(each, phone)) for each in servers]
        stays = await stack.enter_async_context(socket_of(two, laptop))
        for socket in out:
            await open_session(socket, phone)
        await open_session(stays, laptop)
        if not notified:
            one.services.bell.tell = None
        await one.services.accounts.write(
            lambda rows: credentials.revoke_device(rows, SPACE, PHONE, one.services.now())
        )
        if notified:
            one.services.bell.ring_access(SPACE)
        codes = [await closed_with(socket) for socket in out]
        await send(stays, pages.push_from_events([laptop.record(b"words", SELF)]))

        assert {"signed_out"} == set(codes)
        assert isinstance(await receive(stays), messages.Pushed)


@pytest.mark.parametrize("notified", [True, False], ids=["notified", "no word between them"])
async def test_a_reader_who_is_stopped_at_one_is_out_of_pages_at_all(
    servers: list[RunningServer], *, notified: bool
) -> None:
    """The person's device speaks with one server, the therapist's page hangs at the other."""
    one, two = servers
    mira, now = Writer(1), one.services.now()
    grant = mira.let_in(THERAPIST.id, THERAPIST.name, now)
    await mira.deliver(one.services.events, FakeClock(now))
    phone = await add_device(one.services, mira.space, PHONE)
    await one.services.accounts.write(
        lambda rows: (
            rows.save_therapist(THERAPIST),
            open_web_session(rows, THERAPIST, "session", now),
        )
    )
    own = {"Origin": two.url, "Cookie": "trailmark=session"}
    url = f"/people/{text_from_id(mira.space)}/live"
    async with (
        socket_of(one, phone) as socket,
        httpx.AsyncClient(base_url=two.url, headers=own, trust_env=False, timeout=60) as browser,
        browser.stream("GET", url) as page,
    ):
        assert 200 == page.status_code
        if not notified:
            one.services.bell.tell = None
        await open_session(socket, phone)
        await send(socket, messages.Revoked(grants=[grant]))
        told = b"".join([piece async for piece in page.aiter_raw()])

    assert b"event: ended" in told


async def test_two_sockets_of_one_device_at_two_servers_hear_each_other(
    servers: list[RunningServer],
) -> None:
    one, two = servers
    phone = await add_device(one.services, SPACE, PHONE)
    laptop = await add_device(one.services, SPACE, LAPTOP, "laptop")
    async with socket_of(one, phone) as here, socket_of(two, laptop) as there:
        await open_session(here, phone)
        await open_session(there, laptop)
        await send(here, pages.push_from_events([phone.record(b"words", SELF)]))
        page = await receive(there)

    assert isinstance(page, messages.Events)
    assert 1 == page.signed_head.seq


async def versions(url: str, device: WireDevice, spoken: tuple[int, int]) -> int | str:
    """Say hello in some versions; return the one that is agreed on, or why none is."""
    address = url.replace("http", "ws", 1) + "/sync"
    headers = device.headers
    async with connect(address, additional_headers=headers, compression=None, proxy=None) as socket:
        hello = msgspec.structs.replace(device.hello(), protocol=spoken)
        await socket.send(encode_frame(hello))
        frame = await socket.recv()
        assert isinstance(frame, bytes)
        answer = decode_server_frame(frame)
        if isinstance(answer, messages.Error):
            return answer.code
        assert isinstance(answer, messages.Welcome)
        return answer.protocol


async def test_two_releases_side_by_side_speak_with_devices_of_both(
    tmp_path: Path, stores: Databases
) -> None:
    where = ("--database", stores.main, "--keys-database", stores.keys, "--port", "0", "--json")
    async with one_server(tmp_path / "present", stores) as present:
        phone = await add_device(present.services, SPACE, PHONE)
        started = await asyncio.to_thread(
            subprocess.Popen,
            [sys.executable, "-c", NEXT_RELEASE, "serve", *where, "--data", str(tmp_path / "next")],
            env={**os.environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert started.stdout is not None
        with closing(started.stdout):
            try:
                line = await asyncio.to_thread(started.stdout.readline)
                following = json.loads(line)["url"]
                newest = messages.PROTOCOL_VERSION
                agreed = {
                    (name, spoken): await versions(url, phone, spoken)
                    for name, url in (("present", present.url), ("next", following))
                    for spoken in ((1, newest), (1, NEXT), (NEXT, NEXT))
                }
            finally:
                started.terminate()
                await asyncio.to_thread(started.wait)

    assert {
        ("present", (1, newest)): newest,
        ("present", (1, NEXT)): newest,
        ("present", (NEXT, NEXT)): "protocol_version",
        ("next", (1, newest)): newest,
        ("next", (1, NEXT)): NEXT,
        ("next", (NEXT, NEXT)): NEXT,
    } == agreed
