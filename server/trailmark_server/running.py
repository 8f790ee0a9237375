"""Who uses a data folder: servers hold it together, what exchanges its files holds it alone.

The lock is the system's: it ends with the process however that ends, and it is seen from other
containers on the same machine, which reach no port of the server.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

from trailmark_adapters.file_lock import FileLock
from trailmark_shared.errors import DomainError, ErrorCode, StorageError
from trailmark_shared.words import gettext

RUNNING_FILE: Final = "server.lock"


@contextmanager
def held_by_server(data: Path) -> Generator[None]:
    """Hold a data folder as a server does, beside other servers, until the block ends.

    Raises:
        StorageError: ``storage_unavailable``: its files are being exchanged.
    """
    with closing(FileLock(data / RUNNING_FILE, wait_ms=0, is_shared=True)) as lock, lock:
        yield


@contextmanager
def held_alone(data: Path) -> Generator[None]:
    """Hold a data folder that no server uses, until the block ends; none starts meanwhile.

    Raises:
        DomainError: ``invalid_input``: a server runs on it, or somebody else holds it alone.
    """
    with ExitStack() as stack:
        lock = stack.enter_context(closing(FileLock(data / RUNNING_FILE, wait_ms=0)))
        try:
            stack.enter_context(lock)
        except StorageError:
            raise DomainError(
                ErrorCode.INVALID_INPUT,
                gettext("a server runs on {folder}: stop the server first").format(folder=data),
            ) from None
        yield
