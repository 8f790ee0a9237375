"""Who holds the person's vault keys: devices and recovery codes that were let in on this one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.storage.settings import set_setting, setting
from trailmark_shared.events.control import DeviceAdded, RecoveryCodeMade
from trailmark_shared.events.data import EventData
from trailmark_shared.ids import KeyId, text_from_id
from trailmark_shared.key_ring import KeyRing

_LET_IN: Final = "holders_let_in"


class LetIn(msgspec.Struct, frozen=True, kw_only=True):
    """A holder that the person let in on this device; kept, for it may have to be said again.

    Attributes:
        kind: A device, or a recovery code.
        id: Its id, 16 bytes.
        public_key: Its X25519 public key.
        name: What the person calls the device.
        given: The vault keys that it was handed.
    """

    kind: Literal["device", "recovery"]
    id: bytes
    public_key: bytes
    name: str = ""
    given: tuple[KeyId, ...] = ()

    def said(self) -> EventData:
        """Return the event that says so."""
        if self.kind == "device":
            return DeviceAdded(
                device=text_from_id(self.id), name=self.name, public_key=self.public_key
            )
        return RecoveryCodeMade(recovery=text_from_id(self.id), public_key=self.public_key)


def let_in_here(conn: Connection) -> list[LetIn]:
    """Return the holders that the person let in on this device."""
    kept = setting(conn, _LET_IN)
    return [] if kept is None else msgspec.json.decode(kept, type=list[LetIn])


def keep_let_in(conn: Connection, holders: Collection[LetIn]) -> None:
    """Keep these holders, and no others, as let in on this device."""
    set_setting(conn, _LET_IN, msgspec.json.encode(list(holders)).decode())


def is_over(ring: KeyRing, trusted: KeyId, holder: LetIn) -> bool:
    """Say whether a holder was removed, or a recovery code replaced, since it was let in.

    Args:
        ring: The key ring.
        trusted: The key that this device trusts.
        holder: Whom it let in.

    Returns:
        Whether its end is in force, or said with a key that follows the trusted one: with an older
        key a device may say so that was removed itself.
    """
    said_with = ring.removals.get(holder.id, set())
    return holder.id in ring.removed or any(ring.leads_to(trusted, key) for key in said_with)
