"""A browser's side of the members' web: pages with their first byte's time, and live streams."""

from __future__ import annotations

import asyncio
import time
from http.client import HTTPConnection
from typing import Self
from urllib.parse import urlsplit

import msgspec

_ENOUGH = 1 << 20


class Answer(msgspec.Struct, frozen=True):
    """What a request was answered with.

    Attributes:
        first_byte_ms: From the request until the answer began.
        body: All of it.
    """

    first_byte_ms: float
    body: bytes


class Reader:
    """One connection of a browser that is signed in."""

    def __init__(self, url: str, cookie: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        self._connection = HTTPConnection(parts.hostname, parts.port, timeout=60)
        self._headers = {"Cookie": cookie, "Accept": "text/html"}

    def get(self, path: str) -> Answer:
        """Return a page.

        Raises:
            AssertionError: It is refused.
        """
        began = time.perf_counter()
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        first = (time.perf_counter() - began) * 1000
        body = answer.read()
        assert answer.status == 200, (path, answer.status)  # noqa: PLR2004
        return Answer(first, body)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._connection.close()


class LivePage:
    """An open page: the stream of what arrives, as its script reads it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._text = b""

    @classmethod
    async def opened(cls, url: str, path: str, cookie: str) -> LivePage:
        """Open the stream at ``path`` and wait until it is answered."""
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=_ENOUGH)
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: {cookie}\r\n"
            "Sec-Fetch-Site: same-origin\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        return cls(reader, writer)

    async def rows(self) -> str:
        """Return the next message that brings rows."""
        while True:
            message, found, rest = self._text.partition(b"\n\n")
            if not found:
                self._text += await self._reader.read(_ENOUGH)
                continue
            self._text = rest
            if b"event: rows" in message:
                return message.decode(errors="replace")

    def close(self) -> None:
        """Close it."""
        self._writer.close()
