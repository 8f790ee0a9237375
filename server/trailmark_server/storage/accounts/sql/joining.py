"""In SQL: invitations, and who redeemed whose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trailmark_server.storage.accounts.joining import Acquaintance, Invitation
from trailmark_server.storage.accounts.sql.table import Table
from trailmark_server.storage.sql.connection import Connection
from trailmark_shared.ids import SpaceId

_INVITATIONS: Final = Table("invitation", Invitation, "lookup_hash")
_ACQUAINTANCES: Final = Table("acquaintance", Acquaintance, "space", "therapist")


class SqlJoining:
    """Tables behind one connection, inside its transaction; see ``JoiningRows``."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def invitation(self, lookup_hash: bytes) -> Invitation | None:
        """Return the invitation whose first half has this hash."""
        return _INVITATIONS.one(self._conn, "WHERE lookup_hash = ?", lookup_hash)

    def invitations_of_therapist(self, therapist: bytes) -> Sequence[Invitation]:
        """Return everything that a therapist invited with, by time."""
        return _INVITATIONS.find(
            self._conn, "WHERE therapist = ? ORDER BY created_at, lookup_hash", (therapist,)
        )

    def drop_invitation(self, lookup_hash: bytes) -> None:
        """Forget an invitation."""
        self._conn.execute("DELETE FROM invitation WHERE lookup_hash = ?", (lookup_hash,))

    def save_invitation(self, row: Invitation) -> None:
        """Keep an invitation."""
        self._conn.execute(_INVITATIONS.save, _INVITATIONS.values(row))

    def acquaintance(self, therapist: bytes, space: SpaceId) -> Acquaintance | None:
        """Return what joins a therapist and a space."""
        return _ACQUAINTANCES.one(self._conn, "WHERE space = ? AND therapist = ?", space, therapist)

    def acquaintances_of_therapist(self, therapist: bytes) -> Sequence[Acquaintance]:
        """Return everybody who redeemed an invitation of this therapist, by time."""
        return _ACQUAINTANCES.find(
            self._conn, "WHERE therapist = ? ORDER BY joined_at, space", (therapist,)
        )

    def acquaintances_of_space(self, space: SpaceId) -> Sequence[Acquaintance]:
        """Return all therapists whose invitation this person redeemed, by time."""
        return _ACQUAINTANCES.find(
            self._conn, "WHERE space = ? ORDER BY joined_at, therapist", (space,)
        )

    def save_acquaintance(self, row: Acquaintance) -> None:
        """Keep what joins a therapist and a space."""
        self._conn.execute(_ACQUAINTANCES.save, _ACQUAINTANCES.values(row))

    def drop_acquaintance(self, therapist: bytes, space: SpaceId) -> None:
        """Forget what joins a therapist and a space."""
        self._conn.execute(
            "DELETE FROM acquaintance WHERE space = ? AND therapist = ?", (space, therapist)
        )

    def drop_expired(self, before: int) -> None:
        """Forget what expired before this time, milliseconds UTC."""
        self._conn.execute("DELETE FROM invitation WHERE expires_at < ?", (before,))

    def erase_space(self, space: SpaceId) -> None:
        """Forget the invitations that a person redeemed, and whom they know."""
        self._conn.execute("DELETE FROM invitation WHERE used_space = ?", (space,))
        self._conn.execute("DELETE FROM acquaintance WHERE space = ?", (space,))
