"""Throttles: how often an address may try a code, how fast a device may push.

Token buckets: each holds up to ``burst`` tokens and gains some as time passes. Time comes in as an
argument, from a clock that only runs forward.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator
from contextlib import contextmanager
from math import ceil

from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.words import gettext


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

    def wait_ms(self, now: int) -> int:
        """Return in how many milliseconds a whole token is there; 0 where one is."""
        missing = 1 - self._level - (now - self._seen) * self._per_second / 1000
        return max(0, ceil(missing * 1000 / self._per_second))


class TooManyTriesError(RefusedError):
    """Too many tries of one address or account.

    Attributes:
        wait_ms: When the next one is taken, milliseconds from now.
    """

    def __init__(self, wait_ms: int) -> None:
        """Say to wait."""
        super().__init__(ErrorCode.RATE_LIMITED, gettext("too many tries; wait a little"), "later")
        self.wait_ms = wait_ms


class Tries:
    """Counts tries of codes, links and passwords by whom they come from or whom they are for."""

    def __init__(
        self,
        burst: int = limits.TRIES_BURST,
        refill_ms: int = limits.TRIES_REFILL_MS,
        keys_max: int = limits.TRIES_ADDRESSES_MAX,
    ) -> None:
        """Allow ``burst`` tries of each key at once and one more per ``refill_ms``.

        Args:
            burst: Tries at once.
            refill_ms: Milliseconds.
            keys_max: Keys that are remembered; the one that was not seen for longest is forgotten.
        """
        self._burst = burst
        self._per_second = 1000 / refill_ms
        self._keys_max = keys_max
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    @contextmanager
    def counted(self, key: str, now: int) -> Generator[None]:
        """Count a try before it is made; a block that ends without an error takes it back.

        A right one does not count: behind one address may sit a whole waiting room.

        Args:
            key: An address or an account.
            now: Monotonic clock, milliseconds.

        Raises:
            TooManyTriesError: ``rate_limited``: too many wrong tries of this key.
        """
        bucket = self._take(key, now)
        yield
        bucket.give_back(1)

    def count(self, key: str, now: int) -> None:
        """Count something that is no try, and costs something each time.

        Args:
            key: An address.
            now: Monotonic clock, milliseconds.

        Raises:
            TooManyTriesError: ``rate_limited``: too many.
        """
        self._take(key, now)

    def _take(self, key: str, now: int) -> Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = Bucket(self._burst, self._per_second, now)
            self._buckets[key] = bucket
            if len(self._buckets) > self._keys_max:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(key)
        wait_ms = bucket.wait_ms(now)
        if wait_ms:
            raise TooManyTriesError(wait_ms)
        bucket.take(1, now)
        return bucket


def account_tries() -> Tries:
    """Return what counts wrong passwords by account."""
    return Tries(
        limits.ACCOUNT_TRIES_BURST, limits.ACCOUNT_TRIES_REFILL_MS, limits.ACCOUNTS_TRIED_MAX
    )


def challenge_counts() -> Tries:
    """Return what counts passkey challenges by address."""
    return Tries(limits.CHALLENGES_BURST, limits.CHALLENGES_REFILL_MS, limits.TRIES_ADDRESSES_MAX)
