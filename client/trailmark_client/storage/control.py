"""Control events: what they ask of a device, obeyed only with the proof that the person asked.

An operator or the thief of a credential can append control events; without a MAC under a vault key
that this device already holds they are kept and do nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.identity import Identity, VaultKey
from trailmark_client.storage.erasure import erase_events
from trailmark_client.storage.read_models import body_from_bytes
from trailmark_client.storage.vault import Vault
from trailmark_shared.errors import EventDataError, SealError
from trailmark_shared.events.body import Body
from trailmark_shared.events.codec import control_mac_input
from trailmark_shared.events.control import SpaceErased, SubjectErased, VaultKeyWrapped
from trailmark_shared.events.envelope import Event
from trailmark_shared.ids import SELF, EventId, KeyId, SpaceId, id_from_text
from trailmark_shared.sealing import is_control_tag, unwrap_key


class Obeyed(msgspec.Struct, kw_only=True):
    """What control events changed.

    Attributes:
        touched: Subjects of the lane to fold again.
        unlocked: Subjects of ``self`` that a new vault key opened.
        erased: Words were erased: the WAL is to be cut after the commit.
    """

    touched: list[bytes] = msgspec.field(default_factory=list[bytes])
    unlocked: list[bytes] = msgspec.field(default_factory=list[bytes])
    erased: bool = False


def is_proven(identity: Identity, event: Event, body: Body) -> bool:
    """Say whether a control event carries a MAC under a vault key that this device holds."""
    return event.body is not None and _has_tag(identity, event.id, event.space, event.body, body)


def _has_tag(identity: Identity, event: EventId, space: SpaceId, raw: bytes, body: Body) -> bool:
    if body.mac is None:
        return False
    key = identity.vault_key(body.mac.key)
    if key is None:
        return False
    try:
        mac_input = control_mac_input(event, space, raw)
    except EventDataError:
        return False
    return is_control_tag(key, mac_input, body.mac.tag)


def proves_erasure(identity: Identity, event: EventId, raw: bytes) -> bool:
    """Say whether another device of the person erased everything.

    Args:
        identity: Who this device is, with its vault keys.
        event: Id of the ``space_erased``.
        raw: Its body, as the server relayed it.

    Returns:
        Whether a MAC under a key that this device holds says so.
    """
    body = body_from_bytes(raw)
    return (
        body is not None
        and isinstance(body.data, SpaceErased)
        and body.subject == identity.space
        and _has_tag(identity, event, identity.space, raw, body)
    )


def obey(conn: Connection, vault: Vault, lane: str, events: Iterable[tuple[Event, Body]]) -> Obeyed:
    """Do what proven control events ask, in lane order.

    Args:
        conn: The store, inside a write transaction that already holds the events.
        vault: The keys; new ones are in the identity file, fsynced, before this returns.
        lane: The lane of the events.
        events: Control events with their bodies.

    Returns:
        What they changed.
    """
    obeyed = Obeyed()
    for event, body in events:
        identity = vault.identity_file.current
        if not is_proven(identity, event, body):
            continue
        match body.data:
            case SubjectErased(events=named):
                ids = [id_from_text(each) for each in named]
                obeyed.touched += erase_events(conn, lane, ids)
                obeyed.erased = True
            case VaultKeyWrapped():
                _take_key(vault, identity, body.data)
                obeyed.unlocked += unlock(conn, vault, KeyId(bytes.fromhex(body.data.key)))
            case _:
                pass
    return obeyed


def _take_key(vault: Vault, identity: Identity, wrapped: VaultKeyWrapped) -> None:
    key_id = KeyId(bytes.fromhex(wrapped.key))
    key = identity.vault_key(key_id) or _unwrapped(vault, identity, key_id, wrapped)
    if key is None or identity.newest_key.id == key_id:
        return
    others = tuple(each for each in identity.vault_keys if each.id != key_id)
    newest = VaultKey(id=key_id, key=key)
    vault.identity_file.update(
        lambda current: msgspec.structs.replace(current, vault_keys=(*others, newest))
    )


def _unwrapped(
    vault: Vault, identity: Identity, key_id: KeyId, wrapped: VaultKeyWrapped
) -> bytes | None:
    for wrap in wrapped.wraps:
        # A wrap for a device is named by 26 characters, one under a vault key by 16.
        if len(wrap.under) != 2 * len(key_id):
            continue
        under_id = KeyId(bytes.fromhex(wrap.under))
        under = identity.vault_key(under_id)
        if under is None:
            continue
        try:
            return unwrap_key(vault.cipher, under_id, under, key_id, wrap.sealed)
        except SealError:
            continue
    return None


def unlock(conn: Connection, vault: Vault, key_id: KeyId) -> list[bytes]:
    """Read what a newly held vault key opens; return the subjects of ``self`` to fold again."""
    if vault.identity_file.current.vault_key(key_id) is None:
        return []
    rows = conn.execute(
        "SELECT pos, opened(id, key, body) FROM event WHERE lane = ? AND key = ?"
        " AND type IS NULL AND body IS NOT NULL AND code IS NOT 'duplicate'",
        (SELF, key_id),
    ).fetchall()
    bodies = [(pos, body) for pos, plain in rows if (body := body_from_bytes(plain))]
    conn.executemany(
        "UPDATE event SET type = ?, subject = ?, day = ? WHERE pos = ?",
        [(body.type, body.subject, body.day, pos) for pos, body in bodies],
    )
    return [body.subject for _, body in bodies]
