"""In memory: spaces, their devices, and codes for further ones."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trailmark_server.storage.accounts.spaces import Device, DeviceInvitation, Space
from trailmark_shared.ids import DeviceId, SpaceId


class MemorySpaces:
    """Dictionaries from key to row; see ``SpaceRows``."""

    def __init__(self) -> None:
        self._spaces: dict[bytes, Space] = {}
        self._devices: dict[tuple[bytes, bytes], Device] = {}
        self._device_invitations: dict[tuple[bytes, bytes], DeviceInvitation] = {}

    def space(self, space: SpaceId) -> Space | None:
        """Return the space with this id."""
        return self._spaces.get(space)

    def spaces(self) -> Sequence[Space]:
        """Return every space, by the time it was registered."""
        return sorted(self._spaces.values(), key=lambda row: (row.created_at, row.space))

    def save_space(self, row: Space) -> None:
        """Keep a space."""
        self._spaces[row.space] = row

    def device(self, space: SpaceId, device: DeviceId) -> Device | None:
        """Return a device of a space."""
        return self._devices.get((space, device))

    def device_by_credential(self, hash_: bytes) -> Device | None:
        """Return the device whose present or renewed credential has this hash."""
        rows = self._devices.values()
        return next((row for row in rows if hash_ in {row.credential_hash, row.next_hash}), None)

    def devices(self, space: SpaceId) -> Sequence[Device]:
        """Return the devices of a space by the time they were let in."""
        rows = [row for row in self._devices.values() if row.space == space]
        return sorted(rows, key=lambda row: (row.created_at, row.device))

    def save_device(self, row: Device) -> None:
        """Keep a device."""
        self._devices[row.space, row.device] = row

    def device_invitation(self, lookup_hash: bytes) -> DeviceInvitation | None:
        """Return the device invitation whose first half has this hash."""
        rows = self._device_invitations.values()
        return next((row for row in rows if row.lookup_hash == lookup_hash), None)

    def device_invitation_of(self, space: SpaceId, device: DeviceId) -> DeviceInvitation | None:
        """Return the invitation that a device made last."""
        return self._device_invitations.get((space, device))

    def save_device_invitation(self, row: DeviceInvitation) -> None:
        """Keep a device invitation."""
        self._device_invitations[row.space, row.device] = row

    def drop_expired(self, before: int) -> None:
        """Forget what expired before this time, milliseconds UTC."""
        kept = {
            key: row for key, row in self._device_invitations.items() if row.expires_at >= before
        }
        self._device_invitations = kept

    def erase_space(self, space: SpaceId) -> None:
        """Forget what a person's devices are called, and the bundles that wait for others."""
        for row in self.devices(space):
            self.save_device(msgspec.structs.replace(row, name=""))
        waiting = self._device_invitations.items()
        self._device_invitations = {key: row for key, row in waiting if row.space != space}
