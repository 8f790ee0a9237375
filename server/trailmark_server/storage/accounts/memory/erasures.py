"""In memory: persons who were erased, and what their devices say about it."""

from __future__ import annotations

from collections.abc import Sequence

from trailmark_server.storage.accounts.erasures import ErasureProof, SpaceErasure
from trailmark_shared.ids import SpaceId


class MemoryErasures:
    """Dictionaries from key to row; see ``ErasureRows``."""

    def __init__(self) -> None:
        self._erasures: dict[bytes, SpaceErasure] = {}
        self._erasure_proofs: dict[tuple[bytes, bytes], ErasureProof] = {}

    def erasure(self, space: SpaceId) -> SpaceErasure | None:
        """Return the erasure of a space, ``None`` while it was not erased."""
        return self._erasures.get(space)

    def erasures(self) -> Sequence[SpaceErasure]:
        """Return every erasure, by space."""
        return [row for _, row in sorted(self._erasures.items())]

    def add_erasure(self, row: SpaceErasure) -> None:
        """Keep an erasure; the first one of a space stays."""
        self._erasures.setdefault(row.space, row)

    def erasure_proofs(self, space: SpaceId | None = None) -> Sequence[ErasureProof]:
        """Return what the devices of a space (``None``: of all) say, by space and device."""
        rows = sorted(self._erasure_proofs.items())
        return [row for _, row in rows if space in {None, row.space}]

    def save_erasure_proof(self, row: ErasureProof) -> None:
        """Keep what a device says."""
        self._erasure_proofs[row.space, row.device] = row
