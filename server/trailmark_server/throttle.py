"""Throttles: how often an address may try a code, how fast a device may push.

A token bucket of integers: it holds up to ``burst`` tokens and gains one per ``refill_ms``. Time
comes in as an argument, from a clock that only runs forward.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator
from contextlib import contextmanager

from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError


class Bucket:
    """A token bucket.

    Attributes:
        burst: Most tokens that it holds.
    """

    __slots__ = ("_level", "_per_second", "_seen", "burst")

    def __init__(self, burst: int, per_second: float, now: int) -> None:
        """Begin full.

        Args:
            burst: Most tokens that it holds.
            per_second: Tokens gained per second.
            now: Monotonic clock, milliseconds.
        """
        self.burst = burst
        self._per_second = per_second
        self._level = float(burst)
        self._seen = now

    def take(self, count: int, now: int) -> int:
        """Take ``count`` tokens, going into debt if need be.

        Returns:
            Milliseconds until the debt is paid; 0 when there is none.
        """
        gained = (now - self._seen) * self._per_second / 1000
        self._level = min(float(self.burst), self._level + gained) - count
        self._seen = now
        return 0 if self._level >= 0 else int(-self._level * 1000 / self._per_second) + 1

    def give_back(self, count: int) -> None:
        """Put tokens back that were taken and not used."""
        self._level = min(float(self.burst), self._level + count)

    def is_empty(self, now: int) -> bool:
        """Say whether not a single token is there now."""
        return self._level + (now - self._seen) * self._per_second / 1000 < 1


class Tries:
    """Counts wrong tries of codes and links by the address that they come from.

    A right one does not count: behind one address may sit a whole waiting room.
    """

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    @contextmanager
    def counted(self, address: str, now: int) -> Generator[None]:
        """Count a try before it is made; a block that ends without an error takes it back.

        Args:
            address: Where it comes from.
            now: Monotonic clock, milliseconds.

        Raises:
            RefusedError: ``rate_limited``: too many wrong tries from this address.
        """
        bucket = self._buckets.get(address)
        if bucket is None:
            bucket = Bucket(limits.TRIES_BURST, 1000 / limits.TRIES_REFILL_MS, now)
            self._buckets[address] = bucket
            if len(self._buckets) > limits.TRIES_ADDRESSES_MAX:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(address)
        if bucket.is_empty(now):
            raise RefusedError(ErrorCode.RATE_LIMITED, "too many tries; wait a little", "later")
        bucket.take(1, now)
        yield
        bucket.give_back(1)
