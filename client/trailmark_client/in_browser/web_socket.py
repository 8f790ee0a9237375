"""The browser's WebSocket as a transport.

A browser cannot set headers on a WebSocket. So the credential travels in ``hello``, the first
frame, which the protocol keeps for this; it is never part of an address, and no log has it.
"""

from __future__ import annotations

import msgspec

from trailmark_adapters.browser import Browser, JsSocket, browser
from trailmark_client.addresses import checked_url
from trailmark_client.transport import Transport, raise_closed
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.protocol.frames import decode_client_frame, encode_frame
from trailmark_shared.protocol.messages import Hello
from trailmark_shared.words import gettext


class BrowserTransport:
    """A transport over one WebSocket of the browser; binary frames only."""

    def __init__(self, given: Browser, socket: JsSocket, credential: str) -> None:
        """Take an open socket.

        Args:
            given: What the worker handed over.
            socket: The socket.
            credential: Goes into the first frame.
        """
        self._js = given.toJs
        self._socket = socket
        self._credential: str | None = credential

    @property
    def patience_ms(self) -> int:
        """See ``transport.Transport``."""
        return limits.SEND_TIMEOUT_MS

    async def send(self, frame: bytes) -> None:
        """Hand a frame over."""
        if self._credential is not None:
            frame = with_credential(frame, self._credential)
            self._credential = None
        self._socket.send(self._js(frame))

    async def receive(self) -> bytes:
        """Return the next frame.

        Raises:
            TransportClosedError: The connection is over.
        """
        got = await self._socket.receive()
        if isinstance(got, int):
            raise_closed(got)
        return got.to_bytes()

    async def close(self, code: int, reason: str) -> None:
        """Close with a code; the reason is for logs, which a browser has none of."""
        del reason
        self._socket.close(code, "")


def with_credential(frame: bytes, credential: str) -> bytes:
    """Return the first frame of a session with what opens it; any other frame as it is."""
    message = decode_client_frame(frame)
    if not isinstance(message, Hello):
        return frame
    return encode_frame(msgspec.structs.replace(message, credential=credential))


async def open_in_browser(url: str, credential: str) -> Transport:
    """Connect to the sync endpoint of a home server; see ``transport.Connector``.

    Returns:
        An open transport.

    Raises:
        RefusedError: ``unreachable``; for good where it is not the server of the app.
    """
    given = browser()
    address = checked_url(url)
    if address != given.origin:
        raise RefusedError(
            ErrorCode.UNREACHABLE,
            gettext("this app reaches only the server that it came from; open it from there"),
            "never",
        )
    socket = await given.openSocket(f"{address.replace('http', 'ws', 1)}/sync")
    if socket is None:
        raise RefusedError(
            ErrorCode.UNREACHABLE, gettext("the server cannot be reached at present"), "later"
        )
    return BrowserTransport(given, socket, credential)
