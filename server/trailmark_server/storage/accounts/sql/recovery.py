"""In SQL: recovery codes."""

from __future__ import annotations

from typing import Final

from trailmark_server.storage.accounts.recovery import Recovery
from trailmark_server.storage.accounts.sql.table import Table
from trailmark_server.storage.sql.connection import Connection
from trailmark_shared.ids import SpaceId

_RECOVERIES: Final = Table("recovery", Recovery, "space")


class SqlRecovery:
    """One table behind a connection, inside its transaction; see ``RecoveryRows``."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def recovery(self, space: SpaceId) -> Recovery | None:
        """Return the recovery code of a space."""
        return _RECOVERIES.one(self._conn, "WHERE space = ?", space)

    def recovery_by_lookup(self, hash_: bytes) -> Recovery | None:
        """Return the recovery code whose look-up id has this hash."""
        return _RECOVERIES.one(self._conn, "WHERE lookup_hash = ?", hash_)

    def save_recovery(self, row: Recovery) -> None:
        """Keep a recovery code; the one before it stops to work."""
        self._conn.execute(_RECOVERIES.save, _RECOVERIES.values(row))

    def drop_recovery(self, space: SpaceId) -> None:
        """Forget the recovery code of a space."""
        self._conn.execute("DELETE FROM recovery WHERE space = ?", (space,))
