"""The way to PostgreSQL: machines that are silent are passed over, and given up once they are."""

import asyncio
import socket
from collections.abc import Generator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from tests.support.postgres import PostgresServer, standing_still
from trailmark_server.storage.postgres.connection import PostgresConnection
from trailmark_server.storage.postgres.driver import Hosts, connect, each_host, expect_signs_of_life
from trailmark_server.storage.postgres.faults import FAILURES, translated
from trailmark_server.storage.postgres.store import open_main
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, StorageError


@pytest.fixture
def silent() -> Generator[socket.socket]:
    """A machine that takes connections and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        listening.settimeout(0)
        yield listening


def callers(listening: socket.socket) -> int:
    count = 0
    while True:
        try:
            listening.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


@pytest.mark.parametrize(
    ("url", "each"),
    [
        ("postgresql://a/x", ["postgresql://a/x"]),
        ("postgresql:///x", ["postgresql:///x"]),
        (
            "postgresql://me:p%40s@a:1,b/x?sslmode=require",
            [
                "postgresql://me:p%40s@a:1/x?sslmode=require",
                "postgresql://me:p%40s@b/x?sslmode=require",
            ],
        ),
        (
            "postgresql://me@/x?host=a,/run&port=1,2",
            [
                "postgresql://me@/x?host=a&port=1",
                "postgresql://me@/x?host=%2Frun&port=2",
            ],
        ),
        (
            "postgresql://me@/x?host=a,b",
            ["postgresql://me@/x?host=a&port=5432", "postgresql://me@/x?host=b&port=5432"],
        ),
        ("postgresql://me@/x?host=a,b,c&port=1,2", ["postgresql://me@/x?host=a,b,c&port=1,2"]),
    ],
)
def test_an_address_names_one_machine_or_several(url: str, each: list[str]) -> None:
    assert each == each_host(url)


async def test_one_that_is_silent_is_passed_over_and_not_asked_again(
    postgres: PostgresServer, silent: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "DATABASE_CONNECT_MS_MAX", 3_000)
    folder = postgres.url.partition("host=")[2]
    url = (
        f"postgresql://postgres@/postgres?host=127.0.0.1,{folder}"
        f"&port={silent.getsockname()[1]},5432&target_session_attrs=read-write"
    )
    hosts = Hosts(url)
    for _ in range(2):
        await (await hosts.connect(url)).close()

    assert 1 == callers(silent)


async def test_where_all_are_silent_that_is_said(
    silent: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "DATABASE_CONNECT_MS_MAX", 100)
    port = silent.getsockname()[1]

    with pytest.raises(StorageError, match="TimeoutError"):
        await connect(f"postgresql://postgres@127.0.0.1:{port},127.0.0.1:{port}/x")

    assert 2 == callers(silent)


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="Linux alone has it")
def test_the_system_ends_a_connection_whose_other_side_is_silent(silent: socket.socket) -> None:
    with socket.create_connection(silent.getsockname()) as line:
        expect_signs_of_life(line)
        asked = line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        patience = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)

    assert (True, limits.DATABASE_SILENCE_MS_MAX) == (bool(asked), patience)


def test_a_socket_of_this_machine_needs_none() -> None:
    one, other = socket.socketpair()
    with one, other:
        expect_signs_of_life(one)

        assert not one.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


def one(conn: PostgresConnection) -> int:
    found: int = conn.execute("SELECT 1").fetchone()[0]
    return found


async def test_one_that_stands_still_is_not_waited_for_and_the_next_is_asked(
    postgres: PostgresServer, url: str
) -> None:
    async with open_main(url, answer_ms=200) as database, standing_still(postgres, url):
        for ask in (database.read, database.write):
            with pytest.raises(StorageError, match="TimeoutError"):
                await ask(one)

        assert [1, 1] == [await database.read(one), await database.write(one)]


async def test_a_database_that_is_shut_meanwhile_is_no_defect(
    postgres: PostgresServer, url: str
) -> None:
    name = urlsplit(url).path[1:]
    async with open_main(url) as database:
        await postgres.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        try:
            await postgres.run(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608  (own names)
            )
            with pytest.raises(StorageError, match="refused what it was asked"):
                await database.read(one)
        finally:
            await postgres.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

        assert 1 == await database.read(one)


async def test_an_answer_that_does_not_come_is_not_waited_for(url: str) -> None:
    async with open_main(url, answer_ms=200) as database:
        with pytest.raises(StorageError, match="cannot be used now"):
            await database.read(lambda conn: conn.execute("SELECT pg_sleep(60)"))

        assert 1 == await database.read(one)


async def test_one_that_stands_still_keeps_nobody_from_ending(
    postgres: PostgresServer, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "DATABASE_CONNECT_MS_MAX", 100)
    async with open_main(url) as database:
        before = await database.read(one)
        async with standing_still(postgres, url):
            await database.close()

        assert 1 == before


async def test_who_waits_too_long_for_a_lock_is_sent_away(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "DATABASE_LOCK_MS_MAX", 50)
    first, second = await connect(postgres.url), await connect(postgres.url)
    try:
        await first.execute("BEGIN; SELECT pg_advisory_xact_lock(7)")

        with pytest.raises(FAILURES) as waited:
            await second.execute("SELECT pg_advisory_xact_lock(7)")
    finally:
        await first.close()
        await second.close()

    told = translated(waited.value)
    assert isinstance(told, StorageError)
    assert ErrorCode.STORAGE_UNAVAILABLE == told.code


async def test_a_transaction_in_which_nobody_asks_is_ended(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "DATABASE_IDLE_MS_MAX", 50)
    gone = asyncio.Event()
    conn = await connect(postgres.url)
    conn.add_termination_listener(lambda *_: gone.set())
    await conn.execute("BEGIN")
    await gone.wait()

    assert conn.is_closed()
