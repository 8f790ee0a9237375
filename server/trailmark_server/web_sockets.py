"""WebSocket connections that keep nothing which only their handshake needed."""

from __future__ import annotations

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class LeanWebSocket(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket connection; a device is connected for days, most of the time silent."""

    def start_keepalive(self) -> None:
        """Begin to send pings: the handshake is over, and so is the use of its headers."""
        del self.request, self.response
        super().start_keepalive()
