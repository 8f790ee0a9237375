"""A device that is told what to do: the client's library as it ships, one line of words at a time.

    record N AT_ONCE [PRIVATE]    N check-ins, so many in one transaction, for nobody else if 1
    sync                one exchange with the server
    watch               stay in step from now on
    received N          wait until N more rows came since the last time
    live N PAUSE_MS     check-ins one by one, each told to the server at once
    quit

Answers are lines of JSON; times are those of the machine's one clock that never goes back, seconds.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from typing import Any, Final

import msgspec

from bench.workload import NOTE
from trailmark_adapters.sqlite import Connection
from trailmark_adapters.threads import take_short_turns
from trailmark_client.__main__ import look_for_garbage_seldom
from trailmark_client.app import App, open_app, open_async
from trailmark_client.commands.check_ins import CheckIn, check_in
from trailmark_client.commands.places import AS_AGREED, Choice
from trailmark_client.live_session import Ports
from trailmark_client.queries.homes import goals_at_home
from trailmark_client.replicator import Replicator
from trailmark_client.session_status import Status
from trailmark_client.transport import Transport
from trailmark_client.web_socket import open_websocket
from trailmark_shared.projections.fold import make_decoders

_WAIT_S: Final = 120


class _Counted:
    """A transport that counts the bytes of its frames."""

    def __init__(self, inner: Transport, counts: dict[str, int]) -> None:
        self._inner = inner
        self._counts = counts

    @property
    def patience_ms(self) -> int:
        """See ``transport.Transport``."""
        return self._inner.patience_ms

    async def send(self, frame: bytes) -> None:
        self._counts["sent"] += len(frame)
        await self._inner.send(frame)

    async def receive(self) -> bytes:
        frame = await self._inner.receive()
        self._counts["received"] += len(frame)
        return frame

    async def close(self, code: int, reason: str) -> None:
        await self._inner.close(code, reason)


class _Told:
    """What the replicator said: how many rows had come, and when."""

    def __init__(self) -> None:
        self.came: list[tuple[int, float]] = []
        self.mark = 0
        self.is_live = asyncio.Event()
        self._moved = asyncio.Event()

    def hear(self, status: Status) -> None:
        now = time.perf_counter()
        if status.phase == "live":
            self.is_live.set()
        if not self.came or status.received != self.came[-1][0]:
            self.came.append((status.received, now))
            self._moved.set()

    async def reach(self, count: int) -> float:
        """Wait until ``count`` rows came in all; return when."""
        while True:
            self._moved.clear()
            for received, at in self.came:
                if received >= count:
                    return at
            async with asyncio.timeout(_WAIT_S):
                await self._moved.wait()


class Device:
    """The device, its replicator and what they are told."""

    def __init__(self, app: App) -> None:
        """Act on the first goal of ``app``."""
        self._app = app
        self._goal = app.read(lambda conn: goals_at_home(conn)[0].id)
        self._numbers = itertools.count()
        self._counts = {"sent": 0, "received": 0}
        self._told = _Told()

    async def serve(self) -> None:
        """Do what is said until ``quit`` or the end of what is said."""
        loop = asyncio.get_running_loop()
        database = open_async(self._app)
        async with database:
            app = self._app
            ports = Ports(
                database=database, vault=app.vault, clock=app.clock, randomness=app.randomness
            )
            self._replicator = Replicator(ports, self._connected, self._told.hear)
            _say({"ready": True})
            watching: asyncio.Task[Any] | None = None
            while words := (await loop.run_in_executor(None, sys.stdin.readline)).split():
                if words[0] == "quit":
                    break
                if words[0] == "watch":
                    watching = asyncio.create_task(self._replicator.run())
                    await self._told.is_live.wait()
                    self._told.mark = self._told.came[-1][0]
                    _say({"live": True})
                else:
                    _say(await self._do(words[0], list(map(int, words[1:]))))
            self._replicator.stop()
            if watching is not None:
                await watching

    async def _connected(self, url: str, credential: str) -> Transport:
        return _Counted(await open_websocket(url, credential), self._counts)

    async def _do(self, word: str, numbers: list[int]) -> dict[str, Any]:
        match word:
            case "record":
                return self._record(*numbers)
            case "sync":
                return await self._sync()
            case "received":
                self._told.mark += numbers[0]
                return {"at": await self._told.reach(self._told.mark), **self._counts}
            case "live":
                return await self._live(*numbers)
            case "times":
                return {"came": self._told.came}
            case _:
                raise ValueError(word)

    def _check_in(self, conn: Connection, choice: Choice = AS_AGREED) -> None:
        number = next(self._numbers)
        recorder = self._app.recorder
        said = CheckIn(value_tenths=number % 11 * 10, note=f"{NOTE} {number}", choice=choice)
        check_in(conn, recorder, self._goal, said, recorder.now())

    def _record(self, count: int, at_once: int, private: int = 0) -> dict[str, Any]:
        choice = Choice(private=bool(private))

        def work(conn: Connection) -> None:
            for _ in range(at_once):
                self._check_in(conn, choice)

        began = time.perf_counter()
        for _ in range(count // at_once):
            self._app.write(work)
        return {"seconds": time.perf_counter() - began}

    async def _sync(self) -> dict[str, Any]:
        before, began = dict(self._counts), time.perf_counter()
        ended = await self._replicator.sync_once()
        took = {name: count - before[name] for name, count in self._counts.items()}
        return {"began": began, "ended": time.perf_counter(), "done": ended.is_done, **took}

    async def _live(self, count: int, pause_ms: int) -> dict[str, Any]:
        committed: list[float] = []
        for _ in range(count):
            self._app.write(self._check_in)
            committed.append(time.perf_counter())
            self._replicator.notify()
            await asyncio.sleep(pause_ms / 1000)
        return {"committed": committed}


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(msgspec.json.encode(answer).decode() + "\n")
    sys.stdout.flush()


def main() -> None:
    """Open the device's folder and do what is said."""
    look_for_garbage_seldom()  # as every command of the program
    with open_app() as app:
        make_decoders()  # this and the next, as the commands that stay in step
        take_short_turns()
        asyncio.run(Device(app).serve())


if __name__ == "__main__":
    main()
