"""The bell between instances: notifications for speed, looks at the store for truth.

What is rung here is told to the other instances by ``NOTIFY``, outside of the transactions that
wrote, at most once in ``NOTIFY_PAUSE_MS``: every notifying commit takes one lock of the whole
database. A notification is a hint. It may be lost with the connection that listens, so each
instance also looks: for changed rights twice a second, for moved heads every two seconds. A
listener that died is connected again, and everything is looked at: nobody knows what was missed.

Changed rights are found by the ids of transactions: a look reads what was written by any that had
not ended at the look before. So a commit that comes late is not missed, as it would be by a number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final

from trailmark_server.bell import Bell, Heads
from trailmark_server.logs import log_failure
from trailmark_server.storage.postgres.connection import PostgresConnection
from trailmark_server.storage.postgres.database import PostgresDatabase
from trailmark_server.storage.postgres.driver import AsyncConnection, connect
from trailmark_server.storage.postgres.faults import FAILURES
from trailmark_shared import limits
from trailmark_shared.errors import TrailmarkError
from trailmark_shared.ids import Lane, SpaceId

CHANNEL: Final = "trailmark_bell"

ACCESS_LOOK_SECONDS: Final = 0.5
"""Distance of the looks for changed rights: they act within a second on every instance."""

HEADS_LOOK_SECONDS: Final = 2.0
"""Distance of the looks at heads; only what no notification told waits for them."""

_FORGOTTEN_SECONDS: Final = 60.0
"""Who did not look for this long believes nothing: rows of changed rights are kept for longer."""

_ANYBODY: Final = "*"
_RIGHTS: Final = "-"
_ALL: Final = f"{_ANYBODY} {_RIGHTS}"

_LOOK: Final = "SELECT DISTINCT space FROM access_change WHERE xid >= CAST(CAST(? AS text) AS xid8)"
_NOW: Final = "SELECT CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text)"
_FORGET: Final = "DELETE FROM access_change WHERE at < now() - interval '5 minutes'"


class Neighbours:
    """One instance among others on the same database; ``run`` until it is cancelled."""

    def __init__(
        self,
        bell: Bell,
        database: PostgresDatabase,
        url: str,
        read_heads: Callable[[Sequence[SpaceId]], Awaitable[Heads]],
        instance: str,
    ) -> None:
        """Stand between ``bell`` and the other instances.

        Args:
            bell: Rung for what others wrote; what is rung here is told to them.
            database: Where to look.
            url: Of the same database, for the connection that listens.
            read_heads: Heads of all lanes of the given spaces.
            instance: A name that no other instance has.
        """
        self._bell = bell
        self._database = database
        self._url = url
        self._read_heads = read_heads
        self._instance = instance
        self._untold: dict[str, None] = {}
        self._something = asyncio.Event()
        self._look = asyncio.Event()
        self._xmin = "0"
        self._heads: Heads = {}

    async def run(self) -> None:
        """Tell and hear until it is cancelled."""
        self._bell.tell = self._tell
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keep_listening())
                tasks.create_task(self._keep_telling())
                tasks.create_task(self._keep_looking_at_rights())
                tasks.create_task(self._keep_looking_at_heads())
        finally:
            self._bell.tell = None

    # --- telling ---

    def _tell(self, space: SpaceId | None, lane: Lane | None) -> None:
        place = _ANYBODY if space is None else space.hex()
        self._untold[f"{place} {lane or _RIGHTS}"] = None
        self._something.set()

    async def _keep_telling(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            told, self._untold = list(self._untold), {}
            payload = "\n".join([self._instance, *told])
            if len(payload) > limits.NOTIFY_BYTES_MAX:
                payload = f"{self._instance}\n{_ALL}"
            try:
                await self._database.run(
                    lambda conn, payload=payload: conn.execute(
                        "SELECT pg_notify(?, ?)", (CHANNEL, payload)
                    )
                )
            except TrailmarkError as error:
                log_failure("bell", error)
                self._untold = dict.fromkeys(told) | self._untold
                self._something.set()
            await asyncio.sleep(limits.NOTIFY_PAUSE_MS / 1000)

    # --- hearing ---

    async def _keep_listening(self) -> None:
        while True:
            try:
                conn = await connect(self._url, limits.DATABASE_ANSWER_MS_MAX)
            except TrailmarkError as error:
                log_failure("bell", error)
                await asyncio.sleep(ACCESS_LOOK_SECONDS)
                continue
            try:
                await self._listen(conn)
            finally:
                with suppress(*FAILURES):
                    await conn.close()

    async def _listen(self, conn: AsyncConnection) -> None:
        gone = asyncio.Event()

        def ended(_conn: object) -> None:
            gone.set()

        conn.add_termination_listener(ended)
        try:
            await conn.add_listener(CHANNEL, lambda *heard: self._hear(heard[-1]))
            self._hear(f"\n{_ALL}")  # nobody knows what was said before
            while not gone.is_set():
                # A connection that is cut without a word would look like silence for ever.
                with suppress(TimeoutError):
                    async with asyncio.timeout(limits.PING_INTERVAL_MS / 1000):
                        await gone.wait()
                        return
                await conn.execute("SELECT 1")
        except FAILURES as error:
            log_failure("bell", error)

    def _hear(self, payload: str) -> None:
        instance, *lines = payload.split("\n")
        if instance == self._instance:
            return
        for line in lines:
            place, _, what = line.partition(" ")
            space = None if place == _ANYBODY else SpaceId(bytes.fromhex(place))
            if what == _RIGHTS:
                self._bell.deliver_access(space)
            elif space is not None:
                self._bell.deliver(space, Lane(what))
            if line == _ALL:
                self._look.set()

    # --- looking ---

    async def _keep_looking_at_rights(self) -> None:
        now = asyncio.get_running_loop().time
        last = forgotten_at = now()
        while True:
            try:
                spaces = await self._database.read(self._changed)
                if now() - last > _FORGOTTEN_SECONDS:
                    spaces = [None]
                last = now()
                for space in spaces:
                    self._bell.deliver_access(space)
                if now() - forgotten_at > _FORGOTTEN_SECONDS:
                    forgotten_at = now()
                    await self._database.run(lambda conn: conn.execute(_FORGET))
            except TrailmarkError as error:
                log_failure("bell", error)
            await asyncio.sleep(ACCESS_LOOK_SECONDS)

    def _changed(self, conn: PostgresConnection) -> list[SpaceId | None]:
        """Return whose rights may have changed since the last look."""
        spaces: list[SpaceId | None] = [space for (space,) in conn.execute(_LOOK, (self._xmin,))]
        self._xmin = conn.execute(_NOW).fetchone()[0]
        return [None] if None in spaces else spaces

    async def _keep_looking_at_heads(self) -> None:
        while True:
            try:
                found = await self._read_heads(tuple(self._bell.spaces))
                for (space, lane), head in found.items():
                    if self._heads.get((space, lane)) != head:
                        self._bell.deliver(space, lane)
                self._heads = found
            except TrailmarkError as error:
                log_failure("bell", error)
            with suppress(TimeoutError):
                async with asyncio.timeout(HEADS_LOOK_SECONDS):
                    await self._look.wait()
            self._look.clear()
