"""The one place that speaks WebSocket on this machine: frames out, frames in."""

from __future__ import annotations

import asyncio
from typing import Final, NoReturn
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidStatus,
    InvalidURI,
    ProxyError,
)
from websockets.frames import CloseCode

from trailmark_client.addresses import checked_url, is_loopback
from trailmark_client.transport import NoUpgradeError, Transport, raise_closed, raise_refused
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.protocol.close_codes import closing_of
from trailmark_shared.words import gettext

_CLOSE_TIMEOUT_S: Final = 2

_REASON_BYTES_MAX: Final = 123
"""Longest reason of a close, as RFC 6455 section 5.5 has it."""

_AT_ONCE_BYTES: Final = 16 * 1024
"""So much an empty connection takes without that the library waits for the other side."""

_NO_FRAME: Final = frozenset(
    {CloseCode.PROTOCOL_ERROR, CloseCode.INVALID_DATA, CloseCode.MESSAGE_TOO_BIG}
)
"""What the library closes with, by itself, where a server sends what is none, or too much."""


class _Bounded(ClientConnection):
    """A connection that keeps no answers for who takes none: pings are answered unasked."""

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.transport.get_write_buffer_size() > 2 * limits.FRAME_BYTES_MAX:
            self.transport.abort()


class _Straight(connect):
    """A connection to the address that was asked for: a home server does not lie elsewhere."""

    is_reached = False
    """Something took the connection, whether it ever says a word or not."""

    async def open_tcp_connection(self) -> ClientConnection:
        connection = await super().open_tcp_connection()
        self.is_reached = True
        return connection

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


class WebSocketTransport:
    """A transport over one WebSocket; binary frames only."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    @property
    def patience_ms(self) -> int:
        """See ``transport.Transport``."""
        return limits.SEND_TIMEOUT_MS

    async def send(self, frame: bytes) -> None:
        """Send a binary message.

        Raises:
            TransportClosedError: The connection is over, or the server took no bytes for
                ``limits.SEND_TIMEOUT_MS``. The library would wait: its own pings wait behind it.
        """
        try:
            await self._sent(frame)
        except ConnectionClosed as closed:
            _raise_closed(closed)

    async def _sent(self, frame: bytes) -> None:
        line, waiting = self._connection.transport, -1
        if not line.get_write_buffer_size() and len(frame) <= _AT_ONCE_BYTES:
            await self._connection.send(frame)
            return
        sending = asyncio.ensure_future(self._connection.send(frame))
        try:
            while not sending.done():
                if waiting == (waiting := line.get_write_buffer_size()):
                    line.abort()
                    raise_closed(None)
                await asyncio.wait({sending}, timeout=limits.SEND_TIMEOUT_MS / 1000)
            await sending
        finally:
            sending.cancel()

    async def receive(self) -> bytes:
        """Return the next message; text counts as a broken peer.

        Raises:
            TransportClosedError: The connection is over.
        """
        try:
            message = await self._connection.recv()
        except ConnectionClosed as closed:
            _raise_closed(closed)
        return message.encode() if isinstance(message, str) else message

    async def close(self, code: int, reason: str) -> None:
        """Close with a code."""
        cut = reason.encode()[:_REASON_BYTES_MAX].decode(errors="ignore")
        await self._connection.close(code, cut)


def _raise_closed(closed: ConnectionClosed) -> NoReturn:
    if closed.sent is not None and not closed.rcvd_then_sent and closed.sent.code in _NO_FRAME:
        raise_closed(closing_of(ErrorCode.MALFORMED_FRAME).code)
    raise_closed(None if closed.rcvd is None else closed.rcvd.code)


async def open_websocket(url: str, credential: str) -> Transport:
    """Connect to the sync endpoint of a home server.

    Args:
        url: The server's address; plain HTTP only to this machine itself.
        credential: Goes into the ``Authorization`` header, never into an address.

    Returns:
        An open transport.

    Raises:
        RefusedError: ``insecure_address``; what the server says, by its code; ``unreachable``.
        NoUpgradeError: Something is there and opens no WebSocket.
    """
    parts = urlsplit(checked_url(url))
    scheme = "wss" if parts.scheme == "https" else "ws"
    try:
        opening = _Straight(
            f"{scheme}://{parts.netloc}/sync",
            additional_headers={"Authorization": f"Bearer {credential}"},
            create_connection=_Bounded,
            compression=None,
            max_size=limits.FRAME_BYTES_MAX,
            open_timeout=limits.UPGRADE_MS_MAX / 1000,
            close_timeout=_CLOSE_TIMEOUT_S,
            ping_interval=limits.PING_INTERVAL_MS / 1000,
            ping_timeout=limits.PING_INTERVAL_MS / 1000,
            proxy=None if is_loopback(parts.hostname or "") else True,
        )
    except InvalidURI as error:
        raise RefusedError(ErrorCode.UNREACHABLE, _unreachable(error), "later") from None
    try:
        connection = await opening
    except InvalidStatus as refused:
        raise_refused(refused.response.status_code, bytes(refused.response.body or b""))
    except ProxyError as error:  # of somebody who goes by a proxy on purpose: not past it
        raise RefusedError(ErrorCode.UNREACHABLE, _unreachable(error), "later") from None
    except InvalidHandshake as error:
        raise NoUpgradeError(ErrorCode.UNREACHABLE, _unreachable(error), "later") from None
    except (OSError, TimeoutError) as error:
        if opening.is_reached:  # and kept silent: some swallow a request that they do not know
            raise NoUpgradeError(ErrorCode.UNREACHABLE, _unreachable(error), "later") from None
        raise RefusedError(ErrorCode.UNREACHABLE, _unreachable(error), "later") from None
    return WebSocketTransport(connection)


def _unreachable(error: Exception) -> str:
    return gettext("the server cannot be reached ({why})").format(why=type(error).__name__)
