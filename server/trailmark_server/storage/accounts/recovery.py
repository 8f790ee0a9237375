"""Rows of the account tables: recovery codes."""

from __future__ import annotations

from typing import Protocol

import msgspec

from trailmark_shared.ids import SpaceId


class Recovery(msgspec.Struct, frozen=True, kw_only=True):
    """A person's recovery code, as far as the server knows it: hashes and sealed bytes.

    Attributes:
        space: Whose.
        lookup_hash: SHA-256 of the look-up id.
        authenticator_hash: SHA-256 of the authenticator.
        holder: Id under which devices wrap vault keys for it; no secret.
        bundle: Sealed; only the code opens it.
        made_at: When it was made.
        made_by: On which device.
        used_at: When it last let somebody in, or ``None``.
        used_by: Which device that was.
    """

    space: SpaceId
    lookup_hash: bytes
    authenticator_hash: bytes
    holder: bytes
    bundle: bytes
    made_at: int
    made_by: bytes
    used_at: int | None = None
    used_by: bytes | None = None


class RecoveryRows(Protocol):
    """Table of recovery codes, one for a space; part of ``AccountRows``."""

    def recovery(self, space: SpaceId) -> Recovery | None:
        """Return the recovery code of a space."""
        ...

    def recovery_by_lookup(self, hash_: bytes) -> Recovery | None:
        """Return the recovery code whose look-up id has this hash."""
        ...

    def save_recovery(self, row: Recovery) -> None:
        """Keep a recovery code; the one before it stops to work."""
        ...

    def drop_recovery(self, space: SpaceId) -> None:
        """Forget the recovery code of a space."""
        ...
