"""Rows of the account tables: persons who were erased, and what their devices say about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

from trailmark_shared.ids import DeviceId, SpaceId


class SpaceErasure(msgspec.Struct, frozen=True, kw_only=True):
    """Everything of a person was erased; it is final, their space takes nothing any more.

    Attributes:
        space: Whose.
        erased_at: When, milliseconds UTC.
        erased_by: A device of the person asked for it, or the operator.
    """

    space: SpaceId
    erased_at: int
    erased_by: Literal["person", "operator"]


class ErasureProof(msgspec.Struct, frozen=True, kw_only=True):
    """The order of one device to erase everything, for the person's other devices.

    Only they can check it.

    Attributes:
        space: Whose.
        device: The device that asked.
        event: Names the order, 16 bytes.
        bodies: MessagePack array of signed statements as they travel, the order last.
    """

    space: SpaceId
    device: DeviceId
    event: bytes
    bodies: bytes


class ErasureRows(Protocol):
    """Tables of persons who were erased; part of ``AccountRows``."""

    def erasure(self, space: SpaceId) -> SpaceErasure | None:
        """Return the erasure of a space, ``None`` while it was not erased."""
        ...

    def erasures(self) -> Sequence[SpaceErasure]:
        """Return every erasure, by space."""
        ...

    def add_erasure(self, row: SpaceErasure) -> None:
        """Keep an erasure; the first one of a space stays."""
        ...

    def erasure_proofs(self, space: SpaceId | None = None) -> Sequence[ErasureProof]:
        """Return what the devices of a space (``None``: of all) say, by space and device."""
        ...

    def save_erasure_proof(self, row: ErasureProof) -> None:
        """Keep what a device says."""
        ...
