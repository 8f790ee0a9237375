"""In memory: invitations, and who redeemed whose."""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_server.storage.accounts.joining import Acquaintance, Invitation
from trailmark_shared.ids import SpaceId


class MemoryJoining:
    """Dictionaries from key to row; see ``JoiningRows``."""

    def __init__(self) -> None:
        self._invitations: dict[bytes, Invitation] = {}
        self._acquaintances: dict[tuple[bytes, bytes], Acquaintance] = {}

    def invitation(self, lookup_hash: bytes) -> Invitation | None:
        """Return the invitation whose first half has this hash."""
        return self._invitations.get(lookup_hash)

    def invitations_of_therapist(self, therapist: bytes) -> Sequence[Invitation]:
        """Return everything that a therapist invited with, by time."""
        rows = [row for row in self._invitations.values() if row.therapist == therapist]
        return sorted(rows, key=lambda row: (row.created_at, row.lookup_hash))

    def drop_invitation(self, lookup_hash: bytes) -> None:
        """Forget an invitation."""
        self._invitations.pop(lookup_hash, None)

    def save_invitation(self, row: Invitation) -> None:
        """Keep an invitation."""
        self._invitations[row.lookup_hash] = row

    def acquaintance(self, therapist: bytes, space: SpaceId) -> Acquaintance | None:
        """Return what joins a therapist and a space."""
        return self._acquaintances.get((therapist, space))

    def acquaintances_of_therapist(self, therapist: bytes) -> Sequence[Acquaintance]:
        """Return everybody who redeemed an invitation of this therapist, by time."""
        rows = [row for row in self._acquaintances.values() if row.therapist == therapist]
        return sorted(rows, key=lambda row: (row.joined_at, row.space))

    def acquaintances_of_space(self, space: SpaceId) -> Sequence[Acquaintance]:
        """Return all therapists whose invitation this person redeemed, by time."""
        rows = [row for row in self._acquaintances.values() if row.space == space]
        return sorted(rows, key=lambda row: (row.joined_at, row.therapist))

    def save_acquaintance(self, row: Acquaintance) -> None:
        """Keep what joins a therapist and a space."""
        self._acquaintances[row.therapist, row.space] = row

    def drop_acquaintance(self, therapist: bytes, space: SpaceId) -> None:
        """Forget what joins a therapist and a space."""
        self._acquaintances.pop((therapist, space), None)

    def drop_expired(self, before: int) -> None:
        """Forget what expired before this time, milliseconds UTC."""
        kept = {key: row for key, row in self._invitations.items() if row.expires_at >= before}
        self._invitations = kept

    def erase_space(self, space: SpaceId) -> None:
        """Forget the invitations that a person redeemed, and whom they know."""
        invitations, known = self._invitations.items(), self._acquaintances.items()
        self._invitations = {key: row for key, row in invitations if row.used_space != space}
        self._acquaintances = {key: row for key, row in known if row.space != space}
