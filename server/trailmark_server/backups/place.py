"""Where a server keeps its stores, and what is done to all of a store there."""

from __future__ import annotations

import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Final
from urllib.parse import urlsplit

import msgspec

from trailmark_adapters.clock import SystemClock
from trailmark_adapters.nacl import NaclCipher
from trailmark_adapters.randomness import SystemRandomness
from trailmark_server import settings
from trailmark_server.running import held_alone
from trailmark_server.settings import Databases
from trailmark_server.storage.log_store import LogStore, open_log_store
from trailmark_server.storage.ports import Verification
from trailmark_server.storage.rows import Database
from trailmark_server.storage.sql.keys import SqlKeyStore
from trailmark_server.storage.sqlite.store import SqliteTables, open_keys_file, open_main_file
from trailmark_server.stores import postgres_part
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.words import gettext

Told = Callable[[str, int, int], None]
"""What is being done, how much of it is done, and how much there is."""

READ_MODELS: Final = ("document", "projection", "failed_fold")
"""Tables that are folded again from the log."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a server keeps its stores.

    Attributes:
        data: Its data folder.
        databases: Where the stores are when they are no files of the data folder.
    """

    data: Path
    databases: Databases | None = None


def over_postgres() -> ModuleType:
    """Return ``backups.over_postgres``, which needs the extra.

    Raises:
        StorageError: ``storage_unavailable``: the extra is not installed.
    """
    return postgres_part("backups.over_postgres")


@contextmanager
def stopped(data: Path) -> Generator[None]:
    """Hold a data folder alone until the block ends: no server runs on it, and none starts.

    Raises:
        DomainError: ``invalid_input``: one runs, or an older release, which holds nothing, answers.
    """
    with held_alone(data):
        _require_silence(data)
        yield


def _require_silence(data: Path) -> None:
    url = settings.last_url(data)
    if url is None:
        return
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), timeout=1).close()
    except (OSError, UnicodeError):
        return
    raise DomainError(
        ErrorCode.INVALID_INPUT,
        gettext("something answers at {url}: stop the server first").format(url=url),
    )


async def verified(log: Path, keys: Path, told: Told, *, is_folded: bool = False) -> Verification:
    """Recompute everything in a file of the log, after the lists of the keys were merged into it.

    What was erased or revoked between the copies of the two is so in both afterwards.

    Args:
        log: A file that nobody else uses.
        keys: The keys that it was sealed under.
        told: Hears how far it is.
        is_folded: Fold all read models again, too.

    Returns:
        What does not match, and how far each lane is proven.
    """
    keys_file = open_keys_file(keys)
    try:
        main = open_main_file(log)
        try:
            store = await opened(SqliteTables(main), SqlKeyStore(keys_file, SystemRandomness()))
            found = await checked(store, told, is_folded=is_folded)
            await store.clean()
            return found
        finally:
            await main.close()
    finally:
        await keys_file.close()


async def opened(tables: Database, keys: SqlKeyStore) -> LogStore:
    """Return the log over ``tables``, with the lists of ``keys`` merged into it."""
    return await open_log_store(tables, keys, NaclCipher(), SystemClock(), SystemRandomness())


async def checked(store: LogStore, told: Told, *, is_folded: bool) -> Verification:
    """Verify a log and, where that is asked for, fold its read models."""

    def verifying(done: int, total: int) -> bool:
        told("verify", done, total)
        return True

    def folding(done: int, total: int) -> bool:
        told("fold", done, total)
        return True

    found = await store.verification(verifying)
    if is_folded:
        await store.rebuild(folding)
    return found
