"""The one door to randomness: ids, salts, nonces, keys and the jitter of waits."""

from __future__ import annotations

import os
from typing import Protocol


class Randomness(Protocol):
    """Where unguessable bytes come from."""

    def token(self, length: int) -> bytes:
        """Return ``length`` unguessable bytes."""
        ...


class SystemRandomness:
    """The operating system's generator."""

    def token(self, length: int) -> bytes:
        """Return ``length`` bytes fit for keys."""
        return os.urandom(length)


def below(randomness: Randomness, bound: int) -> int:
    """Return a number from 0 to ``bound - 1``; the bias is below 2**-64 for any bound here.

    Args:
        randomness: Where the bits come from.
        bound: At least 1.
    """
    return int.from_bytes(randomness.token(16), "big") % bound
