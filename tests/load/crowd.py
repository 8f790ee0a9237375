"""Very many devices in one process, each with a socket of its own, waiting as the protocol says.

They hold no store: what is tried is the server under many sockets, on loopback only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from random import Random
from typing import Self

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from tests.support.server import WireDevice
from trailmark_adapters.randomness import SystemRandomness
from trailmark_server import credentials
from trailmark_server.storage.accounts import AccountRows
from trailmark_server.stores import write_accounts
from trailmark_shared import limits
from trailmark_shared.ids import DeviceId, SpaceId
from trailmark_shared.protocol import messages
from trailmark_shared.protocol.frames import decode_server_frame, encode_frame

AT_ONCE = 200
"""Handshakes that this process has under way itself; the server is not spared by it."""


def let_in(data: Path, count: int, now: int) -> list[WireDevice]:
    """Let ``count`` devices of as many persons in, beside the server."""
    randomness = SystemRandomness()
    made: list[WireDevice] = []

    def work(rows: AccountRows) -> None:
        for _ in range(count):
            space = SpaceId(randomness.token(limits.ID_BYTES))
            device = DeviceId(randomness.token(limits.ID_BYTES))
            token = credentials.credential_text(randomness.token(limits.CREDENTIAL_BYTES))
            credentials.admit_device(rows, space, device, "phone", token, now)
            made.append(WireDevice(space, device, token))

    write_accounts(data, work)
    return made


class Seen(msgspec.Struct, kw_only=True):
    """What happened to a crowd.

    Attributes:
        live: Devices that are welcome now.
        welcomes: How often one was welcomed.
        refused: Handshakes that failed.
        errors: Codes of the errors that the server named.
    """

    live: set[int] = msgspec.field(default_factory=set[int])
    welcomes: int = 0
    refused: int = 0
    errors: list[str] = msgspec.field(default_factory=list[str])


class Crowd:
    """Devices that connect, wait, and come back when they are sent away.

    Attributes:
        seen: What happened.
    """

    def __init__(self, url: str, devices: Sequence[WireDevice], seed: int = 1) -> None:
        self.seen = Seen()
        self._url = url.replace("http", "ws", 1) + "/sync"
        self._devices = devices
        self._random = Random(seed)
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._changed = asyncio.Event()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        group = await self._stack.enter_async_context(asyncio.TaskGroup())
        tasks = [group.create_task(self._live(number)) for number in range(len(self._devices))]
        self._stack.callback(lambda: [task.cancel() for task in tasks])
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._stack.aclose()

    async def until_live(self, count: int) -> None:
        """Wait until exactly ``count`` devices are welcome."""
        while len(self.seen.live) != count:
            self._changed.clear()
            await self._changed.wait()

    async def _live(self, number: int) -> None:
        attempt = 0
        while True:
            spread_ms = 0
            try:
                async with self._gate:
                    connection = await connect(
                        self._url,
                        additional_headers=self._devices[number].headers,
                        compression=None,
                        proxy=None,
                        ping_interval=None,
                        open_timeout=60,
                    )
                spread_ms = await self._stay(number, connection)
                attempt = 0
            except (OSError, TimeoutError, InvalidHandshake):
                self.seen.refused += 1
                attempt += 1
            ceiling = spread_ms or min(
                limits.BACKOFF_MAX_MS, limits.BACKOFF_MIN_MS * 2 ** min(attempt, 16)
            )
            await asyncio.sleep(self._random.random() * ceiling / 1000)

    async def _stay(self, number: int, connection: ClientConnection) -> int:
        """Stay until the connection ends; return how long the server asks to stay away."""
        spread_ms = 0
        try:
            await connection.send(encode_frame(self._devices[number].hello()))
            while True:
                frame = await connection.recv()
                assert isinstance(frame, bytes)
                match decode_server_frame(frame):
                    case messages.Welcome():
                        self.seen.welcomes += 1
                        self.seen.live.add(number)
                        self._changed.set()
                    case messages.GoingAway() as going:
                        spread_ms = going.spread_ms
                    case messages.Error() as error:
                        self.seen.errors.append(error.code)
                    case _:
                        pass
        except WebSocketException:
            return spread_ms
        finally:
            self.seen.live.discard(number)
            self._changed.set()
            with suppress(OSError, WebSocketException):
                await connection.close()
