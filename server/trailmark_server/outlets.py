"""Where the frames of a device's session go: a socket, or the answer to one request."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Protocol


class Outlet(Protocol):
    """Takes the frames of a session."""

    @property
    def is_full(self) -> bool:
        """No further page fits; answers to what came in still do."""
        ...

    def put(self, frame: bytes) -> Coroutine[Any, Any, None] | None:
        """Send one frame.

        Returns:
            ``None`` where it was taken; else what must be awaited before anything else is sent: the
            peer takes no more at present, or others must run.
        """
        ...
