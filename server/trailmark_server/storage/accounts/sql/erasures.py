"""In SQL: persons who were erased, and what their devices say about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trailmark_server.storage.accounts.erasures import ErasureProof, SpaceErasure
from trailmark_server.storage.accounts.sql.table import Table
from trailmark_server.storage.sql.connection import Connection
from trailmark_shared.ids import SpaceId

ERASURES: Final = Table("erased_space", SpaceErasure, "space")
"""The same table in the log's file and in the keys store."""

PROOFS: Final = Table("erasure_proof", ErasureProof, "space", "device")
"""The same table in the log's file and in the keys store."""


class SqlErasures:
    """Tables behind one connection, inside its transaction; see ``ErasureRows``."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def erasure(self, space: SpaceId) -> SpaceErasure | None:
        """Return the erasure of a space, ``None`` while it was not erased."""
        return ERASURES.one(self._conn, "WHERE space = ?", space)

    def erasures(self) -> Sequence[SpaceErasure]:
        """Return every erasure, by space."""
        return ERASURES.find(self._conn, "ORDER BY space", ())

    def add_erasure(self, row: SpaceErasure) -> None:
        """Keep an erasure; the first one of a space stays."""
        self._conn.execute(ERASURES.add, ERASURES.values(row))

    def erasure_proofs(self, space: SpaceId | None = None) -> Sequence[ErasureProof]:
        """Return what the devices of a space (``None``: of all) say, by space and device."""
        where, values = ("", ()) if space is None else ("WHERE space = ?", (space,))
        return PROOFS.find(self._conn, f"{where} ORDER BY space, device", values)

    def save_erasure_proof(self, row: ErasureProof) -> None:
        """Keep what a device says."""
        self._conn.execute(PROOFS.save, PROOFS.values(row))
