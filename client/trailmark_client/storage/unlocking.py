"""Taking vault keys: they are kept in the identity file, and what they open is read and folded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from trailmark_adapters.sqlite import Connection
from trailmark_client.identity import VaultKey
from trailmark_client.storage.read_models import body_from_bytes, refold
from trailmark_client.storage.vault import Vault
from trailmark_shared.events.body import Body
from trailmark_shared.ids import SELF, KeyId

LOCKED: Final = "lane IS 'self' AND type IS NULL AND body IS NOT NULL AND code IS NOT 'duplicate'"
"""Rows of ``self`` that no key opens, as their index has it."""


def keep_keys(vault: Vault, keys: Mapping[KeyId, bytes], sealing: KeyId | None) -> None:
    """Keep vault keys, fsynced before this returns.

    Args:
        vault: Its identity file gets them.
        keys: All that this device holds.
        sealing: The one that seals from now on; ``None`` for the one that does.
    """
    before = vault.identity_file.current
    held = {each.id: each for each in before.vault_keys}
    last = before.newest_key.id if sealing is None else sealing
    held |= {key_id: VaultKey(id=key_id, key=key) for key_id, key in keys.items()}
    newest = held.pop(last)
    after = msgspec.structs.replace(before, vault_keys=(*held.values(), newest))
    if after != before:
        vault.identity_file.save(after)


def unlock(conn: Connection, vault: Vault) -> None:
    """Read what is locked in ``self`` and opens now, and fold its subjects.

    All of it that the store calls locked: a kill may have come between the identity file and the
    commit that was to follow.

    Args:
        conn: The store, inside a write transaction.
        vault: The keys.
    """
    held = {each.id for each in vault.identity_file.current.vault_keys}
    locked = conn.execute(f"SELECT pos, key FROM event WHERE {LOCKED}").fetchall()
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
    if found:
        refold(conn, SELF, [body.subject for body, _ in found])
