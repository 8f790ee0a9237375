"""The demo's processes: one server and two devices, each a real process with its own folder.

Every process is started here and ended here, by its own pid. A device is nothing but a folder: the
command line runs in it and ends. Time passes by shifting each process's clock.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SHIFT = "TRAILMARK_CLOCK_SHIFT_S"
READY_SECONDS = 30


class StageError(Exception):
    """A process of the demo did not do what the story needs."""


class Calendar:
    """Where the story is in time.

    Attributes:
        ends: When the story ends: now.
        now: The moment that the next process believes in.
    """

    def __init__(self, weeks: int) -> None:
        self.ends = datetime.now(UTC)
        self.starts = self.ends - timedelta(weeks=weeks)
        self.now = self.starts

    def go_to(self, week: int, weekday: int, hour: int) -> None:
        """Move to a day and hour of a week of the story, never beyond its end."""
        day = self.starts + timedelta(weeks=week, days=weekday)
        self.now = min(day.replace(hour=hour, minute=12), self.ends)

    def environment(self) -> dict[str, str]:
        """Return the environment in which a process believes in ``now``."""
        shift = round((self.now - datetime.now(UTC)).total_seconds())
        return {**os.environ, SHIFT: str(shift), "PYTHONUNBUFFERED": "1"}


class Device:
    """One device of the person: a folder, and the command line in it."""

    def __init__(self, name: str, home: Path, calendar: Calendar) -> None:
        self.name = name
        self.home = home
        self._calendar = calendar

    def run(self, *words: str) -> dict[str, Any]:
        """Run one command.

        Returns:
            Its JSON answer.

        Raises:
            StageError: The command ended with an error.
        """
        command = [sys.executable, "-m", "trailmark_client", *words, "--json"]
        done = self._run(command)
        if done.returncode:
            raise StageError(f"{self.name}: {' '.join(words)}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def state_hashes(self) -> dict[str, str]:
        """Return the state hash of every lane."""
        return {lane["lane"]: lane["state_hash"] for lane in self.run("status")["lanes"]}

    def show(self, *words: str) -> str:
        """Run one command and return what a person would read."""
        return self._run([sys.executable, "-m", "trailmark_client", *words]).stdout

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        environment = {**self._calendar.environment(), "TRAILMARK_HOME": str(self.home)}
        return subprocess.run(
            command,
            env={**environment, "NO_COLOR": "1", "COLUMNS": "100"},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )


class Server:
    """The therapist's server: one folder, started and stopped as the weeks go by."""

    def __init__(self, data: Path, calendar: Calendar) -> None:
        self.data = data
        self.port = 0
        self._calendar = calendar
        self._process: subprocess.Popen[str] | None = None
        self._log = data.with_name("server.log")

    @property
    def address(self) -> str:
        """Where the server answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the server at the calendar's time and wait until it answers.

        Raises:
            StageError: It ended, or was not ready in time.
        """
        command = [sys.executable, "-m", "trailmark_server", "serve", "--json"]
        command += ["--data", str(self.data), "--port", str(self.port)]
        with self._log.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                command,
                env=self._calendar.environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        started = time.monotonic()
        line = self._process.stdout.readline()
        if not line or time.monotonic() - started > READY_SECONDS:
            raise StageError(f"the server is not ready; its log: {self._log}")
        self.port = urlsplit(str(json.loads(line)["url"])).port or 0

    def stop(self) -> None:
        """Ask the server to stop and wait for it."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._process = None

    def wait(self) -> None:
        """Wait until the server ends by itself."""
        if self._process is not None:
            self._process.wait()

    def admin(self, *words: str) -> dict[str, Any]:
        """Run an admin command beside the running server.

        Returns:
            Its JSON answer.

        Raises:
            StageError: The command ended with an error.
        """
        done = subprocess.run(
            [sys.executable, "-m", "trailmark_server", *words, "--data", str(self.data), "--json"],
            env=self._calendar.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )
        if done.returncode:
            raise StageError(f"trailmark-server {' '.join(words)}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)
