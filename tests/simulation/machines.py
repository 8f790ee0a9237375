"""Clocks and disks of simulated machines: the real SQLite files, inline, with places to die."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any, TypeVar

from tests.simulation.virtual_loop import TaskOwner, VirtualLoop
from trailmark_adapters.migrations import Migration
from trailmark_adapters.sqlite import Connection, SqlFunction, SqliteFile, Work
from trailmark_server.storage.sqlite import database as group_commit

START_MS = 1_760_004_000_000
"""What true clocks show when a run begins: 9 October 2025."""

_DISK_S = 0.002
_NO_FUNCTIONS: Mapping[str, SqlFunction] = MappingProxyType({})

Result = TypeVar("Result")


class SimClock:
    """A machine's clock: wrong by ``offset_ms``, which may jump."""

    def __init__(self, loop: VirtualLoop, offset_ms: int = 0, zone: str = "Europe/Berlin") -> None:
        self.offset_ms = offset_ms
        self._loop = loop
        self._zone = zone

    def now_ms(self) -> int:
        return START_MS + self.offset_ms + int(self._loop.seconds * 1000)

    def monotonic_ms(self) -> int:
        return int(self._loop.seconds * 1000)

    def zone_name(self) -> str:
        return self._zone


class SeededRandomness:
    """Bytes of a seeded generator that the whole run shares."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def token(self, length: int) -> bytes:
        return self._random.randbytes(length)


class Machine(TaskOwner):
    """A process that can die at every commit.

    Attributes:
        name: For traces.
        clock: Its clock.
        crash_chance: How likely it dies at one of the three points of a transaction.
        is_up: It runs.
    """

    def __init__(self, name: str, random: Random, clock: SimClock) -> None:
        super().__init__()
        self.name = name
        self.random = random
        self.clock = clock
        self.crash_chance = 0.0
        self.is_up = False
        self.on_crash: Callable[[Machine], None] = lambda _machine: None

    def start(self) -> object:
        """Begin to run over what the disk holds."""
        raise NotImplementedError

    def stop(self, *, linger: bool) -> None:
        """Die: tasks end where they wait, files stay as they are.

        Args:
            linger: What was handed to the network still arrives.
        """
        raise NotImplementedError

    def age_read_models(self) -> None:
        """Leave what a version that folded otherwise would have left; must be stopped."""
        raise NotImplementedError

    def maybe_die(self) -> None:
        """Die here, if the dice say so: nothing of this process runs after this line.

        Raises:
            asyncio.CancelledError: It died.
        """
        if not self.is_up:
            raise asyncio.CancelledError
        if self.crash_chance and self.random.random() < self.crash_chance:
            self.on_crash(self)
            raise asyncio.CancelledError


class SimDatabase:
    """Stands in for ``AsyncDatabase``: the same interface, inline, in a machine that may die.

    Attributes:
        file: The real file underneath.
    """

    def __init__(
        self,
        machine: Machine,
        path: Path,
        migrations: Sequence[Migration],
        functions: Mapping[str, SqlFunction] = _NO_FUNCTIONS,
        on_commit: Callable[[Connection], None] | None = None,
    ) -> None:
        self.file = SqliteFile(path, migrations, functions=functions)
        self._machine = machine
        self._on_commit = on_commit

    async def write(self, work: Work[Result]) -> Result:
        await self._pause()
        self._machine.maybe_die()
        result = self.file.write(lambda conn: self._die_inside(conn, work))
        if self._on_commit is not None:
            self.file.read(self._on_commit)
        self._machine.maybe_die()
        await self._pause()
        return result

    def _die_inside(self, conn: Connection, work: Work[Result]) -> Result:
        result = work(conn)
        self._machine.maybe_die()
        return result

    async def read(self, work: Work[Result]) -> Result:
        await self._pause()
        if not self._machine.is_up:
            raise asyncio.CancelledError
        return self.file.read(work)

    async def data_version(self) -> int:
        if not self._machine.is_up:
            raise asyncio.CancelledError
        return self.file.data_version()

    async def checkpoint(self) -> None:
        await self._pause()
        if self._machine.is_up:
            self.file.checkpoint()

    async def clean(self) -> bool:
        await self._pause()
        return self._machine.is_up and self.file.clean()

    def close(self) -> None:
        self.file.close()

    async def _pause(self) -> None:
        await asyncio.sleep(self._machine.random.random() * _DISK_S)


class SimServerFile:
    """Stands in for the server's ``Database``: its own group commit, run inline.

    Attributes:
        file: The real file underneath.
        is_inline: Nothing else runs: do it at once, alone in its group.
    """

    def __init__(
        self,
        machine: Machine,
        path: Path,
        migrations: Sequence[Migration],
        on_commit: Callable[[Connection], None] | None = None,
    ) -> None:
        self.file = SqliteFile(path, migrations)
        self._machine = machine
        self._on_commit = on_commit
        self._waiting: list[Any] = []
        self.is_inline = False

    async def write(self, work: Work[Result]) -> Result:
        if not self._machine.is_up:
            raise asyncio.CancelledError
        if self.is_inline:
            return self.file.write(work)
        job = group_commit._Job(work)  # pyright: ignore[reportPrivateUsage] # noqa: SLF001
        self._waiting.append(job)
        if len(self._waiting) == 1:
            self._machine.spawn(self._commit_group())
        return await job.wait()

    async def _commit_group(self) -> None:
        await self._pause()
        self._machine.maybe_die()
        group, self._waiting = self._waiting, []
        marker = group_commit._Job(self._die_inside)  # pyright: ignore[reportPrivateUsage] # noqa: SLF001
        group_commit._run_group(self.file, [*group, marker])  # pyright: ignore[reportPrivateUsage] # noqa: SLF001
        if not self._machine.is_up:
            raise asyncio.CancelledError
        if self._on_commit is not None:
            self.file.read(self._on_commit)
        self._machine.maybe_die()
        await self._pause()
        for job in group:
            job.settle()

    def _die_inside(self, conn: Connection) -> None:
        try:
            self._machine.maybe_die()
        except asyncio.CancelledError:
            # As after a kill: the transaction is gone before its COMMIT.
            conn.execute("ROLLBACK")
            raise

    async def read(self, work: Work[Result], *, is_short: bool = False) -> Result:  # noqa: ARG002  (late is what must hold, too)
        if not self.is_inline:
            await self._pause()
        if not self._machine.is_up:
            raise asyncio.CancelledError
        return self.file.read(work)

    async def data_version(self) -> int:
        await self._pause()
        if not self._machine.is_up:
            raise asyncio.CancelledError
        return self.file.data_version()

    async def forget(self) -> None:
        await self._pause()
        if self._machine.is_up:
            self.file.checkpoint()

    async def clean(self) -> None:
        await self._pause()
        if self._machine.is_up:
            self.file.clean()

    async def close(self) -> None:
        self.file.close()

    async def _pause(self) -> None:
        await asyncio.sleep(self._machine.random.random() * _DISK_S)


def fill_disk(files: Sequence[SqliteFile]) -> None:
    """Let these files grow no further, until ``free_disk``."""
    for file in files:
        conn = _writer(file)
        pages = conn.execute("PRAGMA page_count").fetchone()[0]
        conn.execute(f"PRAGMA max_page_count={pages}")


def free_disk(files: Sequence[SqliteFile]) -> None:
    """Give space back."""
    for file in files:
        _writer(file).execute("PRAGMA max_page_count=1073741823")


def _writer(file: SqliteFile) -> sqlite3.Connection:
    conn = file._writer  # pyright: ignore[reportPrivateUsage] # noqa: SLF001
    assert conn is not None, "the file was closed"
    return conn
