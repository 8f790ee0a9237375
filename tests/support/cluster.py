"""Several servers on one PostgreSQL in place of one on its folder, for tests of the whole.

With ``TRAILMARK_TEST_SERVERS=3`` every server that a test starts is three behind a proxy, and one
of them is killed and started again all the time. While they stand still their folder holds the
files that a server on its folder would have, so that tests may copy it, look into it and put it
back.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import signal
import threading
from collections.abc import AsyncGenerator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, closing
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

from tests.support.instances import InstanceProcess, Proxy
from tests.support.postgres import PostgresServer, running_postgres
from tests.support.processes import DeviceFolder, ServerProcess
from trailmark_adapters.migrations import Migration
from trailmark_adapters.sqlite import SqliteFile
from trailmark_server.backups import over_postgres
from trailmark_server.settings import Databases, note_listening
from trailmark_server.storage.postgres import moving
from trailmark_server.storage.postgres.database import PostgresDatabase
from trailmark_server.storage.postgres.store import open_keys, open_main
from trailmark_server.storage.sqlite.store import keys_migrations, main_migrations
from trailmark_server.stores import KEYS_FILE, MAIN_FILE

Made = TypeVar("Made")

VARIABLE: Final = "TRAILMARK_TEST_SERVERS"
KILL_SECONDS: Final = 5.0
"""Between one kill and the next."""
TRIES: Final = 4
"""Of whoever was cut off by a kill."""


def servers_asked_for() -> int:
    """Return how many servers on PostgreSQL stand in for one on its folder; 0: none do."""
    return int(os.environ.get(VARIABLE, "0"))


@cache
def shared_postgres() -> PostgresServer:
    """Return the PostgreSQL of this test run; it ends with the run."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(running_postgres())


async def load(data: Path) -> Databases:
    """Return databases that hold what the files of a folder hold."""
    server = shared_postgres()
    made = Databases(main=await server.create("main"), keys=await server.create("keys"))
    async with open_main(made.main, is_moving=True) as main:
        await _load(data / MAIN_FILE, main, main_migrations(), moving.MAIN_TABLES)
    async with open_keys(made.keys, is_moving=True) as keys:
        await _load(data / KEYS_FILE, keys, keys_migrations(), moving.KEYS_TABLES)
    return made


async def _load(
    path: Path, goal: PostgresDatabase, migrations: list[Migration], tables: tuple[str, ...]
) -> None:
    if not _is_there(path):
        return
    with closing(SqliteFile(path, migrations)) as file:
        await moving.copy_tables(file, goal, tables, b"here", _silent)
    await moving.finish(goal)


async def save(source: Databases, data: Path) -> None:
    """Let the files of a folder hold what databases hold, and give the databases back."""
    await over_postgres.save(source, *_fresh_files(data), _silent)
    await shared_postgres().give_back(source.main, "main")
    await shared_postgres().give_back(source.keys, "keys")


def _run(work: Coroutine[Any, Any, Made]) -> Made:
    """Run to its end beside whatever event loop the test itself runs in."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def _is_there(path: Path) -> bool:
    return path.exists()


def _fresh_files(folder: Path) -> tuple[Path, Path]:
    """Return where the stores go in a folder that holds none afterwards."""
    folder.mkdir(exist_ok=True)
    for name in (MAIN_FILE, KEYS_FILE):
        for each in folder.glob(f"{name}*"):
            each.unlink()
    return folder / MAIN_FILE, folder / KEYS_FILE


def _silent(_what: str, _done: int, _total: int) -> None:
    """Show no progress."""


@asynccontextmanager
async def databases_of(data: Path) -> AsyncGenerator[Databases | None]:
    """Yield where a server of this process keeps its stores: ``None`` for its folder."""
    if not servers_asked_for():
        yield None
        return
    held = await load(data)
    try:
        yield held
    finally:
        await save(held, data)


def home_server(data: Path) -> ServerProcess:
    """Return what a test starts as the server: one on its folder, or a cluster."""
    return Cluster(data) if servers_asked_for() else ServerProcess(data)


class Cluster(ServerProcess):
    """Servers on one PostgreSQL behind a proxy that keeps its port, one of them always in danger.

    Attributes:
        databases: Where their stores are, while they run.
    """

    def __init__(self, data: Path) -> None:
        super().__init__(data)
        self._each: list[InstanceProcess] = []
        self._proxy: Proxy | None = None
        self._calm = threading.Event()
        self._killer: threading.Thread | None = None

    @property
    def database(self) -> Path:
        """A file with what the servers hold at this moment."""
        if self.databases is None:
            return self.data / MAIN_FILE
        paths = _fresh_files(self.data.with_name(f"{self.data.name}-now"))
        _run(over_postgres.save(self.databases, *paths, _silent))
        return paths[0]

    @property
    def log_text(self) -> str:
        """Everything that the servers printed to their error streams."""
        return "".join(each.log_text for each in self._each)

    def start(self) -> None:
        """Start all and wait until each answers."""
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.databases = _run(load(self.data))
        self._proxy = Proxy(self.port)
        self._proxy.__enter__()
        self.port = self._proxy.port
        note_listening(self.data, self.url)
        self._each = [self._instance(number) for number in range(servers_asked_for())]
        for each in self._each:
            each.start()
        self._proxy.ports = [each.port for each in self._each]
        DeviceFolder.tries = TRIES
        self._calm.clear()
        self._killer = threading.Thread(target=self._keep_killing, daemon=True)
        self._killer.start()

    def _instance(self, number: int) -> InstanceProcess:
        assert self.databases is not None
        made = InstanceProcess(
            self.data.with_name(f"{self.data.name}-{number}"), self.databases, self.url
        )
        made.shift_s = self.shift_s
        made.options = (*made.options, *self.options)
        made.data.mkdir(exist_ok=True)
        for kept in self.data.glob("server.json"):
            (made.data / kept.name).write_bytes(kept.read_bytes())
        return made

    def _keep_killing(self) -> None:
        turn = 0
        while not self._calm.wait(KILL_SECONDS):
            one = self._each[turn % len(self._each)]
            turn += 1
            one.kill()
            one.start()
            assert self._proxy is not None
            self._proxy.ports = [each.port for each in self._each]

    def _end(self, number: int) -> None:
        if self.databases is None:
            return
        DeviceFolder.tries = 1
        self._calm.set()
        assert self._killer is not None
        self._killer.join()
        for each in self._each:
            os.kill(each.pid, number)
        for each in self._each:
            each.kill() if number == signal.SIGKILL else each.stop()
        assert self._proxy is not None
        self._proxy.__exit__()
        held, self.databases = self.databases, None
        _run(save(held, self.data))
