"""Rows of the account tables: spaces, their devices, and codes for further ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

from trailmark_shared.ids import DeviceId, SpaceId


class Space(msgspec.Struct, frozen=True, kw_only=True):
    """A person's space that this server is the home of."""

    space: SpaceId
    created_at: int


LetInBy = Literal["invitation", "device", "recovery"]
"""How a device was let in: with a therapist's invitation, by another device, by recovery code."""


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
        let_in_by: How it was let in, the last time.
        confirmed_by: The device on which the person said yes, where there was one.
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
    let_in_by: LetInBy = "invitation"
    confirmed_by: bytes | None = None


class DeviceStanding(msgspec.Struct, frozen=True, kw_only=True):
    """What every transaction of a device's session asks about it.

    Attributes:
        is_erased: Everything of its space was erased.
        expires_at: When its credential ends; 0 for a device that nobody let in.
        revoked_at: Since when it may do nothing, or ``None``.
    """

    is_erased: bool
    expires_at: int
    revoked_at: int | None


class DeviceInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """A device code: who invites, who waits to be let in, and what was answered.

    A device has one at a time.

    Attributes:
        space: The person's space.
        device: The device that invites.
        lookup_hash: SHA-256 of the first half of the code.
        keys_hash: ``Holder.hash`` of the inviting device.
        expires_at: When it stops to work.
        tries: Wrong tries so far.
        joining: What the first device that used it says of itself, MessagePack of
            ``device_joining.Joining``; ``None`` while nobody did.
        asked_at: When that was.
        answered_at: When the person said yes or no on the inviting device.
        bundle: Sealed for the joining device; ``None`` behind an answer is a no.
    """

    space: SpaceId
    device: DeviceId
    lookup_hash: bytes
    keys_hash: bytes
    expires_at: int
    tries: int = 0
    joining: bytes | None = None
    asked_at: int | None = None
    answered_at: int | None = None
    bundle: bytes | None = None


class SpaceRows(Protocol):
    """Tables of spaces, devices, and codes for further ones; part of ``AccountRows``."""

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

    def device_standing(self, space: SpaceId, device: DeviceId) -> DeviceStanding:
        """Return how a device of a space stands."""
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

    def device_invitation_of(self, space: SpaceId, device: DeviceId) -> DeviceInvitation | None:
        """Return the invitation that a device made last."""
        ...

    def save_device_invitation(self, row: DeviceInvitation) -> None:
        """Keep a device invitation."""
        ...
