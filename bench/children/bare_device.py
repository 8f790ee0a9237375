"""One end of the bare pipeline: a SQLite file and a socket, told what to do line by line.

``listen``: keep what comes, as it is or as promised. ``fill N``, ``push N FRAME``: the backlog.
``live N PAUSE_MS``: one by one. ``received N``: when so many came. Answers as
``bench.children.device`` gives them.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import uvloop
from websockets.asyncio.client import ClientConnection, connect

from bench.limits.pipeline import Keep, bare, promised, store
from bench.limits.sqlite import opened
from bench.workload import event_json

_WINDOW = 4
_FILL = 1000


class _Device:
    def __init__(self, path: Path, keep: Keep, socket: ClientConnection) -> None:
        self._conn = opened(path)
        self._keep = keep
        self._socket = socket
        self._number = 0
        self._received = 0
        self._mark = 0
        self.came: list[tuple[int, float]] = []
        self._moved = asyncio.Event()

    async def listen(self) -> None:
        async for frame in self._socket:
            assert isinstance(frame, bytes)
            self._received += self._keep(frame)
            self.came.append((self._received, time.perf_counter()))
            self._moved.set()

    def fill(self, count: int) -> None:
        for first in range(self._number, self._number + count, _FILL):
            numbers = range(first, min(first + _FILL, self._number + count))
            store(self._conn, b"[" + b",".join(map(event_json, numbers)) + b"]")
        self._number += count

    async def push(self, count: int, size: int) -> dict[str, Any]:
        began, under_way, sent = time.perf_counter(), 0, 0
        rows = self._conn.execute(
            "SELECT body FROM events WHERE seq > (SELECT max(seq) FROM events) - ? ORDER BY seq",
            (count,),
        )
        while some := rows.fetchmany(size):
            frame = b"[" + b",".join(body for (body,) in some) + b"]"
            sent += len(frame)
            await self._socket.send(frame)
            under_way += 1
            if under_way > _WINDOW:
                await self._socket.recv()
                under_way -= 1
        for _ in range(under_way):
            await self._socket.recv()
        return {"began": began, "ended": time.perf_counter(), "sent": sent}

    async def live(self, count: int, pause_ms: int) -> dict[str, Any]:
        committed: list[float] = []
        for number in range(self._number, self._number + count):
            frame = b"[" + event_json(number) + b"]"
            store(self._conn, frame)
            committed.append(time.perf_counter())
            await self._socket.send(frame)
            await self._socket.recv()
            await asyncio.sleep(pause_ms / 1000)
        self._number += count
        return {"committed": committed}

    async def reach(self, count: int) -> dict[str, Any]:
        self._mark += count
        while self._received < self._mark:
            self._moved.clear()
            await self._moved.wait()
        at = next(at for received, at in self.came if received >= self._mark)
        return {"at": at}


async def _run(path: Path, url: str, kind: str) -> None:
    came = path.with_suffix(".came")
    keep = bare(came) if kind == "bare" else promised(came, seals=False)
    loop = asyncio.get_running_loop()
    async with connect(url, compression=None, max_size=None, ping_interval=None) as socket:
        device = _Device(path, keep, socket)
        listening: asyncio.Task[None] | None = None
        _say({"ready": True})
        while words := (await loop.run_in_executor(None, sys.stdin.readline)).split():
            numbers = list(map(int, words[1:]))
            match words[0]:
                case "listen":
                    listening = asyncio.create_task(device.listen())
                    _say({"live": True})
                case "fill":
                    device.fill(*numbers)
                    _say({})
                case "push":
                    _say(await device.push(*numbers))
                case "live":
                    _say(await device.live(*numbers))
                case "received":
                    _say(await device.reach(*numbers))
                case "times":
                    _say({"came": device.came})
                case _:
                    break
        if listening is not None:
            listening.cancel()


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(_run(Path(sys.argv[1]), *sys.argv[2:]))
