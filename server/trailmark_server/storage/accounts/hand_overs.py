"""Rows about hand-overs: who proposes to a person that a colleague goes on with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from trailmark_shared.ids import SpaceId


class HandOver(msgspec.Struct, frozen=True, kw_only=True):
    """A therapist's proposal to one person; it lets nobody in.

    Attributes:
        space: Whose: the person is asked, on their own devices.
        therapist: Who hands over; one proposal of each at a time.
        colleague: Who is to go on.
        made_at: When, milliseconds UTC.
        expires_at: When it stops to be shown.
        taken_at: When the person took it up, or ``None``.
        declined_at: When the person declined it, or ``None``; who proposed it is not told.
    """

    space: SpaceId
    therapist: bytes
    colleague: bytes
    made_at: int
    expires_at: int
    taken_at: int | None = None
    declined_at: int | None = None


class HandOverRows(Protocol):
    """The table of hand-overs."""

    def hand_over(self, space: SpaceId, therapist: bytes) -> HandOver | None:
        """Return what a therapist proposes to a person."""
        ...

    def hand_overs(self, space: SpaceId) -> Sequence[HandOver]:
        """Return everything that is proposed to a person, by time."""
        ...

    def save_hand_over(self, row: HandOver) -> None:
        """Keep a hand-over in place of the therapist's one before."""
        ...

    def drop_hand_over(self, space: SpaceId, therapist: bytes) -> None:
        """Forget a hand-over."""
        ...
