"""Real processes: a server and the command line, each started, stopped and killed by its pid."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from tests.support.forks import forks
from trailmark_adapters.clock import SHIFT_VARIABLE
from trailmark_client.app import DATABASE_NAME, HOME_VARIABLE
from trailmark_client.cli.failures import UNREACHABLE
from trailmark_client.identity import FILE_NAME, IdentityFile
from trailmark_server.settings import Databases
from trailmark_shared.domain.consent import CONSENT_CLASSES


class ServerProcess:
    """``trailmark-server serve`` on a folder; keeps its port over restarts.

    Attributes:
        data: The data folder.
        port: Where it listens; 0 for any free one at the next start.
        shift_s: How far its clock is off, from the next start on.
        options: Further words of ``serve``, from the next start on.
        databases: Where its stores are, ``None`` for its folder.
    """

    def __init__(self, data: Path) -> None:
        self.data = data
        self.databases: Databases | None = None
        self.port = 0
        self.options: tuple[str, ...] = ()
        self.shift_s = 0
        self._pid: int | None = None
        self._log = data.with_name(f"{data.name}.log")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its process, while it runs."""
        assert self._pid is not None, "it does not run"
        return self._pid

    @property
    def database(self) -> Path:
        """Its log of events."""
        return self.data / DATABASE_NAME

    @property
    def log_text(self) -> str:
        """Everything that the server printed to its error stream."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    @property
    def _words(self) -> tuple[str, ...]:
        where = ("--data", str(self.data), "--port", str(self.port))
        return ("serve", "--json", *where, *self.options)

    def start(self) -> None:
        """Start and wait until it answers."""
        words = self._words
        with TemporaryDirectory() as folder:
            out = Path(folder, "out")
            os.mkfifo(out)
            shift = {SHIFT_VARIABLE: str(self.shift_s)}
            self._pid = forks().begin("trailmark_server", words, shift, out=out, err=self._log)
            with out.open(encoding="utf-8") as told:
                line = told.readline()
        self._note_address(line)

    def _note_address(self, line: str) -> None:
        if not line:
            self.kill()
        assert line, f"the server did not start: {self.log_text[-2000:]}"
        self.port = urlsplit(str(json.loads(line)["url"])).port or 0

    def kill(self) -> None:
        """End it as a power cut would, without a word."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to stop and wait."""
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        if self._pid is not None:
            os.kill(self._pid, number)
            forks().wait(self._pid)
            self._pid = None

    def admin(self, *words: str) -> dict[str, Any]:
        """Run an admin command beside the server and return its JSON answer."""
        done = self.attempt(*words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return json.loads(done.stdout)

    def attempt(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run an admin command with ``--json``, whatever comes of it."""
        where = stores_of(self.data, self.databases)
        return run_module("trailmark_server", *words, *where, "--json", shift_s=self.shift_s)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.kill()


class DeviceFolder:
    """One device: a folder, and the command line in it.

    Attributes:
        home: The folder.
        shift_s: How far its clock is off.
        tries: How often a command is run that reached no server: more than once while one of
            several is killed all the time.
    """

    tries: ClassVar[int] = 1

    def __init__(self, home: Path) -> None:
        self.home = home
        self.shift_s = 0

    @property
    def database(self) -> Path:
        """What it has recorded."""
        return self.home / DATABASE_NAME

    @property
    def identity_file(self) -> IdentityFile:
        """Who it is."""
        return IdentityFile(self.home / FILE_NAME)

    def run(self, *words: str, typed: str = "") -> dict[str, Any]:
        """Run one command, to which ``typed`` is typed, and return its JSON answer."""
        done = self.attempt(*words, typed=typed)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return json.loads(done.stdout)

    def attempt(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run one command with ``--json``, whatever comes of it."""
        environment = {HOME_VARIABLE: str(self.home)}
        tries = self.tries
        while True:
            done = forks().run(
                "trailmark_client",
                (*words, "--json"),
                {SHIFT_VARIABLE: str(self.shift_s), **environment},
                typed,
            )
            tries -= 1
            if not tries or done.returncode != UNREACHABLE:
                return done

    def refused(self, *words: str, typed: str = "") -> str:
        """Run a command that must fail and return the code of its error."""
        done = self.attempt(*words, typed=typed)
        assert done.returncode != 0, (words, done.stdout)
        return json.loads(done.stderr.splitlines()[-1])["error"]["code"]

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Start a command that goes on; the caller ends it."""
        return subprocess.Popen(
            [sys.executable, "-m", "trailmark_client", *words, "--json"],
            env=_environment(self.shift_s, **{HOME_VARIABLE: str(self.home)}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def state_hashes(self) -> dict[str, Any]:
        """Return the state hash of every lane that ``status`` shows."""
        return {lane["lane"]: lane["state_hash"] for lane in self.run("status")["lanes"]}


def _environment(shift_s: int, **more: str) -> dict[str, str]:
    return {**os.environ, SHIFT_VARIABLE: str(shift_s), **more}


def stores_of(data: Path, databases: Databases | None) -> list[str]:
    """Return the options by which a command works on the stores of a server."""
    where = ["--data", str(data)]
    if databases is not None:
        where += ["--database", databases.main, "--keys-database", databases.keys]
    return where


def run_module(
    module: str, *words: str, shift_s: int = 0, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run ``python -m module words`` to its end, in a process of its own."""
    return forks().run(module, words, {SHIFT_VARIABLE: str(shift_s), **environment})


def invitation(server: ServerProcess) -> str:
    """Return a code of a therapist who has confirmed; the account is made with the first."""
    done = server.attempt("therapist", "add", "Dr Okafor", "--email", "okafor@example.org")
    assert done.returncode in (0, 3), done.stderr
    return server.admin("invite", "--therapist", "okafor@example.org", "--confirmed")["code"]


EVERYTHING = (
    "--yes",
    *(word for kind in CONSENT_CLASSES for word in ("--share", kind.replace("_", "-"))),
    *("--may", "comment", "--may", "propose"),
)
"""Options of ``connect``: the words are the same, and each thing that can be agreed to is named."""


def connect(server: ServerProcess, device: DeviceFolder) -> None:
    """Let a therapist into the device's space, to see and do all that can be agreed to."""
    device.run("connect", server.url, invitation(server), *EVERYTHING)


def add_device(first: DeviceFolder, second: DeviceFolder) -> None:
    """Let a second device of the same person in: asked for there, said yes to on the first."""
    first.run("private-copy", "on")
    first.run("sync")
    invited = first.run("device", "invite")
    assert let_in(invited, first, second)["joined"]
    first.run("sync")


def let_in(invited: Mapping[str, str], first: DeviceFolder, second: DeviceFolder) -> dict[str, Any]:
    """Let a device in with the code that another one made; return what the second one says."""
    join = ("device", "join", invited["url"], invited["code"])
    asked = second.run(*join, "--wait", "0")
    shown = first.run("device", "confirm", "--yes", "--words", asked["phrase"])
    assert shown["let_in"]
    return second.run(*join)


def settled(*devices: DeviceFolder) -> dict[str, str]:
    """Let everything be exchanged; return the state hashes, which are the same everywhere."""
    for device in devices * 2:
        device.run("sync")
    shown = [device.state_hashes() for device in devices]
    assert shown[0] == shown[1]
    return shown[0]
