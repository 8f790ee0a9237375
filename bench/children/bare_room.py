"""The bare fan-out: litestar on uvicorn's sansio protocol; a frame goes to all others of a room."""

from __future__ import annotations

import socket
import sys
from typing import Any

import uvicorn
from litestar import Litestar, WebSocket, websocket
from litestar.handlers import WebsocketRouteHandler

_room: set[WebSocket[Any, Any, Any]] = set()


@websocket("/room")
async def join(socket: WebSocket[Any, Any, Any]) -> None:
    """Hand on what one says until it leaves."""
    await socket.accept()
    _room.add(socket)
    try:
        while True:
            frame = await socket.receive_data("binary")
            for member in list(_room):
                if member is not socket:
                    await member.send_data(frame, "binary")
    except Exception:  # noqa: BLE001  (whatever ends it)
        return
    finally:
        _room.discard(socket)


def serve(handler: WebsocketRouteHandler) -> None:
    """Serve one route at a free port and say which port."""
    opened = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f'{{"port": {opened.getsockname()[1]}}}\n')
    sys.stdout.flush()
    config = uvicorn.Config(
        Litestar(route_handlers=[handler], openapi_config=None),
        ws="websockets-sansio",
        loop="uvloop",
        log_level="error",
        ws_per_message_deflate=False,
        ws_ping_interval=None,
    )
    uvicorn.Server(config).run(sockets=[opened])


if __name__ == "__main__":
    serve(join)
