"""The rule for single-valued fields: which values are current, and which one is shown first.

Current are those setters that no other setter of the field names in its ``base``. One current value
is the value; several are a conflict, of which the greatest (effective_at, device, id) is shown
first. The rule needs no vector clock, does not depend on the order of arrival, and survives new
numbering after a restore.

A carrier (``goal_moved``) passes on what its ``base`` names: a setter that names the carrier has
seen those values too. By itself it supersedes nothing, because the event that it points to in the
other lane may have been refused.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Setter(msgspec.Struct, Generic[T], frozen=True, kw_only=True, gc=False):
    """One event that set a field, or carried it.

    Attributes:
        event: Id of the event.
        base: Ids of the values it had seen.
        effective_at: Its time, milliseconds UTC.
        device: The device that wrote it.
        value: What it set.
        is_carrier: It only passes ``base`` on.
    """

    event: bytes
    base: tuple[bytes, ...]
    effective_at: int
    device: bytes
    value: T
    is_carrier: bool = False


def current_values(setters: Collection[Setter[T]]) -> list[Setter[T]]:
    """Return the current values of a field, the one to show first in front.

    Args:
        setters: All setters and carriers of one field of one subject, in any order.

    Returns:
        The current ones, greatest (effective_at, device, event) first; empty only where nothing
        sets the field. Setters that name each other in a ring, which no honest device writes, are
        all current.
    """
    real = [each for each in setters if not each.is_carrier]
    if len(real) == 1:
        return real
    carried = {each.event: each.base for each in setters if each.is_carrier}
    named: set[bytes] = set()
    for each in real:
        named |= reach(each.base, carried) - {each.event}
    current = [each for each in real if each.event not in named] or real
    return sorted(current, key=_shown_first, reverse=True)


def reach(base: Collection[bytes], bases: Mapping[bytes, Collection[bytes]]) -> set[bytes]:
    """Return every id that ``base`` names, directly or through the bases of those in ``bases``."""
    reached: set[bytes] = set()
    waiting = list(base)
    while waiting:
        event = waiting.pop()
        if event not in reached:
            reached.add(event)
            waiting.extend(bases.get(event, ()))
    return reached


def _shown_first(setter: Setter[T]) -> tuple[int, bytes, bytes]:
    return setter.effective_at, setter.device, setter.event
