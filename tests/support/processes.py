"""Real processes: a server and the command line, each started, stopped and killed by its pid."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

PATIENCE_S = 60


class ServerProcess:
    """``trailmark-server serve`` on a folder; keeps its port over restarts."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = 0
        self._process: subprocess.Popen[str] | None = None
        self._log = data.with_name(f"{data.name}.log")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log_text(self) -> str:
        """Everything that the server printed to its error stream."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Start and wait until it answers."""
        command = [sys.executable, "-m", "trailmark_server", "serve", "--json"]
        command += ["--data", str(self.data), "--port", str(self.port)]
        with self._log.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the server did not start: {self.log_text[-2000:]}"
        self.port = urlsplit(json.loads(line)["url"]).port or 0

    def kill(self) -> None:
        """End it as a power cut would, without a word."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to stop and wait."""
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        self._process.wait(PATIENCE_S)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = None

    def admin(self, *words: str) -> dict[str, Any]:
        """Run an admin command beside the server and return its JSON answer."""
        done = run_module("trailmark_server", *words, "--data", str(self.data), "--json")
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return json.loads(done.stdout)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.kill()


class DeviceFolder:
    """One device: a folder, and the command line in it."""

    def __init__(self, home: Path, environment: Mapping[str, str] | None = None) -> None:
        self.home = home
        self._environment = {**(environment or {}), "TRAILMARK_HOME": str(home)}

    def run(self, *words: str) -> dict[str, Any]:
        """Run one command and return its JSON answer."""
        done = self.attempt(*words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return json.loads(done.stdout)

    def attempt(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one command with ``--json``, whatever comes of it."""
        return run_module("trailmark_client", *words, "--json", environment=self._environment)

    def state_hashes(self) -> dict[str, Any]:
        """Return the state hash of every lane that ``status`` shows."""
        return {lane["lane"]: lane["state_hash"] for lane in self.run("status")["lanes"]}


def run_module(
    module: str, *words: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``python -m module words`` to its end."""
    return subprocess.run(
        [sys.executable, "-m", module, *words],
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )


def connect(server: ServerProcess, device: DeviceFolder) -> str:
    """Let a therapist into the device's space; return the one-time sign-in link."""
    link = server.admin("therapist", "add", "Dr Okafor", "--email", "okafor@example.org")["link"]
    invitation = server.admin("invite", "--therapist", "okafor@example.org", "--confirmed")
    device.run("connect", server.url, invitation["code"], "--yes")
    return link


def add_device(server: ServerProcess, first: DeviceFolder, second: DeviceFolder) -> None:
    """Let a second device of the same person join."""
    first.run("private-copy", "on")
    first.run("sync")
    code = first.run("device", "invite")["code"]
    second.run("device", "join", server.url, code)
    second.run("sync")
    first.run("sync")
