"""Opens the stores of a server: the only place that knows which backend there is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from functools import partial
from importlib import import_module
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Final, TypeVar

import msgspec

from trailmark_adapters.clock import Clock
from trailmark_adapters.nacl import NaclCipher
from trailmark_adapters.randomness import Randomness
from trailmark_adapters.sqlite import SqliteFile
from trailmark_server.bell import Bell, Heads, watch_store
from trailmark_server.heads import HeadSigner
from trailmark_server.invitations import code_key
from trailmark_server.metrics import Standing
from trailmark_server.settings import Databases
from trailmark_server.storage.accounts import AccountRows, AccountStore
from trailmark_server.storage.accounts.sql.store import SqlAccountRows, SqlAccountStore
from trailmark_server.storage.log_store import open_log_store
from trailmark_server.storage.ports import EventStore, KeyStore
from trailmark_server.storage.rows import Database
from trailmark_server.storage.sql.keys import KeysDatabase, SqlKeyStore
from trailmark_server.storage.sql.lane_numbers import BY_NUMBER, BY_SPACE
from trailmark_server.storage.sql.standing import standing
from trailmark_server.storage.sqlite.store import (
    SqliteTables,
    main_migrations,
    open_keys_file,
    open_main_file,
)
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, StorageError
from trailmark_shared.ids import SpaceId
from trailmark_shared.words import gettext

T = TypeVar("T")
ReadHeads = Callable[[Sequence[SpaceId]], Awaitable[Heads]]

MAIN_FILE: Final = "trailmark.db"
KEYS_FILE: Final = "keys.db"
MOVED_FILE: Final = "moved.json"
RESTORING_FILE: Final = "restoring"
RESTORING_LOG_FILE: Final = "restoring-log"
"""The same where the keys stay as they are."""


class Stores(msgspec.Struct, frozen=True, kw_only=True):
    """The stores of one server.

    Attributes:
        events: The log.
        keys: What must survive a restore of the log.
        accounts: The account tables.
        signer: Signs the heads of lanes.
        watch: Rings a bell for what other processes write; runs until it is cancelled.
        keys_version: Gives a number that changes when another process has written to the keys.
        standing: Says how far the read models of all lanes are; ``None`` where nobody can.
        tell_commits: Takes what is told, from any thread, of how many units of work each commit
            made durable; ``None`` where nobody counts.
    """

    events: EventStore
    keys: KeyStore
    accounts: AccountStore
    signer: HeadSigner
    watch: Callable[[Bell], Awaitable[None]]
    keys_version: Callable[[], Awaitable[int]]
    standing: Callable[[], Awaitable[Standing]] | None = None
    tell_commits: Callable[[Callable[[int], None]], None] | None = None


@asynccontextmanager
async def open_stores(
    data: Path,
    clock: Clock,
    randomness: Randomness,
    databases: Databases | None = None,
    answer_ms: int | None = None,
) -> AsyncGenerator[Stores]:
    """Open the stores of a server and close them, everything flushed, at the end.

    Args:
        data: The data folder.
        clock: Server clock.
        randomness: For keys, nonces and salts.
        databases: Where the stores are when they are no files of the data folder.
        answer_ms: Longest wait for the answer of a database to one statement; ``None`` for any.

    Yields:
        The stores.

    Raises:
        StorageError: ``newer_schema``, ``changed_migration``, ``disk_full``,
            ``storage_unavailable``; the last also where the keys are not those of the log.
        IntegrityError: ``corrupt_log``: a file is damaged.
    """
    async with AsyncExitStack() as stack:
        if databases is None:
            backend = await _files(data, stack)
        else:
            instance = randomness.token(limits.ID_BYTES).hex()
            backend = await _postgres(databases, stack, instance, answer_ms)
        keys = SqlKeyStore(backend.keys, randomness)
        await _require_own_keys(backend.tables, keys)
        events = await open_log_store(backend.tables, keys, NaclCipher(), clock, randomness)
        yield Stores(
            events=events,
            keys=keys,
            accounts=backend.accounts,
            signer=events.signer,
            watch=lambda bell: backend.watch(bell, events.heads),
            keys_version=backend.keys_version,
            standing=backend.standing,
            tell_commits=backend.tell_commits,
        )


async def _require_own_keys(tables: Database, keys: SqlKeyStore | None) -> None:
    """Check that keys are those of a log, before anything is signed or sealed with others.

    Others would be listed in the log for good, and what came meanwhile would be lost with them.
    The log is read first: keys are made before it lists them.

    Raises:
        StorageError: ``storage_unavailable``: they are not.
    """
    signed = await tables.read(lambda held: held.log.signing_keys())
    made = None if keys is None else await keys.made_signing_keys()
    if signed and (made is None or signed.isdisjoint(each.key for each in made.chain)):
        raise StorageError(
            ErrorCode.STORAGE_UNAVAILABLE,
            gettext(
                "the keys of this log are not here: put them back ({file}, or the database that "
                "--keys-database names). Nothing was changed"
            ).format(file=KEYS_FILE),
        )


class _Backend(msgspec.Struct, frozen=True, kw_only=True):
    """What is different between the databases."""

    tables: Database
    keys: KeysDatabase
    accounts: AccountStore
    watch: Callable[[Bell, ReadHeads], Awaitable[None]]
    keys_version: Callable[[], Awaitable[int]]
    standing: Callable[[], Awaitable[Standing]]
    tell_commits: Callable[[Callable[[int], None]], None]


def mark_moved(data: Path, *, is_done: bool) -> None:
    """Mark a folder: its data are being moved to PostgreSQL, or were; nobody opens it any more."""
    (data / MOVED_FILE).write_text(json.dumps({"moved": is_done}), encoding="utf-8")


def is_moved(data: Path) -> bool:
    """Say whether all of a folder was moved to PostgreSQL and verified there, as far as noted."""
    try:
        return bool(json.loads((data / MOVED_FILE).read_bytes())["moved"])
    except (OSError, ValueError, LookupError, TypeError):
        return False


@contextmanager
def mark_restoring(data: Path, *, with_keys: bool) -> Generator[None]:
    """Mark a folder while its files are exchanged; one that is killed meanwhile stays marked."""
    (data / (RESTORING_FILE if with_keys else RESTORING_LOG_FILE)).touch()
    yield
    for name in (RESTORING_FILE, RESTORING_LOG_FILE):
        (data / name).unlink(missing_ok=True)


def require_here(data: Path) -> None:
    """Check that the stores of a folder are its own files, and whole.

    Raises:
        StorageError: ``storage_unavailable``: they were moved, or are being restored.
    """
    require_restored(data)
    if (data / MOVED_FILE).exists():
        raise StorageError(
            ErrorCode.STORAGE_UNAVAILABLE,
            gettext(
                "the data of this folder are moved to PostgreSQL: name it with --database. "
                "If the move was given up, remove {file}"
            ).format(file=MOVED_FILE),
        )


def require_restored(data: Path) -> None:
    """Check that log and keys of a folder are of one day, as far as restoring is concerned.

    Raises:
        StorageError: ``storage_unavailable``: they are being restored.
    """
    if (data / RESTORING_FILE).exists() or (data / RESTORING_LOG_FILE).exists():
        raise StorageError(
            ErrorCode.STORAGE_UNAVAILABLE,
            gettext("a restore into this folder was interrupted; do it again, with --replace"),
        )


async def _files(data: Path, stack: AsyncExitStack) -> _Backend:
    require_here(data)
    main = open_main_file(data / MAIN_FILE)
    stack.push_async_callback(main.close)
    if not (data / KEYS_FILE).exists():  # a new one, empty, would be in the way of the right one
        await _require_own_keys(SqliteTables(main), None)
    keys = open_keys_file(data / KEYS_FILE)
    stack.push_async_callback(keys.close)
    return _Backend(
        tables=SqliteTables(main),
        keys=keys,
        accounts=SqlAccountStore(main),
        watch=lambda bell, heads: watch_store(bell, main.data_version, heads),
        keys_version=keys.data_version,
        standing=lambda: main.read(partial(standing, key=BY_NUMBER)),
        tell_commits=main.tell_commits,
    )


async def _postgres(
    databases: Databases, stack: AsyncExitStack, instance: str, answer_ms: int | None
) -> _Backend:
    store = _postgres_store()
    neighbours = import_module("trailmark_server.storage.postgres.neighbours")
    keys = await stack.enter_async_context(store.open_keys(databases.keys, answer_ms=answer_ms))
    main = await stack.enter_async_context(store.open_main(databases.main, answer_ms=answer_ms))
    looks = count(1)

    async def another() -> int:
        return next(looks)

    return _Backend(
        tables=store.PostgresTables(main),
        keys=keys,
        accounts=SqlAccountStore(main),
        watch=lambda bell, heads: neighbours.Neighbours(
            bell, main, databases.main, heads, instance
        ).run(),
        keys_version=another,
        standing=lambda: main.read(partial(standing, key=BY_SPACE)),
        tell_commits=main.tell_commits,
    )


def postgres_part(name: str) -> ModuleType:
    """Return a module that works on PostgreSQL, which needs the extra.

    Args:
        name: Its name below ``trailmark_server``.

    Raises:
        StorageError: ``storage_unavailable``: the extra is not installed.
    """
    try:
        return import_module(f"trailmark_server.{name}")
    except ModuleNotFoundError:
        raise StorageError(
            ErrorCode.STORAGE_UNAVAILABLE,
            gettext(
                "what PostgreSQL needs is not installed here; install trailmark with its extra: "
                "trailmark[server,postgres]"
            ),
        ) from None


def _postgres_store() -> ModuleType:
    return postgres_part("storage.postgres.store")


async def read_code_key(data: Path, randomness: Randomness, databases: Databases | None) -> bytes:
    """Return the key of invitation codes, beside a running server.

    Raises:
        StorageError: As ``open_stores``.
        IntegrityError: As ``open_stores``.
    """
    async with AsyncExitStack() as stack:
        if databases is None:
            require_here(data)
            keys: KeysDatabase = open_keys_file(data / KEYS_FILE)
            stack.push_async_callback(keys.close)
        else:
            keys = await stack.enter_async_context(_postgres_store().open_keys(databases.keys))
        return code_key((await SqlKeyStore(keys, randomness).signing_keys()).seed)


def write_accounts(
    data: Path, work: Callable[[AccountRows], T], databases: Databases | None = None
) -> T:
    """Run ``work`` over the account tables in one durable transaction, beside a running server.

    Args:
        data: The data folder.
        work: What to do; on PostgreSQL it may run more than once.
        databases: Where the stores are when they are no files of the data folder; then there must
            be no running event loop.

    Returns:
        What ``work`` returned.

    Raises:
        StorageError: As ``open_stores``.
        IntegrityError: As ``open_stores``.
    """
    if databases is not None:
        return asyncio.run(_write_accounts(databases, work))
    require_here(data)
    with closing(SqliteFile(data / MAIN_FILE, main_migrations())) as file:
        return file.write(lambda conn: work(SqlAccountRows(conn)))


async def _write_accounts(databases: Databases, work: Callable[[AccountRows], T]) -> T:
    async with _postgres_store().open_main(databases.main) as main:
        return await SqlAccountStore(main).write(work)
