"""The one door to asyncpg: connections, pools, and the sessions that we ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Protocol

import asyncpg  # pyright: ignore[reportMissingTypeStubs]

from trailmark_server.storage.postgres.faults import UNOPENED, unopened
from trailmark_shared import limits

_asyncpg: Any = asyncpg

_STATEMENTS_KEPT: Final = 512
_EVER: Final = 0x7FFF_FFFF
_SESSION: Final = {
    "application_name": "trailmark",
    # An instance that stalls in the middle of something must not stop the others for long.
    "idle_in_transaction_session_timeout": str(limits.DATABASE_IDLE_MS_MAX),
    "lock_timeout": str(limits.DATABASE_LOCK_MS_MAX),
}


class AsyncConnection(Protocol):
    """What is needed of ``asyncpg.Connection``."""

    async def fetch(self, query: str, *args: object) -> list[Any]:
        """Run a statement and return its rows."""
        ...

    async def execute(self, query: str, *args: object) -> str:
        """Run a statement, or several without parameters, and return what was done."""
        ...

    async def executemany(self, command: str, args: Iterable[Sequence[object]]) -> None:
        """Run a statement once per row of parameters, in few round trips."""
        ...

    async def add_listener(self, channel: str, callback: Callable[..., None]) -> None:
        """Call back with connection, process, channel and payload of every notification."""
        ...

    def add_termination_listener(self, callback: Callable[..., None]) -> None:
        """Call back with the connection once it is gone."""
        ...

    def is_closed(self) -> bool:
        """Say whether the connection is gone."""
        ...

    async def close(self) -> None:
        """Close it."""
        ...


class Pool(Protocol):
    """What is needed of ``asyncpg.Pool``."""

    def acquire(
        self, *, timeout: float | None = None
    ) -> AbstractAsyncContextManager[AsyncConnection]:
        """Lend a connection."""
        ...

    async def close(self) -> None:
        """Wait for what was lent and close all connections."""
        ...


class _Connection(_asyncpg.Connection):
    """asyncpg's, without the round trip that cleans up: nothing of a unit of work outlives it."""

    def get_reset_query(self) -> str:
        return ""


async def connect(url: str) -> AsyncConnection:
    """Return a connection that stands alone.

    Args:
        url: ``postgresql://…``; what it does not say comes from libpq's environment variables.

    Raises:
        unopened: ``StorageError`` or ``IntegrityError``: what its failure means.
    """
    try:
        return await _asyncpg.connect(
            url, timeout=limits.DATABASE_CONNECT_MS_MAX / 1000, server_settings=_SESSION
        )
    except UNOPENED as error:
        raise unopened(error) from None


async def open_pool(url: str, size: int) -> Pool:
    """Return a pool of at most ``size`` connections.

    Raises:
        unopened: ``StorageError`` or ``IntegrityError``: what its failure means.
    """
    try:
        return await _asyncpg.create_pool(
            url,
            min_size=1,
            max_size=size,
            max_queries=_EVER,
            connection_class=_Connection,
            statement_cache_size=_STATEMENTS_KEPT,
            max_cached_statement_lifetime=0,
            timeout=limits.DATABASE_CONNECT_MS_MAX / 1000,
            server_settings=_SESSION,
        )
    except UNOPENED as error:
        raise unopened(error) from None
