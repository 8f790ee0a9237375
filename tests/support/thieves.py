"""What somebody says who holds a vault key and keeps to no rule but those of the event."""

from collections.abc import Mapping, Sequence

import msgspec

from trailmark_client.app import App
from trailmark_client.identity import VaultKey
from trailmark_shared.events.codec import claim_input
from trailmark_shared.events.control import (
    DeviceRemoved,
    LaneEnd,
    SubjectErased,
    VaultKeyWrapped,
    Wrap,
)
from trailmark_shared.events.data import EventData
from trailmark_shared.ids import SELF, KeyId, Lane, text_from_id
from trailmark_shared.sealing import plant_tag, vault_key_id, wrap_key


def plant(
    thief: App,
    value: bytes,
    holders: Mapping[bytes, bytes],
    under: KeyId | None = None,
    key_id: KeyId | None = None,
    ends: Sequence[LaneEnd] = (),
) -> KeyId:
    """Name a key the newest, for whom the thief likes; return its id."""
    identity = thief.identity
    fresh, old = key_id or vault_key_id(value), under or identity.trusted_key
    wraps = tuple(
        Wrap(
            under=text_from_id(holder),
            public_key=public,
            sealed=wrap_key(thief.vault.cipher, public, b"r" * 32, identity.space, fresh, value),
        )
        for holder, public in sorted(holders.items())
    )
    claim = VaultKeyWrapped(key=fresh.hex(), wraps=wraps, newest=True, ends=tuple(ends))
    if identity.vault_key(fresh) is None:
        thief.identity_file.update(
            lambda current: msgspec.structs.replace(
                current,
                vault_keys=(VaultKey(id=fresh, key=value), *current.vault_keys),
            )
        )
    proof = plant_tag(value, identity.space, old, claim_input(claim))
    say(thief, identity.device, msgspec.structs.replace(claim, proof=proof.hex()), old)
    return fresh


def remove(thief: App, device: bytes, proof: KeyId) -> None:
    """Say of a holder that it was removed."""
    say(thief, device, DeviceRemoved(device=text_from_id(device)), proof)


def say(thief: App, subject: bytes, data: EventData, proof: KeyId, lane: Lane = SELF) -> None:
    """Say something with whichever key."""
    thief.write(lambda conn: thief.recorder.record(conn, lane, subject, data, proof=proof))


def order(app: App, subject: bytes) -> SubjectErased:
    """Return the order to erase what a device holds of a subject."""
    found = app.read(
        lambda conn: conn.execute("SELECT id FROM event WHERE subject = ?", (subject,)).fetchall()
    )
    return SubjectErased(events=tuple(text_from_id(event) for (event,) in found))
