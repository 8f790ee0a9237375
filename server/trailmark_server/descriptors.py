"""File descriptors: as many as the machine allows, and one line in the log where they run out.

A server that has none left takes no connection and says nothing: the loop drops whoever comes.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from trailmark_server.logs import log_warning
from trailmark_shared import limits


def take_all() -> None:
    """Let this process open as many files and sockets as its user may."""
    resource = _resource()
    if resource is None:
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    except (OSError, ValueError):
        return  # a system that names no number it would take: what there was stays


def allowed() -> int | None:
    """Return how many this process may have open, ``None`` where nobody counts them."""
    resource = _resource()
    if resource is None:
        return None
    now, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if now == resource.RLIM_INFINITY else now


def _resource() -> Any:  # noqa: ANN401  (there is none on Windows)
    try:
        return import_module("resource")
    except ModuleNotFoundError:
        return None


class Descriptors:
    """Says once that hardly any are left, and once more only after half of them were free.

    The system gives the lowest number that is free, so the newest one tells how many are taken.
    """

    def __init__(self) -> None:
        self._is_told = False

    def opened(self, number: int, most: int | None) -> None:
        """Look at a descriptor that was just opened.

        Args:
            number: The descriptor.
            most: How many there may be, ``None`` for any number.
        """
        if most is None:
            return
        if 2 * number < most:
            self._is_told = False
        elif number >= most - limits.DESCRIPTORS_LEFT_MAX and not self._is_told:
            self._is_told = True
            log_warning("descriptors_short", limit=most)
