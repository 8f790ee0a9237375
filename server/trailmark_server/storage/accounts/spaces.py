"""Rows of the account tables: spaces, their devices, and bundles that wait for further ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from trailmark_shared.ids import DeviceId, SpaceId


class Space(msgspec.Struct, frozen=True, kw_only=True):
    """A person's space that this server is the home of."""

    space: SpaceId
    created_at: int


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A person's device and its credential.

    Attributes:
        space: Whose device it is.
        device: Its id.
        name: What the person calls it.
        credential_hash: SHA-256 of the credential it signs in with.
        created_at: When it was let in.
        issued_at: When the present credential was made.
        seen_at: When it last opened a session.
        expires_at: When the credential ends unless renewed.
        next_hash: SHA-256 of a renewed credential that was not used yet.
        next_issued_at: When that one was made.
        revoked_at: Since when it may do nothing, or ``None``.
    """

    space: SpaceId
    device: DeviceId
    name: str
    credential_hash: bytes
    created_at: int
    issued_at: int
    seen_at: int
    expires_at: int
    next_hash: bytes | None = None
    next_issued_at: int | None = None
    revoked_at: int | None = None


class DeviceInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """A sealed bundle that waits for a second device of the same person.

    Attributes:
        lookup_hash: SHA-256 of the first half of the device code.
        space: The person's space.
        device: The device that invites.
        bundle: Sealed bytes; the server cannot read them.
        expires_at: When it stops to work.
        used_at: When it was fetched, or ``None``.
        used_device: The device that fetched it.
    """

    lookup_hash: bytes
    space: SpaceId
    device: DeviceId
    bundle: bytes
    expires_at: int
    used_at: int | None = None
    used_device: bytes | None = None


class SpaceRows(Protocol):
    """Tables of spaces, devices, and bundles that wait for them; part of ``AccountRows``."""

    def space(self, space: SpaceId) -> Space | None:
        """Return the space with this id."""
        ...

    def spaces(self) -> Sequence[Space]:
        """Return every space, by the time it was registered."""
        ...

    def save_space(self, row: Space) -> None:
        """Keep a space."""
        ...

    def device(self, space: SpaceId, device: DeviceId) -> Device | None:
        """Return a device of a space."""
        ...

    def device_by_credential(self, hash_: bytes) -> Device | None:
        """Return the device whose present or renewed credential has this hash."""
        ...

    def devices(self, space: SpaceId) -> Sequence[Device]:
        """Return the devices of a space by the time they were let in, revoked ones included."""
        ...

    def save_device(self, row: Device) -> None:
        """Keep a device."""
        ...

    def device_invitation(self, lookup_hash: bytes) -> DeviceInvitation | None:
        """Return the device invitation whose first half has this hash."""
        ...

    def save_device_invitation(self, row: DeviceInvitation) -> None:
        """Keep a device invitation."""
        ...
