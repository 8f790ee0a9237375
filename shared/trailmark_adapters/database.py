"""A store for event loops, as what lives in one sees it: units of work, each one transaction."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self, TypeVar

from trailmark_adapters.sqlite import Work

_Result = TypeVar("_Result")


class Database(Protocol):
    """One database file for tasks of an event loop; an asynchronous context manager.

    A unit of work is committed whole or not at all, also where its caller is cancelled.
    """

    async def write(self, work: Work[_Result]) -> _Result:
        """Run ``work`` in one write transaction; see ``SqliteFile.write``."""
        ...

    async def read(self, work: Work[_Result]) -> _Result:
        """Run ``work`` over one unchanging state of the file; see ``SqliteFile.read``."""
        ...

    async def data_version(self) -> int:
        """Return a number that changes when somebody else has written."""
        ...

    async def checkpoint(self) -> bool:
        """Move the WAL into the file and cut it; return whether it is cut."""
        ...

    async def clean(self) -> bool:
        """Write the file anew, without what was deleted; return whether the WAL is cut too."""
        ...

    async def __aenter__(self) -> Self:
        """Open the file."""
        ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        ...
