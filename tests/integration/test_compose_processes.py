"""What compose.postgres.yaml starts, started here: same commands, environment and scripts."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest

from tests.architecture.sources import ROOT
from tests.support.postgres import PostgresServer
from tests.support.processes import EVERYTHING, DeviceFolder, ServerProcess, invitation
from trailmark_server.settings import DATABASE_VARIABLE, KEYS_DATABASE_VARIABLE

SERVICES: dict[str, Any] = msgspec.yaml.decode((ROOT / "compose.postgres.yaml").read_bytes())[
    "services"
]


class ComposedServer(ServerProcess):
    """The service ``one``: its command, with an address of this machine."""

    def __init__(self, data: Path) -> None:
        super().__init__(data)
        command: list[str] = SERVICES["one"]["command"]
        kept = command[command.index("--trusted-proxy") :]
        self.options = (*kept, "--host", "127.0.0.1")


@pytest.fixture
def programs(postgres: PostgresServer) -> Path:
    if postgres.programs is None:
        pytest.skip("NOT TRIED: pg_dump and psql of the wheel are not installed here")
    return postgres.programs


def run_script(
    name: str, programs: Path, *words: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a script of ``deploy`` with the programs of PostgreSQL in its path."""
    path = f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["sh", ROOT / "deploy" / name, *words],
        env={"PATH": path, "PGHOST": environment.pop("host"), **environment},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def secrets(
    postgres: PostgresServer, programs: Path, tmp_path: Path
) -> Generator[tuple[Path, Path]]:
    """Make the databases by the script of a new cluster; yield the files with their addresses."""
    host = urlsplit(postgres.url).query.removeprefix("host=")
    for name in ("log_password", "keys_password"):
        (tmp_path / name).write_text(f"it's {name}\n")
    run_script(
        "make_databases.sh",
        programs,
        host=host,
        LOG_PASSWORD_FILE=str(tmp_path / "log_password"),
        KEYS_PASSWORD_FILE=str(tmp_path / "keys_password"),
    )
    files = tmp_path / "database", tmp_path / "keys_database"
    for file, role in zip(files, ("trailmark", "trailmark_keys"), strict=True):
        file.write_text(f"postgresql://{role}@/{role}?host={host}\n")
    yield files

    async def clean() -> None:
        for role in ("trailmark", "trailmark_keys"):
            await postgres.run(f"DROP DATABASE {role} WITH (FORCE)")
            await postgres.run(f"DROP ROLE {role}")

    asyncio.run(clean())


@pytest.mark.timeout(180)
def test_the_composed_server_serves_is_backed_up_and_heals(
    secrets: tuple[Path, Path],
    programs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(DATABASE_VARIABLE, f"@{secrets[0]}")
    monkeypatch.setenv(KEYS_DATABASE_VARIABLE, f"@{secrets[1]}")
    folders = {"log": tmp_path / "log", "keys": tmp_path / "keys"}
    for folder in folders.values():
        folder.mkdir()
    phone, server = DeviceFolder(tmp_path / "phone"), ComposedServer(tmp_path / "server")
    server.data.mkdir()
    with server:
        ready = SERVICES["one"]["healthcheck"]["test"][-1]
        path = "/health/ready"
        assert path in ready
        assert 200 == httpx.get(server.url + path).status_code
        phone.run("connect", server.url, invitation(server), *EVERYTHING)
        goal = phone.run("goal", "add", "Sleep better", "--share")["id"]
        phone.run("sync")

        given = SERVICES["backup"]["environment"]
        run_script(
            "backup.sh",
            programs,
            "once",
            host="",
            **{DATABASE_VARIABLE: f"@{secrets[0]}", KEYS_DATABASE_VARIABLE: f"@{secrets[1]}"},
            TRAILMARK_SERVER_DATA=str(tmp_path),
            LOG_FOLDER=str(folders["log"]),
            KEYS_FOLDER=str(folders["keys"]),
            LOG_DAYS=given["LOG_DAYS"],
            KEYS_DAYS=given["KEYS_DAYS"],
        )
        phone.run("check-in", goal, "4")
        phone.run("sync")
    [log], [_keys] = (list(folder.glob("*.db")) for folder in folders.values())

    server.admin("restore", str(log), "--replace")
    with server:
        before = server.admin("verify")
        phone.run("sync")
        after = server.admin("verify")

    entries = [sum(lane["entries"] for lane in each["lanes"]) for each in (before, after)]
    assert [True, True] == [before["ok"], after["ok"]]
    assert entries[0] < entries[1]
    assert 0 == phone.run("status")["unsent"]


@pytest.mark.parametrize("words", [[], ["one"]])
def test_a_word_that_the_backup_does_not_know_is_no_backup(words: list[str]) -> None:
    done = subprocess.run(
        ["sh", ROOT / "deploy" / "backup.sh", *words], capture_output=True, check=False, timeout=60
    )

    assert (2, b"backup.sh: once or nightly\n") == (done.returncode, done.stderr)


PAUSED = """#!{python}
import os, signal, sys

def stop(*_):
    os.write(1, b"{name} stopped\\n")
    sys.exit(130)

signal.signal(signal.SIGTERM, stop)
os.write(1, b"{name} begun\\n")
signal.pause()
"""
DONE = "#!/bin/sh\n"


@contextmanager
def _all_gone(script: subprocess.Popen[str]) -> Generator[None]:
    """End what is left of a script that did not end: nobody else would."""
    try:
        yield
    except BaseException:
        os.killpg(script.pid, signal.SIGKILL)
        raise


@pytest.mark.parametrize(
    ("mode", "paused", "code"),
    [
        ("once", "trailmark-server", 130),
        ("nightly", "trailmark-server", 0),
        ("nightly", "sleep", 0),
    ],
)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_whoever_stops_the_script_stops_what_it_runs(
    tmp_path: Path, mode: str, paused: str, code: int, number: signal.Signals
) -> None:
    """A backup that goes on is killed when its container ends, and leaves half a copy of the keys.

    Args:
        tmp_path: Holds programs in place of those that the script runs.
        mode: What the script is asked for.
        paused: The program that is running when the script is stopped.
        code: How the script ends then: a backup that was not made is told as such.
        number: By what it is stopped; only the script gets it, as in a container.
    """
    for name in ("trailmark-server", "sleep"):
        text = PAUSED.format(python=sys.executable, name=name) if name == paused else DONE
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o700)
    given = dict.fromkeys(("LOG_FOLDER", "KEYS_FOLDER", "LOG_DAYS", "KEYS_DAYS"), "1")
    script = subprocess.Popen(
        ["sh", ROOT / "deploy" / "backup.sh", mode],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", **given},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with script, _all_gone(script):
        assert script.stdout is not None, "a pipe was asked for"
        begun = script.stdout.readline()
        script.send_signal(number)
        rest = script.stdout.read()

    assert f"{paused} begun\n" == begun
    assert (f"{paused} stopped\n", code) == (rest, script.returncode)
