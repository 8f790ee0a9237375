"""Places in a list that need no list: every item keeps a key, and keys compare as text.

An item that moves gets a key between its new neighbours; nobody else's key changes, so two devices
can order the same list offline.
"""

from __future__ import annotations

from typing import Final

DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
"""Digits of a key; no key ends with ``0``, so there is always room before it."""


def key_between(before: str | None, after: str | None) -> str:
    """Return a key between two neighbours.

    Args:
        before: Key of the item before, or ``None`` at the start.
        after: Key of the item after, greater than ``before``, or ``None`` at the end.

    Returns:
        A key greater than ``before`` and less than ``after``.
    """
    low = before or ""
    if after is not None:
        same = _shared_digits(low, after)
        if same:
            return after[:same] + key_between(low[same:], after[same:])
    low_digit = DIGITS.index(low[0]) if low else 0
    high_digit = len(DIGITS) if after is None else DIGITS.index(after[0])
    if high_digit - low_digit > 1:
        return DIGITS[(low_digit + high_digit) // 2]
    if after is not None and len(after) > 1:
        return after[0]
    return DIGITS[low_digit] + key_between(low[1:], None)


def _shared_digits(low: str, high: str) -> int:
    """Return how many leading digits agree, ``low`` being continued by zeros."""
    same = 0
    while same < len(high) and (low[same] if same < len(low) else "0") == high[same]:
        same += 1
    return same
