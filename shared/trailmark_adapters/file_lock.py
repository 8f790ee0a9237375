"""A lock between processes, held beside a file: one writer at a time, whoever it is.

SQLite below 3.51.3 can corrupt a file when two connections write or checkpoint its WAL at the same
instant, so every write, checkpoint and close of ours happens while this lock is held.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Final

from trailmark_shared.errors import ErrorCode, StorageError
from trailmark_shared.words import gettext

WAIT_MS_MAX: Final = 30_000
"""A writer that holds the lock for longer than this is reported instead of waited for."""

_FIRST_SLEEP_S: Final = 0.0005
_LAST_SLEEP_S: Final = 0.02


class FileLock:
    """An exclusive ``flock`` on ``path``; use it as a context manager, never nested.

    Each object has its own open file, so two objects exclude each other within a process too.
    """

    def __init__(self, path: Path, wait_ms: int = WAIT_MS_MAX, *, is_shared: bool = False) -> None:
        """Create the file when it is missing, readable by the owner only.

        Args:
            path: The lock file.
            wait_ms: Longest wait for another holder, milliseconds.
            is_shared: Several may hold it like that at once; whoever wants it alone waits for all.
        """
        self._wait_ms = wait_ms
        self._how = fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX
        self._file: int | None = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __enter__(self) -> None:
        """Take the lock.

        Raises:
            StorageError: ``storage_unavailable``: another process holds it for too long.
        """
        assert self._file is not None, "the lock was closed"
        deadline = time.monotonic() + self._wait_ms / 1000
        pause = _FIRST_SLEEP_S
        while not self._is_taken(self._file):
            if time.monotonic() > deadline:
                raise StorageError(
                    ErrorCode.STORAGE_UNAVAILABLE,
                    gettext("another Trailmark process keeps the store busy; end it or try again"),
                )
            time.sleep(pause)
            pause = min(pause * 2, _LAST_SLEEP_S)

    def _is_taken(self, file: int) -> bool:
        try:
            fcntl.flock(file, self._how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the lock back."""
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file; the lock file itself stays, so that nobody locks a removed one."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
