"""In memory: hand-overs."""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_server.storage.accounts.hand_overs import HandOver
from trailmark_shared.ids import SpaceId


class MemoryHandOvers:
    """A dictionary from key to row; see ``HandOverRows``."""

    def __init__(self) -> None:
        self._hand_overs: dict[tuple[bytes, bytes], HandOver] = {}

    def hand_over(self, space: SpaceId, therapist: bytes) -> HandOver | None:
        """Return what a therapist proposes to a person."""
        return self._hand_overs.get((space, therapist))

    def hand_overs(self, space: SpaceId) -> Sequence[HandOver]:
        """Return everything that is proposed to a person, by time."""
        rows = [row for row in self._hand_overs.values() if row.space == space]
        return sorted(rows, key=lambda row: (row.made_at, row.therapist))

    def save_hand_over(self, row: HandOver) -> None:
        """Keep a hand-over in place of the therapist's one before."""
        self._hand_overs[row.space, row.therapist] = row

    def drop_hand_over(self, space: SpaceId, therapist: bytes) -> None:
        """Forget a hand-over."""
        self._hand_overs.pop((space, therapist), None)

    def drop_expired(self, before: int) -> None:
        """Forget what expired before this time, milliseconds UTC."""
        rows = self._hand_overs.items()
        self._hand_overs = {key: row for key, row in rows if row.expires_at >= before}

    def erase_space(self, space: SpaceId) -> None:
        """Forget what was proposed to a person."""
        rows = self._hand_overs.items()
        self._hand_overs = {key: row for key, row in rows if row.space != space}
