"""What devices said was saved and sent, and whether it is so."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

from trailmark_shared.ids import id_from_text

PROGRAM = Path(__file__).with_name("device.py")
PATIENCE_S = 30


class Ledger:
    """Every fact that any device printed."""

    def __init__(self) -> None:
        self.saved: set[bytes] = set()
        self.sent: set[bytes] = set()

    def note(self, line: str) -> None:
        """Take one printed line; a line that a kill cut short says nothing."""
        word, _, text = line.partition(" ")
        if line.endswith("\n") and word in ("saved", "sent"):
            {"saved": self.saved, "sent": self.sent}[word].add(id_from_text(text.strip()))


class RecordingDevice:
    """A process of ``device.py``, read by a thread."""

    def __init__(self, home: Path, ledger: Ledger) -> None:
        self._ledger = ledger
        self._ready = threading.Event()
        self._process = subprocess.Popen(
            [sys.executable, str(PROGRAM), str(home)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,))
        self._reader.start()
        assert self._ready.wait(PATIENCE_S), "the device did not start"

    def _read(self, lines: IO[str]) -> None:
        for line in lines:
            if line == "ready\n":
                self._ready.set()
            self._ledger.note(line)

    def kill(self) -> None:
        """End it without a word; every line that it printed is in the ledger afterwards."""
        self._process.kill()
        self._process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        assert self._process.stdout is not None
        self._process.stdout.close()
