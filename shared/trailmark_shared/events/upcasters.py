"""Old data made current: pure functions over plain values, applied on read, before typing.

An upcaster turns the data of ``(type, ver)`` into that of ``(type, ver + 1)``; a chain of them
leads to the version that the registry writes. Stored bytes are never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

Plain = dict[str, Any]
"""Data as decoded JSON."""

Upcaster = Callable[[Plain], Plain]
"""A pure function from one version's data to the next one's."""

UPCASTERS: Final[Mapping[tuple[str, int], Upcaster]] = {}
"""By (type, version it reads). Every type is still at version 1."""


def upcast(
    name: str,
    ver: int,
    current: int,
    data: Plain,
    upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
) -> Plain:
    """Return ``data`` of version ``ver`` as data of version ``current``.

    Args:
        name: Type of the event.
        ver: Version of ``data``, at most ``current``.
        current: Version wanted.
        data: Decoded JSON object; not changed.
        upcasters: The functions to use.

    Returns:
        The data of the wanted version.
    """
    for each in range(ver, current):
        data = upcasters[name, each](dict(data))
    return data
