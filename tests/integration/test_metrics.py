"""Numbers for Prometheus stand at a port of their own and tell nothing of anybody."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.support.server import RunningServer, add_device, receive, send, socket_of
from trailmark_server import serving
from trailmark_server.settings import Settings
from trailmark_shared.ids import SELF, DeviceId, SpaceId
from trailmark_shared.protocol import messages, pages

SPACE = SpaceId(b"quillfern marrow")
DEVICE = DeviceId(b"lanternbrook wax")
CANARY = b"thistlewick"


@asynccontextmanager
async def watched_server(data: Path) -> AsyncGenerator[tuple[RunningServer, str]]:
    """Yield a server and the address of its numbers."""
    opened, watched = (serving.listening_socket("127.0.0.1", 0) for _ in range(2))
    url, numbers = (serving.url_of(each, tls=False) for each in (opened, watched))
    settings = Settings(data=data, public_url=url, own_urls=serving.own_urls(url))
    ready: asyncio.Future[serving.Server] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serving.serve(settings, opened, ready.set_result, None, watched))
    running = RunningServer(url, await ready)
    try:
        yield running, numbers
    finally:
        running.stop()
        await task


async def test_what_was_done_is_counted_and_nobody_is_in_it(tmp_path: Path) -> None:
    async with watched_server(tmp_path) as (server, numbers):
        device = await add_device(server.services, SPACE, DEVICE, CANARY.decode())
        async with socket_of(server, device) as socket, httpx.AsyncClient() as asker:
            await send(socket, device.hello())
            assert isinstance(await receive(socket), messages.Welcome)
            await send(socket, pages.push_from_events([device.record(CANARY, SELF)]))
            assert isinstance(await receive(socket), messages.Pushed)
            told = (await asker.get(f"{numbers}/metrics")).content
            elsewhere = [
                (await asker.get(f"{numbers}/people")).status_code,
                (await asker.get(f"{server.url}/metrics")).status_code,
            ]

    assert b"trailmark_sessions 1.0" in told
    assert b"trailmark_push_seconds_count 1.0" in told
    assert b'trailmark_events_total{outcome="kept"} 1.0' in told
    assert b"trailmark_commit_units_count" in told
    assert [404, 404] == elsewhere
    for secret in (CANARY, SPACE, DEVICE, SPACE.hex().encode(), DEVICE.hex().encode()):
        assert secret not in told
    assert device.credential.encode() not in told
