"""In memory: recovery codes."""

from __future__ import annotations

from trailmark_server.storage.accounts.recovery import Recovery
from trailmark_shared.ids import SpaceId


class MemoryRecovery:
    """A dictionary from space to row; see ``RecoveryRows``."""

    def __init__(self) -> None:
        self._recoveries: dict[bytes, Recovery] = {}

    def recovery(self, space: SpaceId) -> Recovery | None:
        """Return the recovery code of a space."""
        return self._recoveries.get(space)

    def recovery_by_lookup(self, hash_: bytes) -> Recovery | None:
        """Return the recovery code whose look-up id has this hash."""
        return next((row for row in self._recoveries.values() if row.lookup_hash == hash_), None)

    def save_recovery(self, row: Recovery) -> None:
        """Keep a recovery code; the one before it stops to work."""
        self._recoveries[row.space] = row

    def drop_recovery(self, space: SpaceId) -> None:
        """Forget the recovery code of a space."""
        self._recoveries.pop(space, None)
