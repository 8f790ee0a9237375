"""In SQL: hand-overs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trailmark_server.storage.accounts.hand_overs import HandOver
from trailmark_server.storage.accounts.sql.table import Table
from trailmark_server.storage.sql.connection import Connection
from trailmark_shared.ids import SpaceId

_HAND_OVERS: Final = Table("hand_over", HandOver, "space", "therapist")


class SqlHandOvers:
    """A table behind one connection, inside its transaction; see ``HandOverRows``."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def hand_over(self, space: SpaceId, therapist: bytes) -> HandOver | None:
        """Return what a therapist proposes to a person."""
        return _HAND_OVERS.one(self._conn, "WHERE space = ? AND therapist = ?", space, therapist)

    def hand_overs(self, space: SpaceId) -> Sequence[HandOver]:
        """Return everything that is proposed to a person, by time."""
        return _HAND_OVERS.find(self._conn, "WHERE space = ? ORDER BY made_at, therapist", (space,))

    def save_hand_over(self, row: HandOver) -> None:
        """Keep a hand-over in place of the therapist's one before."""
        self._conn.execute(_HAND_OVERS.save, _HAND_OVERS.values(row))

    def drop_hand_over(self, space: SpaceId, therapist: bytes) -> None:
        """Forget a hand-over."""
        self._conn.execute(
            "DELETE FROM hand_over WHERE space = ? AND therapist = ?", (space, therapist)
        )

    def drop_expired(self, before: int) -> None:
        """Forget what expired before this time, milliseconds UTC."""
        self._conn.execute("DELETE FROM hand_over WHERE expires_at < ?", (before,))

    def erase_space(self, space: SpaceId) -> None:
        """Forget what was proposed to a person."""
        self._conn.execute("DELETE FROM hand_over WHERE space = ?", (space,))
