"""The real program: one line when it is ready, commands beside it, an orderly end."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from urllib.request import urlopen

import pytest

ENDS_WITHIN_S = 15


class Process:
    """``trailmark-server serve`` on a folder of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._running = subprocess.Popen(
            self.command("serve", "--port", "0"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._running.stdout is not None
        self.ready = self._running.stdout.readline()

    def command(self, *arguments: str) -> list[str]:
        program = [sys.executable, "-m", "trailmark_server"]
        return [*program, *arguments, "--data", str(self.data), "--json"]

    def beside(self, *arguments: str) -> dict[str, str]:
        """Run another command on the same folder."""
        ran = subprocess.run(self.command(*arguments), capture_output=True, text=True, check=True)
        return json.loads(ran.stdout)

    def end(self) -> tuple[int, str]:
        """Send SIGTERM; return exit code and what was logged."""
        self._running.send_signal(signal.SIGTERM)
        _, logged = self._running.communicate(timeout=ENDS_WITHIN_S)
        return self._running.returncode, logged

    def clean_up(self) -> None:
        if self._running.poll() is None:
            self._running.kill()
            self._running.communicate()


@pytest.fixture
def server(tmp_path: Path) -> Generator[Process]:
    process = Process(tmp_path)
    yield process
    process.clean_up()


def test_it_says_where_it_is_and_ends_in_order(server: Process) -> None:
    url = json.loads(server.ready)["url"]
    added = server.beside("therapist", "add", "Dr Demo", "--email", "demo@example.org")
    with urlopen(added["link"]) as shown:  # noqa: S310  (the server's own address)
        page = shown.read().decode()
    code, logged = server.end()

    assert added["link"].startswith(f"{url}/enter/")
    assert "Sign in" in page
    assert 0 == code
    assert added["link"].rsplit("/", 1)[1] not in logged
    assert all(json.loads(line)["level"] == "info" for line in logged.splitlines())
    assert not (server.data / "trailmark.db-wal").exists()


def test_what_exchanges_its_files_wants_it_stopped_wherever_it_listens(
    server: Process, tmp_path: Path
) -> None:
    port = json.loads(server.ready)["url"].rsplit(":", 1)[1]
    failed = server.command("serve", "--port", port)
    assert 4 == subprocess.run(failed, capture_output=True, check=False).returncode
    assert port in (server.data / "listening.json").read_text()
    (server.data / "listening.json").unlink()
    for words in (
        ("restore", str(tmp_path / "trailmark.db"), "--replace"),
        ("migrate-to", "postgresql://127.0.0.1:9/none"),
    ):
        ran = subprocess.run(server.command(*words), capture_output=True, text=True, check=False)
        assert 3 == ran.returncode
        assert "stop the server first" in json.loads(ran.stderr)["error"]["message"]
    assert not (server.data / "moved.json").exists()


def test_a_taken_port_is_named(server: Process) -> None:
    port = json.loads(server.ready)["url"].rsplit(":", 1)[1]
    ran = subprocess.run(
        server.command("serve", "--port", port),
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
    )

    assert 4 == ran.returncode
    error = json.loads(ran.stderr.strip().splitlines()[-1])["error"]
    assert "storage_unavailable" == error["code"]
    assert port in error["message"]
