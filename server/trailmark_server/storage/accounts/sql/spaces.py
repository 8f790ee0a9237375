"""In SQL: spaces, their devices, and codes for further ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trailmark_server.storage.accounts.spaces import Device, DeviceInvitation, DeviceStanding, Space
from trailmark_server.storage.accounts.sql.table import Table
from trailmark_server.storage.sql.connection import Connection
from trailmark_shared.ids import DeviceId, SpaceId

_SPACES: Final = Table("space", Space, "space")
_DEVICES: Final = Table("device", Device, "space", "device")
_STANDING: Final = """
    SELECT (SELECT erased_at FROM erased_space WHERE space = ?), expires_at, revoked_at
    FROM (SELECT 1) AS one LEFT JOIN device ON space = ? AND device = ?
"""
_DEVICE_INVITATIONS: Final = Table("device_invitation", DeviceInvitation, "space", "device")


class SqlSpaces:
    """Tables behind one connection, inside its transaction; see ``SpaceRows``."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def space(self, space: SpaceId) -> Space | None:
        """Return the space with this id."""
        return _SPACES.one(self._conn, "WHERE space = ?", space)

    def spaces(self) -> Sequence[Space]:
        """Return every space, by the time it was registered."""
        return _SPACES.find(self._conn, "ORDER BY created_at, space", ())

    def save_space(self, row: Space) -> None:
        """Keep a space."""
        self._conn.execute(_SPACES.save, _SPACES.values(row))

    def device(self, space: SpaceId, device: DeviceId) -> Device | None:
        """Return a device of a space."""
        return _DEVICES.one(self._conn, "WHERE space = ? AND device = ?", space, device)

    def device_standing(self, space: SpaceId, device: DeviceId) -> DeviceStanding:
        """Return how a device of a space stands: one small answer, since it is asked so often."""
        found = self._conn.execute(_STANDING, (space, space, device)).fetchone()
        erased_at, expires_at, revoked_at = found
        return DeviceStanding(
            is_erased=erased_at is not None, expires_at=expires_at or 0, revoked_at=revoked_at
        )

    def device_by_credential(self, hash_: bytes) -> Device | None:
        """Return the device whose present or renewed credential has this hash."""
        return _DEVICES.one(self._conn, "WHERE credential_hash = ? OR next_hash = ?", hash_, hash_)

    def devices(self, space: SpaceId) -> Sequence[Device]:
        """Return the devices of a space by the time they were let in."""
        return _DEVICES.find(self._conn, "WHERE space = ? ORDER BY created_at, device", (space,))

    def save_device(self, row: Device) -> None:
        """Keep a device."""
        self._conn.execute(_DEVICES.save, _DEVICES.values(row))

    def device_invitation(self, lookup_hash: bytes) -> DeviceInvitation | None:
        """Return the device invitation whose first half has this hash."""
        return _DEVICE_INVITATIONS.one(self._conn, "WHERE lookup_hash = ?", lookup_hash)

    def device_invitation_of(self, space: SpaceId, device: DeviceId) -> DeviceInvitation | None:
        """Return the invitation that a device made last."""
        return _DEVICE_INVITATIONS.one(self._conn, "WHERE space = ? AND device = ?", space, device)

    def save_device_invitation(self, row: DeviceInvitation) -> None:
        """Keep a device invitation."""
        self._conn.execute(_DEVICE_INVITATIONS.save, _DEVICE_INVITATIONS.values(row))

    def drop_expired(self, before: int) -> None:
        """Forget what expired before this time, milliseconds UTC."""
        self._conn.execute("DELETE FROM device_invitation WHERE expires_at < ?", (before,))
        self._conn.execute(
            "DELETE FROM device WHERE expires_at < ? AND space IN (SELECT space FROM erased_space)",
            (before,),
        )

    def erase_space(self, space: SpaceId) -> None:
        """Forget what a person's devices are called, and the bundles that wait for others."""
        self._conn.execute("UPDATE device SET name = '' WHERE space = ?", (space,))
        self._conn.execute("DELETE FROM device_invitation WHERE space = ?", (space,))
