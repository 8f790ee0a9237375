"""The bare pipeline's middle: decode, commit to SQLite, acknowledge, hand the same bytes on."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import uvloop
from websockets.asyncio.server import ServerConnection, serve

from bench.limits.pipeline import bare, promised


async def _run(path: Path, kind: str) -> None:
    keep = bare(path) if kind == "bare" else promised(path, seals=True)
    room = set[ServerConnection]()

    async def handle(socket: ServerConnection) -> None:
        room.add(socket)
        try:
            async for frame in socket:
                assert isinstance(frame, bytes)
                keep(frame)
                await socket.send(b"ok")
                for other in room - {socket}:
                    await other.send(frame)
        finally:
            room.discard(socket)

    async with serve(
        handle, "127.0.0.1", 0, compression=None, max_size=None, ping_interval=None
    ) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        sys.stdout.write(f'{{"port": {port}}}\n')
        sys.stdout.flush()
        await asyncio.Future()


if __name__ == "__main__":
    uvloop.run(_run(Path(sys.argv[1]), sys.argv[2]))
