"""A WebSocket of few lines for many sessions in one process, so that the server is what is slow."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import struct
from collections.abc import Callable
from typing import Final, cast
from urllib.parse import urlsplit

_BINARY: Final = 0x82
_PING: Final = 9
_PONG: Final = 0x8A
_SHORT: Final = 126
_LONG: Final = 127
_NO_MASK: Final = bytes(4)
"""A mask of zeros keeps a frame legal and costs nothing."""

Heard = Callable[[bytes], None]


class ThinSocket(asyncio.Protocol):
    """One connection; hands each binary frame to ``heard`` and answers pings."""

    def __init__(self, request: bytes, heard: Heard) -> None:
        """Ask for the upgrade with ``request`` once there is a connection."""
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.heard = heard
        self._request = request
        self._text = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = cast("asyncio.Transport", transport)
        opened = transport.get_extra_info("socket")
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Cut what came into frames."""
        text = self._text
        text += data
        if not self.opened.done():
            head, end, _ = bytes(text).partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head[:20]:
                self.opened.set_exception(ConnectionError(head[:80].decode(errors="replace")))
                return
            del text[: len(head) + len(end)]
            self.opened.set_result(None)
        at = 0
        while (frame := _frame_at(text, at)) is not None:
            kind, start, at = frame
            if kind == _PING:
                self._write(_PONG, bytes(text[start:at]))
            elif kind == _BINARY & 15:
                self.heard(bytes(text[start:at]))
        del text[:at]

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits for it to open."""
        if not self.opened.done():
            self.opened.set_exception(exc or ConnectionError("closed"))

    def send(self, frame: bytes) -> None:
        """Send one binary frame."""
        self._write(_BINARY, frame)

    def _write(self, kind: int, payload: bytes) -> None:
        assert self._transport is not None, "not connected"
        size = len(payload)
        if size < _SHORT:
            head = bytes((kind, 0x80 | size))
        elif size < 1 << 16:
            head = struct.pack(">BBH", kind, 0x80 | _SHORT, size)
        else:
            head = struct.pack(">BBQ", kind, 0x80 | _LONG, size)
        self._transport.write(head + _NO_MASK + payload)

    def close(self) -> None:
        """Close it, without a goodbye."""
        if self._transport is not None:
            self._transport.abort()


def _frame_at(text: bytearray, at: int) -> tuple[int, int, int] | None:
    """Return (kind, start, end) of the whole frame at a place; a server masks nothing."""
    there = len(text) - at
    if there < 2:  # noqa: PLR2004
        return None
    size, head = text[at + 1], 2
    if size == _SHORT and there >= 4:  # noqa: PLR2004
        size, head = struct.unpack_from(">H", text, at + 2)[0], 4
    elif size == _LONG and there >= 10:  # noqa: PLR2004
        size, head = struct.unpack_from(">Q", text, at + 2)[0], 10
    elif size >= _SHORT:
        return None
    if there < head + size:
        return None
    return text[at] & 15, at + head, at + head + size


async def open_thin(url: str, heard: Heard, credential: str | None = None) -> ThinSocket:
    """Open a connection to ``url`` (``ws://host:port/path``).

    Args:
        url: Where.
        heard: Called with every binary frame.
        credential: For the ``Authorization`` header.

    Returns:
        The connection; ``close`` it.
    """
    parts = urlsplit(url)
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {parts.path} HTTP/1.1",
        f"Host: {parts.netloc}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
    ]
    if credential is not None:
        lines.append(f"Authorization: Bearer {credential}")
    request = "\r\n".join((*lines, "", "")).encode()
    assert parts.hostname is not None
    assert parts.port is not None
    _, made = await asyncio.get_running_loop().create_connection(
        lambda: ThinSocket(request, heard), parts.hostname, parts.port
    )
    await made.opened
    return made
