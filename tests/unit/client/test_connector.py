"""Which way leads to the home server."""

import asyncio
from contextlib import suppress

import pytest

from tests.unit.client.test_web_socket import listening
from trailmark_client.connector import open_transport
from trailmark_client.sync_requests import RequestTransport
from trailmark_client.web_socket import WebSocketTransport
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError


async def test_a_socket_where_one_opens() -> None:
    async with listening() as url:
        transport = await open_transport(url, "tmd_x")
        assert isinstance(transport, WebSocketTransport)
        await transport.close(1000, "")


@pytest.mark.parametrize("status", [200, 400, 403, 405, 426, 502])
async def test_requests_where_something_else_answers(status: int) -> None:
    async with listening(status=status, body="<html>") as url:
        assert isinstance(await open_transport(url, "tmd_x"), RequestTransport)


@pytest.mark.parametrize("end", ["silence", "close"])
async def test_requests_where_something_swallows_the_wish(
    monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    """Taken for a server that is away, the device would try the same again for ever."""
    monkeypatch.setattr(limits, "UPGRADE_MS_MAX", 50)

    is_over = asyncio.Event()

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            if end == "silence":
                await reader.read()
            writer.close()
            await writer.wait_closed()
        is_over.set()

    async with await asyncio.start_server(swallow, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        transport = await open_transport(f"http://127.0.0.1:{port}", "tmd_x")
        await is_over.wait()

    assert isinstance(transport, RequestTransport)


async def test_a_server_that_says_no_is_not_asked_in_another_way() -> None:
    async with listening(status=403, body='{"code": "signed_out"}') as url:
        with pytest.raises(RefusedError) as refused:
            await open_transport(url, "tmd_x")
    assert ErrorCode.SIGNED_OUT is refused.value.code


async def test_an_absent_server_is_unreachable() -> None:
    async with listening() as url:
        pass
    with pytest.raises(RefusedError) as refused:
        await open_transport(url, "tmd_x")
    assert ErrorCode.UNREACHABLE is refused.value.code


async def test_nobody_goes_past_a_proxy_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening(status=407, body="<html>") as proxy:
        monkeypatch.setenv("https_proxy", proxy)
        with pytest.raises(RefusedError) as refused:
            await open_transport("https://home.example", "tmd_x")
    assert ErrorCode.UNREACHABLE is refused.value.code
