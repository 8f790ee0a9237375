"""Grants that follow each other: changed terms are a new grant in place of the one before.

Two devices may be apart when one changes the terms and the other stops sharing. The stop wins,
whichever the server hears of first: a grant ends with any grant before it that was stopped.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Link(msgspec.Struct, frozen=True):
    """What this rule reads of a grant.

    Attributes:
        replaces: The grant whose place it took, or ``None``.
        is_stopped: It was revoked, and not because another one took its place.
    """

    replaces: str | None
    is_stopped: bool


def ended_by_a_stop(grants: Mapping[str, Link]) -> frozenset[str]:
    """Return the grants that were stopped themselves or took the place of one that was.

    Args:
        grants: All grants that are known, by id.

    Returns:
        Their ids. Whoever writes grants that follow each other in a circle ends none by that.
    """
    return frozenset(grant for grant in grants if _is_ended(grant, grants))


def _is_ended(grant: str, grants: Mapping[str, Link]) -> bool:
    seen: set[str] = set()
    present: str | None = grant
    while present is not None and present in grants and present not in seen:
        if grants[present].is_stopped:
            return True
        seen.add(present)
        present = grants[present].replaces
    return False


def first_in_line(grant: str, grants: Mapping[str, Link]) -> str:
    """Return the grant with which letting in began, of which ``grant`` changed the terms.

    Args:
        grant: A grant.
        grants: All grants that are known, by id.

    Returns:
        The first one that is known; ``grant`` itself where it took nobody's place.
    """
    first, seen = grant, {grant}
    while (before := grants[first].replaces if first in grants else None) in grants:
        if before is None or before in seen:
            break
        seen.add(before)
        first = before
    return first
