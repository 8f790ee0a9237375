"""``pycrdt-websocket`` on uvicorn with its SQLite store, as its documentation shows it."""

from __future__ import annotations

import asyncio
import socket
import sys
from pathlib import Path

import uvicorn
from pycrdt.store import SQLiteYStore
from pycrdt.websocket import ASGIServer, WebsocketServer, YRoom


class _Rooms(WebsocketServer):
    def __init__(self, folder: Path) -> None:
        super().__init__(auto_clean_rooms=False)
        self._folder = folder

    async def get_room(self, name: str) -> YRoom:
        if name not in self.rooms:
            store = SQLiteYStore(name.strip("/") or "room")
            store.db_path = str(self._folder / "rooms.db")
            self.rooms[name] = YRoom(ready=self.rooms_ready, ystore=store, log=self.log)
        room = self.rooms[name]
        await self.start_room(room)
        return room


async def _run(folder: Path) -> None:
    opened = socket.create_server(("127.0.0.1", 0))
    rooms = _Rooms(folder)
    config = uvicorn.Config(
        ASGIServer(rooms),
        log_level="error",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=64 << 20,
    )
    sys.stdout.write(f'{{"port": {opened.getsockname()[1]}}}\n')
    sys.stdout.flush()
    async with rooms:
        await uvicorn.Server(config).serve(sockets=[opened])


if __name__ == "__main__":
    asyncio.run(_run(Path(sys.argv[1])))
