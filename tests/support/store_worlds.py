"""Stores to run contracts over: the same promises in memory and in SQLite, with one clock."""

import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tests.support.fakes import FakeClock, SeededRandomness
from tests.support.lane_devices import CARE, NOW, SPACE
from tests.support.postgres import PostgresServer, databases
from trailmark_adapters.nacl import NaclCipher
from trailmark_server.heads import next_key
from trailmark_server.projector import Folded
from trailmark_server.rest_seal import RestSeal
from trailmark_server.storage.accounts.memory.store import MemoryAccountRows
from trailmark_server.storage.log_store import LogStore, open_log_store
from trailmark_server.storage.memory import MemoryTables
from trailmark_server.storage.memory_keys import MemoryKeyStore
from trailmark_server.storage.ports import KeyStore
from trailmark_server.storage.postgres.store import PostgresTables, open_keys, open_main
from trailmark_server.storage.rows import Database
from trailmark_server.storage.sql.keys import SqlKeyStore
from trailmark_server.storage.sqlite.store import SqliteTables, open_keys_file, open_main_file


class StoreWorld:
    """One server's stores, which can be backed up, restored and restarted.

    Attributes:
        clock: The server's clock.
        keys: The keys store; it survives restores.
        store: The log.
        backup: Keeps a copy of the log as it is now.
        restore: Puts that copy back and opens it.
        restart: Closes the log and opens it again.
        tables: Gives the tables underneath.
    """

    def __init__(self, clock: FakeClock, keys: KeyStore, store: LogStore) -> None:
        self.clock = clock
        self.keys = keys
        self.store = store
        self.backup: Callable[[], Awaitable[None]]
        self.restore: Callable[[], Awaitable[None]]
        self.restart: Callable[[], Awaitable[None]]
        self.tables: Callable[[], Database]

    async def rotate(self, seed: bytes = b"2" * 32) -> None:
        """Let another key sign from now on."""
        before = await self.keys.signing_keys()
        made = next_key(before, seed, self.clock.now_ms())
        assert await self.keys.add_signing_key(made, seed, before.chain[-1].key)
        await self.store.take_signing_keys()

    async def forget_documents(self) -> None:
        """Leave the log as a release that folds differently finds it."""
        known = await self.tables().read(lambda tables: tables.log.documented(SPACE, CARE))
        await self.save_folded(Folded(documents=[], subjects=known, failed=[]), 0)

    async def seal(self) -> RestSeal:
        """Return the at-rest seal of the person."""
        key = await self.keys.space_key(SPACE)
        assert key is not None
        return RestSeal(NaclCipher(), SeededRandomness(), SPACE, key)

    async def save_folded(self, folded: Folded, seq: int) -> None:
        """Put documents in place, whatever the rows say."""
        seal = await self.seal()
        await self.tables().write(
            lambda tables: tables.log.save_folded(SPACE, CARE, folded, seq, seal)
        )


@asynccontextmanager
async def memory_world() -> AsyncGenerator[StoreWorld]:
    """Yield stores in memory."""
    clock, randomness, cipher = FakeClock(NOW), SeededRandomness(), NaclCipher()
    keys, tables = MemoryKeyStore(randomness), MemoryTables(MemoryAccountRows())
    world = StoreWorld(clock, keys, await open_log_store(tables, keys, cipher, clock, randomness))
    saved = tables.log.snapshot()

    async def backup() -> None:
        nonlocal saved
        saved = tables.log.snapshot()

    async def restore() -> None:
        tables.log = saved.snapshot()
        await restart()

    async def restart() -> None:
        world.store = await open_log_store(tables, keys, cipher, clock, randomness)

    world.backup, world.restore, world.restart = backup, restore, restart
    world.tables = lambda: tables
    yield world


@asynccontextmanager
async def sqlite_world(folder: Path) -> AsyncGenerator[StoreWorld]:
    """Yield stores in files of ``folder``."""
    clock, randomness, cipher = FakeClock(NOW), SeededRandomness(), NaclCipher()
    keys = SqlKeyStore(open_keys_file(folder / "keys.db"), randomness)
    path, copy = folder / "main.db", folder / "backup.db"

    tables: SqliteTables

    async def opened() -> LogStore:
        nonlocal tables
        tables = SqliteTables(open_main_file(path))
        return await open_log_store(tables, keys, cipher, clock, randomness)

    world = StoreWorld(clock, keys, await opened())

    async def backup() -> None:
        await world.store.close()
        shutil.copy(path, copy)
        world.store = await opened()

    async def restore() -> None:
        await world.store.close()
        shutil.copy(copy, path)
        world.store = await opened()

    async def restart() -> None:
        await world.store.close()
        world.store = await opened()

    world.backup, world.restore, world.restart = backup, restore, restart
    world.tables = lambda: tables
    try:
        yield world
    finally:
        await world.store.close()
        await keys.close()


@asynccontextmanager
async def postgres_world(server: PostgresServer) -> AsyncGenerator[StoreWorld]:
    """Yield stores in two databases of ``server``."""
    clock, randomness, cipher = FakeClock(NOW), SeededRandomness(), NaclCipher()
    async with databases(server) as (main, keys_url), AsyncExitStack() as kept:
        keys = SqlKeyStore(await kept.enter_async_context(open_keys(keys_url)), randomness)
        present, saved = main, ""
        opened = AsyncExitStack()
        tables: PostgresTables

        async def start() -> LogStore:
            nonlocal tables
            tables = PostgresTables(await opened.enter_async_context(open_main(present)))
            return await open_log_store(tables, keys, cipher, clock, randomness)

        world = StoreWorld(clock, keys, await start())

        async def backup() -> None:
            nonlocal saved
            await opened.aclose()
            saved = await server.copy(present)
            world.store = await start()

        async def restore() -> None:
            nonlocal present
            await opened.aclose()
            present = await server.copy(saved)
            world.store = await start()

        async def restart() -> None:
            await opened.aclose()
            world.store = await start()

        world.backup, world.restore, world.restart = backup, restore, restart
        world.tables = lambda: tables
        try:
            yield world
        finally:
            await opened.aclose()
