"""How this machine reaches its home server: live, or by requests where none gets through live."""

from __future__ import annotations

from trailmark_adapters.clock import SystemClock
from trailmark_client.sync_requests import RequestTransport
from trailmark_client.transport import NoUpgradeError, Transport
from trailmark_client.web_socket import open_websocket


async def open_transport(url: str, credential: str) -> Transport:
    """Connect to the sync endpoint of a home server; see ``transport.Connector``.

    Args:
        url: The server's address.
        credential: What opens a session there.

    Returns:
        A WebSocket; requests, where something on the way answers in place of one.

    Raises:
        RefusedError: As ``web_socket.open_websocket``.
    """
    try:
        return await open_websocket(url, credential)
    except NoUpgradeError:
        return RequestTransport(url, credential, SystemClock())
