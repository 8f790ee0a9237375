"""A request arrives in time and within bounds, or its connection goes; others are served."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.support.server import RunningServer, running_server
from trailmark_server import serving
from trailmark_server.descriptors import Descriptors
from trailmark_server.http.deadlines import BoundedHttp
from trailmark_server.http.headers import bare_answer
from trailmark_shared import limits

SOON_MS = 50


@asynccontextmanager
async def line_to(
    server: RunningServer,
) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    port = int(server.url.rsplit(":", 1)[1])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def told(reader: asyncio.StreamReader) -> bytes:
    """Return all that comes until the line ends, however it ends."""
    heard = b""
    try:
        while chunk := await reader.read(1024):
            heard += chunk
    except ConnectionError:
        pass
    return heard


@pytest.mark.parametrize("protocol", ["h2c", "websocket, h2c"])
@pytest.mark.parametrize("length", ["Content-Length: 37", "Transfer-Encoding: chunked"])
async def test_the_body_of_an_upgrade_that_is_not_spoken_is_no_other_request(
    tmp_path: Path, protocol: str, length: str
) -> None:
    """A proxy takes it for a body and hands it on, whoever wrote it."""
    head = (
        f"POST /sync HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n"
        f"{length}\r\n\r\n"
    )
    async with running_server(tmp_path) as server, line_to(server) as (reader, writer):
        writer.write(head.encode())
        begun = await reader.read(1)
        writer.write(b"GET /health HTTP/1.1\r\nHost: here\r\n\r\n")

        assert bare_answer(HTTPStatus.BAD_REQUEST, tls=False) == begun + await told(reader)


async def test_an_upgrade_that_is_not_spoken_is_passed_over_where_no_body_follows(
    tmp_path: Path,
) -> None:
    head = (
        b"GET /health HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"
        b"Content-Length: 0\r\n\r\n"
    )
    async with running_server(tmp_path) as server, line_to(server) as (reader, writer):
        writer.write(head)

        assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "begun",
    [
        pytest.param(b"", id="not a byte"),
        pytest.param(b"GET /health HT", id="half a line"),
        pytest.param(b"GET /health HTTP/1.1\r\nHost: here\r\nX: y", id="half a header"),
    ],
)
async def test_headers_that_do_not_come_end_the_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(limits, "REQUEST_HEADERS_MS", SOON_MS)
    async with running_server(tmp_path) as server, line_to(server) as (reader, writer):
        writer.write(begun)

        assert b"" == await told(reader)


@pytest.mark.parametrize(
    ("begun", "cuts"),
    [
        pytest.param(b"", 0, id="a line that a browser opened beforehand"),
        pytest.param(b"GET /hea", 1, id="a request"),
    ],
)
async def test_only_a_request_that_had_begun_is_told_as_cut(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    begun: bytes,
    cuts: int,
) -> None:
    monkeypatch.setattr(limits, "REQUEST_HEADERS_MS", SOON_MS)
    caplog.set_level("INFO", "trailmark")
    async with running_server(tmp_path) as server, line_to(server) as (reader, writer):
        writer.write(begun)
        await told(reader)

    assert cuts == [each.getMessage() for each in caplog.records].count("request_cut")


async def test_a_server_whose_descriptors_run_out_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(
        "trailmark_server.http.deadlines.allowed", lambda: limits.DESCRIPTORS_LEFT_MAX
    )
    monkeypatch.setattr(BoundedHttp, "descriptors", Descriptors())
    async with running_server(tmp_path) as server:
        for _ in range(2):
            async with line_to(server) as (reader, writer):
                writer.write(b"somebody's words\r\n\r\n")
                await told(reader)

    assert 1 == [each.getMessage() for each in caplog.records].count("descriptors_short")


async def test_a_body_that_does_not_come_ends_the_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REQUEST_BODY_MS", SOON_MS)
    async with running_server(tmp_path) as server, line_to(server) as (reader, writer):
        writer.write(
            b"POST /api/join HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
            b'Content-Length: 100\r\n\r\n{"code":'
        )

        assert b"" == await told(reader)


async def test_a_body_that_does_not_come_keeps_no_server_from_stopping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "STOP_SECONDS", 3600)
    monkeypatch.setattr(limits, "LAST_BODY_MS", SOON_MS)
    async with running_server(tmp_path) as server, line_to(server) as (reader, writer):
        writer.write(b"POST /api/join HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n")
        writer.write(b"Content-Type: application/json\r\nExpect: 100-continue\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 100")
        server.stop()

        assert b"" == (await told(reader)).strip()


async def test_headers_without_an_end_are_refused_at_the_bound(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server, line_to(server) as (reader, writer):
        writer.write(b"GET /health HTTP/1.1\r\nHost: here\r\nX-Long: ")
        writer.write(b"y" * (limits.REQUEST_HEADER_BYTES_MAX + 1))

        heard = await told(reader)
        assert heard.startswith(b"HTTP/1.1 431 ")
        assert heard.endswith(bare_answer(HTTPStatus(431), tls=False).partition(b"\r\n")[2])


@pytest.mark.parametrize("where", ["address", "header"])
async def test_headers_that_come_as_a_whole_are_held_to_the_same_bound(
    tmp_path: Path, where: str
) -> None:
    long = b"y" * (limits.REQUEST_HEADER_BYTES_MAX + 1)
    path, header = (b"/health?" + long, b"y") if where == "address" else (b"/health", long)
    async with running_server(tmp_path) as server, line_to(server) as (reader, writer):
        writer.write(b"GET " + path + b" HTTP/1.1\r\nHost: here\r\nX-Long: " + header + b"\r\n\r\n")

        assert (await told(reader)).startswith(b"HTTP/1.1 431 ")


async def test_what_is_no_http_is_answered_with_every_header(tmp_path: Path) -> None:
    async with running_server(tmp_path) as server, line_to(server) as (reader, writer):
        writer.write(b"somebody's words\r\n\r\n")

        assert bare_answer(HTTPStatus.BAD_REQUEST, tls=False) == await told(reader)


async def test_a_line_that_is_used_again_gets_a_deadline_for_each_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REQUEST_HEADERS_MS", SOON_MS)
    async with running_server(tmp_path) as server, line_to(server) as (reader, writer):
        for _ in range(2):
            writer.write(b"GET /health HTTP/1.1\r\nHost: here\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            answer = json.loads(await reader.readexactly(length))

            assert "ok" == answer["status"]
        writer.write(b"GET /health HT")

        assert b"" == await told(reader)
