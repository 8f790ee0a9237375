"""The question for the passphrase, at a real terminal: what is typed is never shown."""

import errno
import os
import pty
import re
import sys
from pathlib import Path

import pytest

SECRET = "a lamp, three stairs"
PROGRAM = [sys.executable, "-m", "trailmark_client"]

pytest.importorskip("sqlcipher3")


class AtTerminal:
    """A command with a terminal of its own.

    Attributes:
        shown: All that the terminal shows so far.
    """

    def __init__(self, home: Path, *words: str) -> None:
        self.shown = ""
        pid, self._terminal = pty.fork()
        if pid == 0:
            env = {**os.environ, "TRAILMARK_HOME": str(home), "LC_ALL": "C.UTF-8"}
            os.execve(PROGRAM[0], [*PROGRAM, *words], env)  # noqa: S606
        self._pid = pid

    def _read(self) -> bool:
        try:
            data = os.read(self._terminal, 4096)
        except OSError as error:  # how a terminal says that nobody writes to it any more
            if error.errno != errno.EIO:
                raise
            data = b""
        self.shown += data.decode(errors="replace")
        return bool(data)

    def answer(self, question: str, words: str) -> None:
        """Wait for a question and type a line."""
        asked = len(self.shown)
        while question not in self.shown[asked:]:
            assert self._read(), self.shown
        os.write(self._terminal, f"{words}\n".encode())

    def ended(self) -> int:
        """Wait for the end and return the exit code."""
        while self._read():
            pass
        os.close(self._terminal)
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])


def test_a_passphrase_is_asked_for_unseen_and_opens_the_store(tmp_path: Path) -> None:
    adding = AtTerminal(tmp_path, "goal", "add", "Swim once a week")
    assert 0 == adding.ended(), adding.shown

    setting = AtTerminal(tmp_path, "passphrase", "set")
    setting.answer("A new passphrase:", SECRET)
    setting.answer("Once more:", SECRET)
    assert 0 == setting.ended(), setting.shown
    assert "Everything on this device is sealed." in re.sub(r"\s+", " ", setting.shown)

    wrong = AtTerminal(tmp_path, "goal", "list")
    wrong.answer("Your passphrase:", "a lamp, four stairs")
    assert 0 != wrong.ended()
    opening = AtTerminal(tmp_path, "goal", "list")
    opening.answer("Your passphrase:", SECRET)
    assert 0 == opening.ended(), opening.shown

    assert "Swim once a week" in opening.shown
    assert "Swim" not in wrong.shown
    assert not [each for each in (setting, wrong, opening) if "lamp" in each.shown]
