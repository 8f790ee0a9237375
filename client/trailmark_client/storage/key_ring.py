"""The key ring of this device: read out of its store, kept in its identity file.

Keys and trust move on while a page is stored, in the same transaction. Whatever else follows from
the ring (a device to be let in again, a key to be passed on) is written by ``key_sharing``.
"""

from __future__ import annotations

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.identity import Identity, VaultKey
from trailmark_client.storage.read_models import LIVE, body_from_bytes, refold
from trailmark_client.storage.vault import Vault
from trailmark_shared.events.body import Body
from trailmark_shared.ids import SELF, EventId, KeyId, SpaceId
from trailmark_shared.key_ring import ControlEvent, Holding, KeyRing, fold_key_ring
from trailmark_shared.recovery import holder_of_recovery

_CONTROL_EVENTS = (
    "SELECT id, space, body FROM event"
    f" WHERE lane = 'self' AND key = x'0000000000000000' AND {LIVE}"
    " AND (seq IS NOT NULL OR NOT ?)"
    " ORDER BY seq IS NULL, held IS NOT NULL, abs(held), seq, pos"
)
"""In the order in which this device sees them: the log, what is held back, its own outbox."""


_LOCKED = "lane = 'self' AND type IS NULL AND body IS NOT NULL AND code IS NOT 'duplicate'"


def key_ring(conn: Connection, vault: Vault) -> KeyRing:
    """Return the ring that this device sees: the log, and its own unconfirmed events on top.

    Args:
        conn: The store.
        vault: Cipher and identity.
    """
    return fold_key_ring(vault.cipher, _holding(vault), _control_events(conn))


def told_key(conn: Connection, vault: Vault) -> KeyId:
    """Return the newest key that this device's word to the others is to be proven with.

    Without a copy of ``self`` on the server nobody is told of the keys that this device makes: what
    it says in other lanes is proven with the newest key that the log knows.

    Args:
        conn: The store.
        vault: Cipher and identity.
    """
    identity = vault.identity_file.current
    if identity.private_copy:
        return identity.trusted_key
    told = fold_key_ring(vault.cipher, _holding(vault), _control_events(conn, in_log=True)).newest
    return told if identity.vault_key(told) is not None else identity.trusted_key


def _holding(vault: Vault) -> Holding:
    identity = vault.identity_file.current
    private_keys = {bytes(identity.device): identity.private_key}
    if identity.recovery_key is not None:
        public_key = vault.cipher.box_public_key(identity.recovery_key)
        private_keys[holder_of_recovery(public_key)] = identity.recovery_key
    return Holding(
        first_key=identity.first_key,
        keys={each.id: each.key for each in identity.vault_keys},
        private_keys=private_keys,
    )


def _control_events(conn: Connection, *, in_log: bool = False) -> list[ControlEvent]:
    events: dict[bytes, ControlEvent] = {}
    for event_id, space, plain in conn.execute(_CONTROL_EVENTS, (in_log,)).fetchall():
        body = body_from_bytes(plain)
        # An id counts once, where it stands first: an order that is repeated orders nothing.
        if body is not None and event_id not in events:
            events[event_id] = ControlEvent(
                id=EventId(event_id), space=SpaceId(space), plain=plain, body=body
            )
    return list(events.values())


def take_keys(conn: Connection, vault: Vault, ring: KeyRing) -> None:
    """Keep the keys that the ring opened, seal with the newest if it may be trusted.

    What they open of ``self`` is read and folded: all of it that the store calls locked, for a kill
    may have come between the identity file and an earlier commit.

    Args:
        conn: The store, inside a write transaction.
        vault: Its identity file gets the keys, fsynced, before this returns.
        ring: From ``key_ring``.
    """
    before = vault.identity_file.current
    after = _with_keys(before, ring)
    if after != before:
        vault.identity_file.save(after)
    unlocked = unlock(conn, vault)
    if unlocked:
        refold(conn, SELF, unlocked)


def _with_keys(identity: Identity, ring: KeyRing) -> Identity:
    trusted, own, seals = identity.trusted_key, identity.own_key, identity.newest_key.id
    if ring.leads_to(trusted, ring.newest) and ring.newest in ring.keys:
        trusted = ring.newest
        if not ring.is_in_doubt:
            own = None
        is_own_given = own is not None and any(key_id == own for key_id, _ in ring.given)
        seals = own if own is not None and is_own_given else trusted
    keys = {each.id: each for each in identity.vault_keys}
    keys |= {
        key_id: VaultKey(id=key_id, key=key)
        for key_id, key in ring.keys.items()
        if key_id not in keys
    }
    last = keys.pop(seals)
    return msgspec.structs.replace(
        identity, vault_keys=(*keys.values(), last), trusted_key=trusted, own_key=own
    )


def has_sealed(conn: Connection, key: KeyId) -> bool:
    """Say whether an entry of this store is sealed with a vault key."""
    found = conn.execute("SELECT 1 FROM event WHERE lane = 'self' AND key = ? LIMIT 1", (key,))
    return found.fetchone() is not None


def unlock(conn: Connection, vault: Vault) -> list[bytes]:
    """Read what is locked in ``self`` and opens now; return its subjects, to be folded again."""
    held = {each.id for each in vault.identity_file.current.vault_keys}
    locked = conn.execute(f"SELECT pos, key FROM event WHERE {_LOCKED}").fetchall()
    found: list[tuple[Body, int]] = []
    for pos in [pos for pos, key in locked if key in held]:
        (plain,) = conn.execute(
            "SELECT opened(id, key, body) FROM event WHERE pos = ?", (pos,)
        ).fetchone()
        body = body_from_bytes(plain)
        if body is not None:
            found.append((body, pos))
    conn.executemany(
        "UPDATE event SET type = ?, subject = ?, day = ? WHERE pos = ?",
        [(body.type, body.subject, body.day, pos) for body, pos in found],
    )
    return [body.subject for body, _ in found]
