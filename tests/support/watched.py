"""Programs that are watched: as talkative as they go, failing on demand, everything kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.support.processes import DeviceFolder, ServerProcess
from tests.support.talkative import BREAKS, BREAKS_WHILE
from trailmark_client.app import HOME_VARIABLE

_PROGRAM: Final = (sys.executable, "-P", "-X", "dev", str(Path(__file__).with_name("talkative.py")))
_PATIENCE_S: Final = 60


class WatchedServer(ServerProcess):
    """A server that says all it can, and breaks on purpose where it is told.

    Attributes:
        breaks: Functions that raise while ``switch`` exists.
        switch: That file; what was raised stands in it.
        temporary: Where its temporary files are.
    """

    def __init__(self, data: Path, breaks: tuple[str, ...] = ()) -> None:
        super().__init__(data)
        self.breaks = breaks
        self.switch = data.with_name(f"{data.name} breaks")
        self.temporary = data.with_name(f"{data.name} temporary")
        self._process: subprocess.Popen[str] | None = None
        self._said = ""

    @property
    def output(self) -> bytes:
        """Everything that it printed."""
        return (self.log_text + self._said).encode()

    def start(self) -> None:
        """Start and wait until it answers."""
        self.temporary.mkdir(exist_ok=True)
        with self._log.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [*_PROGRAM, "trailmark_server", *self._words],
                env={**os.environ, **_environment(self.breaks, self.switch, self.temporary)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._note_address(self._line())

    def _line(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        self._said += line
        return line

    def _end(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._said += self._process.communicate(timeout=_PATIENCE_S)[0]
            self._process = None


class WatchedDevice(DeviceFolder):
    """A device whose commands say all they can, and break on purpose where they are told.

    Attributes:
        breaks: Functions that raise while ``switch`` exists.
        switch: That file; what was raised stands in it.
        told: Everything that was printed beside the answers.
    """

    def __init__(self, home: Path, breaks: tuple[str, ...] = ()) -> None:
        super().__init__(home)
        self.breaks = breaks
        self.switch = home.with_name(f"{home.name} breaks")
        self.told = b""

    def attempt(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run one command with ``--json``, whatever comes of it."""
        more = _environment(self.breaks, self.switch, self.home.parent)
        done = subprocess.run(
            [*_PROGRAM, "trailmark_client", *words, "--json"],
            env={**os.environ, **more, HOME_VARIABLE: str(self.home)},
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE_S,
        )
        self.told += done.stderr.encode()
        # A library's thread may log behind our own last line.
        ours = [line for line in done.stderr.splitlines() if line.startswith("{")]
        done.stderr = "\n".join(ours)
        return done


def _environment(breaks: tuple[str, ...], switch: Path, temporary: Path) -> dict[str, str]:
    return {
        BREAKS: " ".join(breaks),
        BREAKS_WHILE: str(switch),
        "TMPDIR": str(temporary),
        "SQLITE_TMPDIR": str(temporary),
    }
