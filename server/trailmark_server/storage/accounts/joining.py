"""Rows of the account tables: invitations, and who redeemed whose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from trailmark_shared.ids import DeviceId, SpaceId


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """A therapist's invitation of one person, found by the first half of its code.

    Attributes:
        lookup_hash: Keyed hash of the code's first half.
        code_hash: Keyed hash of the whole code.
        therapist: Who invites.
        label: What the therapist calls the person; shown to the therapist only.
        confirmed: The operator vouches for the person: no confirmation by the therapist needed.
        created_at: When it was made.
        expires_at: When it stops to work.
        tries: Wrong second halves so far.
        used_at: When it was redeemed, or ``None``.
        used_space: The space that redeemed it.
        used_device: The device that redeemed it.
        used_claim: SHA-256 of the claim with which that device may ask again.
    """

    lookup_hash: bytes
    code_hash: bytes
    therapist: bytes
    label: str
    confirmed: bool
    created_at: int
    expires_at: int
    tries: int = 0
    used_at: int | None = None
    used_space: bytes | None = None
    used_device: bytes | None = None
    used_claim: bytes | None = None


class Acquaintance(msgspec.Struct, frozen=True, kw_only=True):
    """A therapist and a person who redeemed the therapist's invitation.

    It gives no right to read: only a grant in a lane does.

    Attributes:
        therapist: The one.
        space: The other.
        device: The device that joined; part of the comparison phrase.
        label: What the therapist calls the person.
        joined_at: When the invitation was redeemed.
        confirmed_at: When the therapist confirmed the phrase, or ``None``.
        signing_key: The server's key that the device pinned then; part of the comparison phrase.
            ``None`` for the first key.
        meets_at: When a session of theirs begins, as the therapist noted it, or ``None``.
        meets_every_weeks: After how many weeks it is repeated; 0 for not.
        meets_zone: IANA name of the zone in which it keeps its hour; empty for UTC.
    """

    therapist: bytes
    space: SpaceId
    device: DeviceId
    label: str
    joined_at: int
    confirmed_at: int | None = None
    signing_key: bytes | None = None
    meets_at: int | None = None
    meets_every_weeks: int = 0
    meets_zone: str = ""


class JoiningRows(Protocol):
    """Tables of invitations, and who redeemed whose; part of ``AccountRows``."""

    def invitation(self, lookup_hash: bytes) -> Invitation | None:
        """Return the invitation whose first half has this hash."""
        ...

    def invitations_of_therapist(self, therapist: bytes) -> Sequence[Invitation]:
        """Return everything that a therapist invited with and that is still kept, by time."""
        ...

    def save_invitation(self, row: Invitation) -> None:
        """Keep an invitation."""
        ...

    def drop_invitation(self, lookup_hash: bytes) -> None:
        """Forget an invitation."""
        ...

    def acquaintance(self, therapist: bytes, space: SpaceId) -> Acquaintance | None:
        """Return what joins a therapist and a space."""
        ...

    def acquaintances_of_therapist(self, therapist: bytes) -> Sequence[Acquaintance]:
        """Return everybody who redeemed an invitation of this therapist, by time."""
        ...

    def acquaintances_of_space(self, space: SpaceId) -> Sequence[Acquaintance]:
        """Return all therapists whose invitation this person redeemed, by time."""
        ...

    def save_acquaintance(self, row: Acquaintance) -> None:
        """Keep what joins a therapist and a space."""
        ...

    def drop_acquaintance(self, therapist: bytes, space: SpaceId) -> None:
        """Forget what joins a therapist and a space."""
        ...
