"""The one door to asyncpg: connections, pools, and the sessions that we ask for."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg  # pyright: ignore[reportMissingTypeStubs]

from trailmark_server.storage.postgres.faults import LOST, UNOPENED, unopened
from trailmark_shared import limits

_asyncpg: Any = asyncpg

_STATEMENTS_KEPT: Final = 512
_EVER: Final = 0x7FFF_FFFF


class AsyncConnection(Protocol):
    """What is needed of ``asyncpg.Connection``."""

    async def fetch(self, query: str, *args: object) -> list[Any]:
        """Run a statement and return its rows."""
        ...

    async def execute(self, query: str, *args: object, timeout: float | None = None) -> str:  # noqa: ASYNC109  (asyncpg's)
        """Run a statement, or several without parameters, and return what was done.

        Args:
            query: The statement.
            args: Its parameters.
            timeout: Seconds for the answer, in place of those of the connection.
        """
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
    """asyncpg's, without the round trip that cleans up: nothing of a unit of work outlives it.

    A machine that dies without a word ends it, too; the system alone would wait a quarter of an
    hour for an answer to what was asked, and hours where nothing was.
    """

    def __init__(self, protocol: object, transport: Any, *rest: object) -> None:  # noqa: ANN401
        base: Any = super()
        base.__init__(protocol, transport, *rest)
        expect_signs_of_life(transport.get_extra_info("socket"))

    def get_reset_query(self) -> str:
        return ""


def expect_signs_of_life(line: socket.socket) -> None:
    """Let the system end a connection whose other side is silent, and ask while nobody speaks."""
    if line.family not in (socket.AF_INET, socket.AF_INET6):
        return
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    third = limits.DATABASE_SILENCE_MS_MAX // 3000
    for name, value in (
        ("TCP_KEEPIDLE", third),
        ("TCP_KEEPINTVL", third),
        ("TCP_KEEPCNT", 2),
        ("TCP_USER_TIMEOUT", limits.DATABASE_SILENCE_MS_MAX),
    ):
        if hasattr(socket, name):  # each system has others
            line.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _session() -> dict[str, str]:
    return {
        "application_name": "trailmark",
        # An instance that stalls in the middle of something must not stop the others for long.
        "idle_in_transaction_session_timeout": str(limits.DATABASE_IDLE_MS_MAX),
        "lock_timeout": str(limits.DATABASE_LOCK_MS_MAX),
    }


def each_host(url: str) -> list[str]:
    """Return an address for each machine that one names."""
    parts = urlsplit(url)
    user, at, hosts = parts.netloc.rpartition("@")
    if "," in hosts:
        return [urlunsplit(parts._replace(netloc=f"{user}{at}{host}")) for host in hosts.split(",")]
    query = dict(parse_qsl(parts.query))
    named, ports = query.get("host", "").split(","), query.get("port", "").split(",")
    if len(named) == 1 or len(ports) not in (1, len(named)):
        return [url]
    ports = ports * len(named) if len(ports) == 1 else ports
    return [
        urlunsplit(parts._replace(query=urlencode({**query, "host": host, "port": port or "5432"})))
        for host, port in zip(named, ports, strict=True)
    ]


class Hosts:
    """Connects to one of the machines that an address names; what answered last is asked first.

    Each has its own share of the time: one that is silent would use up that of all.
    """

    def __init__(self, url: str) -> None:
        """Connect to what ``url`` names."""
        self._urls = each_host(url)

    async def connect(self, _url: str, **options: Any) -> Any:  # noqa: ANN401  (of asyncpg)
        """Return a connection as of ``asyncpg.connect``; whoever opens a pool is given this.

        Raises:
            unopened: ``StorageError`` or ``IntegrityError``: what the failure means.
        """
        failed: Exception | None = None
        share = limits.DATABASE_CONNECT_MS_MAX / 1000 / len(self._urls)
        for url in tuple(self._urls):
            try:
                made = await _asyncpg.connect(url, **{**options, "timeout": share})
            except LOST as error:
                failed = error
            except UNOPENED as error:
                raise unopened(error) from None
            else:
                self._urls.remove(url)
                self._urls.insert(0, url)
                return made
        assert failed is not None, "an address names a machine"
        raise unopened(failed) from None


async def connect(url: str, answer_ms: int | None = None) -> AsyncConnection:
    """Return a connection that stands alone.

    Args:
        url: ``postgresql://…``; what it does not say comes from libpq's environment variables.
        answer_ms: Longest wait for the answer to a statement; ``None`` for any.

    Raises:
        unopened: ``StorageError`` or ``IntegrityError``: what its failure means.
    """
    try:
        return await Hosts(url).connect(
            url,
            server_settings=_session(),
            connection_class=_Connection,
            command_timeout=_seconds(answer_ms),
        )
    except UNOPENED as error:
        raise unopened(error) from None


async def open_pool(url: str, size: int, answer_ms: int | None) -> Pool:
    """Return a pool of at most ``size`` connections; other arguments as of ``connect``.

    Raises:
        unopened: ``StorageError`` or ``IntegrityError``: what its failure means.
    """
    try:
        return await _asyncpg.create_pool(
            url,
            connect=Hosts(url).connect,
            min_size=1,
            max_size=size,
            max_queries=_EVER,
            connection_class=_Connection,
            statement_cache_size=_STATEMENTS_KEPT,
            max_cached_statement_lifetime=0,
            command_timeout=_seconds(answer_ms),
            server_settings=_session(),
        )
    except UNOPENED as error:
        raise unopened(error) from None


async def close_pool(pool: Pool) -> None:
    """Close a pool; connections that do not answer even to that are cut."""
    with suppress(TimeoutError):
        async with asyncio.timeout(limits.DATABASE_CONNECT_MS_MAX / 1000):
            await pool.close()


def _seconds(answer_ms: int | None) -> float | None:
    return None if answer_ms is None else answer_ms / 1000
