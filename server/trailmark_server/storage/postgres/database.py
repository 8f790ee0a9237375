"""One PostgreSQL database for the tasks of an event loop.

Reads see one unchanging state (REPEATABLE READ). There are two kinds of writes:

- **In a space.** READ COMMITTED behind two row locks, taken before anything is read: the gate of
  the space, shared with everybody who writes in it, and the head of the lane, alone. So one lane's
  writers take turns, every statement of theirs sees all that came before, and two lanes never wait
  for each other. Work that names no lane holds the gate alone.
- **Elsewhere**, in the account tables. SERIALIZABLE: whatever work reads and then writes, the
  result is that of one after the other. Who comes too late is run again.

A unit of work may therefore run several times; it must leave no trace but in the tables.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final, TypeVar

import msgspec

from trailmark_adapters.migrations import Migration
from trailmark_server.storage.postgres.bridge import run_over
from trailmark_server.storage.postgres.connection import PostgresConnection
from trailmark_server.storage.postgres.driver import (
    AsyncConnection,
    Pool,
    close_pool,
    connect,
    open_pool,
)
from trailmark_server.storage.postgres.faults import (
    AGAIN,
    FAILURES,
    LOST,
    NOT_BEGUN,
    TAKEN,
    read_only,
    translated,
)
from trailmark_server.storage.postgres.migrating import migrate
from trailmark_server.storage.sql.lane_numbers import HeldLane
from trailmark_shared import chain, limits
from trailmark_shared.errors import ErrorCode, RefusedError, StorageError, TrailmarkError
from trailmark_shared.ids import Lane, SpaceId
from trailmark_shared.words import gettext

T = TypeVar("T")
Work = Callable[[PostgresConnection], T]

_READ: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_IN_SPACE: Final = "BEGIN ISOLATION LEVEL READ COMMITTED"
_ELSEWHERE: Final = "BEGIN ISOLATION LEVEL SERIALIZABLE"

_HOLD_LANE: Final = """
    SELECT gate.number, lane.number, lane.head, lane.hash, lane.received_at
    FROM space_erasure AS gate JOIN lane ON lane.space = gate.space
    WHERE gate.space = ? AND lane.name = ? FOR SHARE OF gate FOR NO KEY UPDATE OF lane
"""
_MAKE_LANE: Final = """
    INSERT INTO lane (space, name, head, hash, received_at) VALUES (?, ?, 0, ?, 0)
    ON CONFLICT DO NOTHING
"""
_HOLD_SPACE: Final = "SELECT 1 FROM space_erasure WHERE space = ? FOR UPDATE"
_MAKE_SPACE: Final = (
    "INSERT INTO space_erasure (space, number) VALUES (?, 0) ON CONFLICT DO NOTHING"
)

_TAKEN_TRIES: Final = 3
_LOST_TRIES: Final = 20
_VACUUM_SECONDS: Final = 24 * 3600.0


class Connections(msgspec.Struct, frozen=True):
    """How many connections a database may be asked for.

    Attributes:
        readers: Reads that may run side by side.
        writers: Writes that may run side by side.
    """

    readers: int
    writers: int


class PostgresDatabase:
    """Transactions over one database; ``open_database`` makes it, ``close`` ends it."""

    def __init__(self, readers: Pool, writers: Pool, *, in_spaces: bool) -> None:
        """Read and write over two pools, so that who waits for a lock stops no reader.

        Args:
            readers: For reads.
            writers: For writes.
            in_spaces: Whether the database has lanes and gates of spaces.
        """
        self._readers = readers
        self._writers = writers
        self._in_spaces = in_spaces
        self._running: set[asyncio.Task[Any]] = set()
        self._waiting = 0
        self._committed: Callable[[int], None] | None = None
        self._is_closing = False

    async def read(self, work: Work[T]) -> T:
        """Return what ``work`` returns from one unchanging state.

        Raises:
            StorageError: ``storage_unavailable``.
            IntegrityError: ``corrupt_log``: the database is damaged.
        """
        return await self._run(lambda: _transacted(self._readers, _READ, work))

    async def write(
        self, work: Work[T], space: SpaceId | None = None, lane: Lane | None = None
    ) -> T:
        """Return what ``work`` returns once its changes are durable; if it raises, nothing is.

        Args:
            work: Runs again where somebody else was faster.
            space: In which it writes, ``None`` for account tables and lists.
            lane: In which it writes; ``None`` with a space: in all of them.

        Raises:
            RefusedError: ``overloaded``: too many writes wait already, or for each other.
            StorageError: ``disk_full`` or ``storage_unavailable``. When the connection was lost
                at the very end, it may be durable nevertheless.
            IntegrityError: ``corrupt_log``: the database is damaged.
            _overloaded: The first of these.
        """
        if self._is_closing or self._waiting >= limits.WRITE_QUEUE_MAX:
            raise _overloaded()
        if space is None or not self._in_spaces:
            return await self._run(lambda: self._again(_ELSEWHERE, work))

        return await self._run(lambda: self._in_space(work, space, lane))

    async def _in_space(self, work: Work[T], space: SpaceId, lane: Lane | None) -> T:
        def held(conn: PostgresConnection) -> T:
            _hold(conn, space, lane)
            return work(conn)

        try:
            return await self._again(_IN_SPACE, held)
        except _NotThereError:
            # In a transaction of its own: who makes them must not keep the others waiting.
            await self._again(_IN_SPACE, lambda conn: _make(conn, space, lane))
            return await self._again(_IN_SPACE, held)

    def tell_commits(self, told: Callable[[int], None]) -> None:
        """Let ``told`` hear how many units of work each commit of a write holds."""
        self._committed = told

    async def run(self, work: Work[T]) -> T:
        """Return what ``work`` returns, outside of what may wait: for hints, once, in no space."""
        return await self._run(lambda: _transacted(self._writers, _IN_SPACE, work))

    async def _again(self, begin: str, work: Work[T]) -> T:
        self._waiting += 1
        try:
            for tried in range(limits.DATABASE_TRIES_MAX):
                try:
                    result = await _transacted(self._writers, begin, work)
                except AGAIN as error:
                    if isinstance(error, TAKEN) and tried >= _TAKEN_TRIES:
                        raise  # nobody was faster: the work contradicts itself
                    await asyncio.sleep(min(0.001 * 2**tried, 0.1))
                else:
                    if self._committed is not None:
                        self._committed(1)
                    return result
        finally:
            self._waiting -= 1
        raise _overloaded()

    async def _run(self, start: Callable[[], Awaitable[T]]) -> T:
        """Return what the work returns; a caller that is cancelled does not stop it."""

        async def translating() -> T:
            try:
                return await start()
            except TrailmarkError:
                raise
            except Exception as error:
                meant = translated(error)
                if meant is error:
                    raise
                raise meant from None

        task = asyncio.ensure_future(translating())
        self._running.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # the caller may have been cancelled: then nobody asks for it

    async def forget(self) -> None:
        """Do nothing: PostgreSQL recycles its journal by itself; see ``clean``."""

    async def clean(self) -> bool:
        """Let what deleted words took be written over; return whether that is done."""

        async def vacuumed() -> bool:
            async with self._writers.acquire() as conn:
                await conn.execute("VACUUM", timeout=_VACUUM_SECONDS)
            return True

        return await self._run(vacuumed)

    async def close(self) -> None:
        """Finish what is queued and give all connections back."""
        self._is_closing = True
        while self._running:
            await asyncio.wait(tuple(self._running))
        await close_pool(self._readers)
        await close_pool(self._writers)


def _overloaded() -> RefusedError:
    return RefusedError(ErrorCode.OVERLOADED, "too much waits to be written; try again", "later")


class _NotThereError(Exception):
    """The rows that a write in a space locks were never made."""


def _hold(conn: PostgresConnection, space: SpaceId, lane: Lane | None) -> None:
    """Take the locks of a write in a space; see the module."""
    if lane is None:
        if conn.execute(_HOLD_SPACE, (space,)).fetchone() is None:
            raise _NotThereError
        return
    found = conn.execute(_HOLD_LANE, (space, lane)).fetchone()
    if found is None:
        raise _NotThereError
    # Whoever waited for the locks is given the rows as they are now, not as they were before.
    erasures, *row = found
    conn.held = HeldLane(space=space, lane=lane, erasures=erasures, row=(*row,))


def _make(conn: PostgresConnection, space: SpaceId, lane: Lane | None) -> None:
    """Make what ``_hold`` locks; a lane without rows is shown to nobody."""
    conn.execute(_MAKE_SPACE, (space,))
    if lane is not None:
        conn.execute(_MAKE_LANE, (space, lane, chain.GENESIS))


async def _transacted(pool: Pool, begin: str, work: Work[T]) -> T:
    tries = 0
    while True:
        async with pool.acquire(timeout=limits.DATABASE_CONNECT_MS_MAX / 1000) as conn:
            try:
                await conn.execute(begin)
            except TimeoutError:
                raise  # where one connection stands still, others may: each would take as long
            except LOST:
                # It died while nobody used it (a failover, a restart): nothing was begun.
                tries += 1
                if tries > _LOST_TRIES:
                    raise
                continue
            except NOT_BEGUN:
                raise read_only() from None
            return await _finished(conn, work)


async def _finished(conn: AsyncConnection, work: Work[T]) -> T:
    try:
        result = await run_over(lambda: work(PostgresConnection(conn)))
        done = await conn.execute("COMMIT")
    except BaseException:
        if not conn.is_closed():
            await conn.execute("ROLLBACK")
        raise
    if done != "COMMIT":
        raise StorageError(
            ErrorCode.STORAGE_UNAVAILABLE, "the database undid the transaction; try again"
        )
    return result


@asynccontextmanager
async def open_database(
    url: str,
    migrations: Sequence[Migration],
    connections: Connections,
    *,
    in_spaces: bool,
    is_moving: bool,
    answer_ms: int | None,
) -> AsyncGenerator[PostgresDatabase]:
    """Open a database, bring its schema up to date, and close it at the end.

    Args:
        url: ``postgresql://…``; what it does not say comes from libpq's environment variables.
        migrations: All migrations of this database.
        connections: How many there may be.
        in_spaces: Whether the database has lanes and gates of spaces.
        is_moving: Also while a server moves into it.
        answer_ms: Longest wait for the answer to a statement; ``None`` for any, as whoever looks
            through all of a database may need.

    Yields:
        The database.

    Raises:
        StorageError: ``newer_schema``, ``changed_migration``, ``storage_unavailable``.
        translated: Any other failure as it is.
    """
    alone = await connect(url)
    try:
        await migrate(alone, migrations)
        [(is_half,)] = await alone.fetch("SELECT to_regclass('moving') IS NOT NULL")
    except FAILURES as error:
        raise translated(error) from None
    finally:
        await alone.close()
    if is_half and not is_moving:
        raise StorageError(
            ErrorCode.STORAGE_UNAVAILABLE,
            gettext(
                "this database is being filled: let migrate-to or restore end, or run it once more"
            ),
        )
    async with AsyncExitStack() as stack:
        readers = await open_pool(url, connections.readers, answer_ms)
        stack.push_async_callback(close_pool, readers)
        writers = await open_pool(url, connections.writers, answer_ms)
        stack.push_async_callback(close_pool, writers)
        database = PostgresDatabase(readers, writers, in_spaces=in_spaces)
        stack.push_async_callback(database.close)
        yield database
