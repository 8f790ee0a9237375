"""Opens the stores of a data folder: the only place that knows which backend there is."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from trailmark_adapters.clock import Clock
from trailmark_adapters.nacl import NaclCipher
from trailmark_adapters.randomness import Randomness
from trailmark_adapters.sqlite import SqliteFile
from trailmark_server.heads import HeadSigner
from trailmark_server.invitations import code_key
from trailmark_server.storage.accounts import AccountRows, AccountStore
from trailmark_server.storage.accounts.sqlite.store import SqliteAccountRows, SqliteAccountStore
from trailmark_server.storage.log_store import open_log_store
from trailmark_server.storage.ports import EventStore, KeyStore
from trailmark_server.storage.sqlite.keys import SqliteKeyStore
from trailmark_server.storage.sqlite.store import (
    SqliteTables,
    main_migrations,
    open_keys_file,
    open_main_file,
)

T = TypeVar("T")

MAIN_FILE: Final = "trailmark.db"
KEYS_FILE: Final = "keys.db"


class Stores(msgspec.Struct, frozen=True, kw_only=True):
    """The stores of one server.

    Attributes:
        events: The log.
        keys: What must survive a restore of the log.
        accounts: The account tables.
        signer: Signs the heads of lanes.
        data_version: Gives a number that changes when another process has written to the log.
        keys_version: The same of the keys store.
    """

    events: EventStore
    keys: KeyStore
    accounts: AccountStore
    signer: HeadSigner
    data_version: Callable[[], Awaitable[int]]
    keys_version: Callable[[], Awaitable[int]]


@asynccontextmanager
async def open_stores(data: Path, clock: Clock, randomness: Randomness) -> AsyncGenerator[Stores]:
    """Open the stores of a data folder and close them, everything flushed, at the end.

    Yields:
        The stores.

    Raises:
        StorageError: ``newer_schema``, ``changed_migration``, ``disk_full``,
            ``storage_unavailable``.
        IntegrityError: ``corrupt_log``: a file is damaged.
    """
    async with AsyncExitStack() as stack:
        keys_file = open_keys_file(data / KEYS_FILE)
        keys = SqliteKeyStore(keys_file, randomness)
        stack.push_async_callback(keys.close)
        main = open_main_file(data / MAIN_FILE)
        stack.push_async_callback(main.close)
        events = await open_log_store(SqliteTables(main), keys, NaclCipher(), clock, randomness)
        yield Stores(
            events=events,
            keys=keys,
            accounts=SqliteAccountStore(main),
            signer=events.signer,
            data_version=main.data_version,
            keys_version=keys_file.data_version,
        )


async def read_code_key(data: Path, randomness: Randomness) -> bytes:
    """Return the key of invitation codes of a data folder, beside a running server.

    Raises:
        StorageError: As ``open_stores``.
        IntegrityError: As ``open_stores``.
    """
    keys = SqliteKeyStore(open_keys_file(data / KEYS_FILE), randomness)
    try:
        return code_key((await keys.signing_keys()).seed)
    finally:
        await keys.close()


def write_accounts(data: Path, work: Callable[[AccountRows], T]) -> T:
    """Run ``work`` over the account tables in one durable transaction, beside a running server.

    Args:
        data: The data folder.
        work: What to do.

    Returns:
        What ``work`` returned.

    Raises:
        StorageError: As ``open_stores``.
        IntegrityError: As ``open_stores``.
    """
    with closing(SqliteFile(data / MAIN_FILE, main_migrations())) as file:
        return file.write(lambda conn: work(SqliteAccountRows(conn)))
