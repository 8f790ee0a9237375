"""How long something is good, also where the clock ran ahead when it began and was set right since.

Only the end is not enough: what began by such a clock would be good for as long as that was ahead.
So it must not begin later than now by more than it lasts. A clock that is set right by less than
that ends nothing.
"""

from __future__ import annotations


def lasts(since: int, now: int, ms: int) -> bool:
    """Say whether something is still good.

    Args:
        since: When it began, milliseconds UTC by the server's clock of then.
        now: Server clock.
        ms: How long it lasts.

    Returns:
        Whether it began, at most, so long ago, or so far ahead.
    """
    return abs(now - since) < ms


def lasts_until(expires_at: int, now: int, ms: int) -> bool:
    """Say whether something is still good of which the end is known.

    Args:
        expires_at: When it ends, milliseconds UTC by the server's clock of when it began.
        now: Server clock.
        ms: How long it lasts.

    Returns:
        As ``lasts``.
    """
    return lasts(expires_at - ms, now, ms)
