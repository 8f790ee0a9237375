"""Our programs as they ship, each a process of its own: the server, the command line, children.

Nothing is imported beforehand and nothing is shared with this process, so that what they take in
time and memory is what they take on a person's machine.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final, Self

from trailmark_client.app import DATABASE_NAME, HOME_VARIABLE
from trailmark_client.identity import FILE_NAME, IdentityFile
from trailmark_server.settings import Databases
from trailmark_shared.domain.consent import CONSENT_CLASSES
from trailmark_shared.ids import SpaceId

ROOT: Final = Path(__file__).parents[1]
_FOLDER: Final = Path(sys.executable).parent
THERAPIST: Final = "okafor@example.org"
"""The address of the therapist who invites."""


class Program:
    """A process that says things on its output, one line of JSON each.

    Attributes:
        pid: Its process.
    """

    def __init__(self, words: Sequence[str], errors: Path, home: Path | None = None) -> None:
        """Start it.

        Args:
            words: Program and arguments.
            errors: Where its error stream goes.
            home: The folder of a person's data, for a device.
        """
        self._errors = errors
        with errors.open("ab") as told:
            self._process = subprocess.Popen(
                words,
                cwd=ROOT,
                env=_environment(home),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=told,
            )
        self.pid = self._process.pid

    def tell(self, *words: str | int) -> None:
        """Say a line to it, without waiting for an answer."""
        assert self._process.stdin is not None, "a pipe was asked for"
        self._process.stdin.write(" ".join(map(str, words)).encode() + b"\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """Return the next thing it says."""
        line = _lines(self._process).readline()
        if not line:
            raise RuntimeError(f"a program ended: {self._errors.read_text()[-3000:]}")
        return json.loads(line)

    def ask(self, *words: str | int) -> dict[str, Any]:
        """Say a line and return the answer."""
        self.tell(*words)
        return self.answer()

    def end(self, number: int = signal.SIGTERM) -> None:
        """Ask it to end, and wait until it did."""
        self._process.send_signal(number)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.end()


def _lines(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdout is not None, "a pipe was asked for"
    return process.stdout


def _environment(home: Path | None) -> dict[str, str]:
    return {**os.environ, **({} if home is None else {HOME_VARIABLE: str(home)})}


def child(name: str, *words: str | int | Path, home: Path | None = None, errors: Path) -> Program:
    """Start ``bench.children.NAME``."""
    return Program([sys.executable, "-m", f"bench.children.{name}", *map(str, words)], errors, home)


class Server(Program):
    """``trailmark-server serve``.

    Attributes:
        data: Its folder.
        url: Where it answers.
        databases: Where its stores are, ``None`` for its folder.
    """

    def __init__(self, data: Path, databases: Databases | None = None) -> None:
        """Start it and wait until it answers."""
        self.data = data
        self.databases = databases
        words = [str(_FOLDER / "trailmark-server"), "serve", "--json", "--port", "0"]
        super().__init__([*words, *_stores(data, databases)], data.with_name(f"{data.name}.log"))
        self.url = str(self.answer()["url"])

    @property
    def database(self) -> Path:
        """Its log of events."""
        return self.data / DATABASE_NAME

    @property
    def socket_url(self) -> str:
        """Address of the device socket."""
        return self.url.replace("http", "ws", 1) + "/sync"

    def admin(self, *words: str) -> dict[str, Any]:
        """Run a command of the operator beside it."""
        where = _stores(self.data, self.databases)
        return run("trailmark-server", *words, *where)


def _stores(data: Path, databases: Databases | None) -> list[str]:
    where = ["--data", str(data)]
    if databases is not None:
        where += ["--database", databases.main, "--keys-database", databases.keys]
    return where


def trailmark() -> str:
    """Return where the person's command is."""
    return str(_FOLDER / "trailmark")


def run(program: str, *words: str, home: Path | None = None) -> dict[str, Any]:
    """Run one of our two programs to its end and return what it says."""
    done = subprocess.run(
        [str(_FOLDER / program), *words, "--json"],
        cwd=ROOT,
        env=_environment(home),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{program} {words[0]}: {done.stdout!r} {done.stderr!r}")
    return json.loads(done.stdout)


class Device:
    """The command line in the folder of one device.

    Attributes:
        home: The folder.
    """

    def __init__(self, home: Path) -> None:
        """Use ``home``; it need not be there."""
        self.home = home

    @property
    def space(self) -> SpaceId:
        """The space of its person."""
        return IdentityFile(self.home / FILE_NAME).current.space

    def run(self, *words: str) -> dict[str, Any]:
        """Run one command and return what it says."""
        return run("trailmark", *words, home=self.home)

    def timed(self, *words: str) -> float:
        """Run one command; return how long the whole process took, in seconds."""
        began = time.perf_counter()
        subprocess.run(
            [str(_FOLDER / "trailmark"), *words],
            cwd=ROOT,
            env=_environment(self.home),
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return time.perf_counter() - began

    def program(self) -> Program:
        """Start ``bench.children.device`` here: the client's library, told what to do."""
        return child("device", home=self.home, errors=self.home.with_name("device.log"))

    def connect(self, server: Server) -> None:
        """Let a therapist in, to see and do all that can be agreed to."""
        shared = [word for kind in CONSENT_CLASSES for word in ("--share", kind.replace("_", "-"))]
        may = ["--may", "comment", "--may", "propose"]
        self.run("connect", server.url, invitation(server), "--yes", *shared, *may)

    def let_in(self, other: Device) -> None:
        """Let a second device of the same person in, and everything private with it."""
        self.run("private-copy", "on")
        self.run("sync")
        invited = self.run("device", "invite")
        join = ("device", "join", str(invited["url"]), str(invited["code"]))
        asked = other.run(*join, "--wait", "0")
        self.run("device", "confirm", "--yes", "--words", str(asked["phrase"]))
        other.run(*join)
        for _ in range(2):
            self.run("sync")
            other.run("sync")


def invitation(server: Server) -> str:
    """Make a therapist who confirms whoever comes, and return a code to come with."""
    with suppress(RuntimeError):  # there already
        server.admin("therapist", "add", "Dr Okafor", "--email", THERAPIST)
    return str(server.admin("invite", "--therapist", THERAPIST, "--confirmed")["code"])


def room_for_sockets(count: int) -> int:
    """Raise this process's bound of open files, for its children too; return the bound."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + 512
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return soft
