"""Pinning a server's new signing key: only along a valid way from the one that is pinned."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from trailmark_client.identity import HomeServer
from trailmark_client.storage.vault import Vault
from trailmark_shared.protocol.messages import SigningKey
from trailmark_shared.protocol.signing_keys import succession
from trailmark_shared.sealing import Cipher


def is_pinned(vault: Vault, keys: Sequence[SigningKey]) -> bool:
    """Say whether the newest of ``keys`` is the one that this device trusts already."""
    server = vault.identity_file.current.server
    return server is not None and server.signing_key == keys[-1].key


def followed(cipher: Cipher, server: HomeServer, keys: Sequence[SigningKey]) -> HomeServer | None:
    """Return the home server with the newest of ``keys`` pinned.

    Args:
        cipher: Checks signatures.
        server: The home server as this device knows it.
        keys: Every key that the server shows, the oldest first.

    Returns:
        The server, ``None`` when no valid way leads from the pinned key to the newest one.
    """
    way = succession(cipher, server.signing_key, keys)
    if way is None:
        return None
    if len(way) == 1:
        return server
    known = (*server.signing_keys, *way[1:])
    return msgspec.structs.replace(server, signing_key=way[-1].key, succession=known)


def follow_keys(vault: Vault, keys: Sequence[SigningKey]) -> bool:
    """Pin the newest of ``keys``; on the disk when this returns.

    The caller is inside a write transaction, as for every change of the identity file.

    Args:
        vault: Cipher and identity.
        keys: From ``welcome``.

    Returns:
        Whether it is trusted; nothing was changed if not.
    """
    server = vault.identity_file.current.server
    after = None if server is None else followed(vault.cipher, server, keys)
    if after is None:
        return False
    if after is not server:
        vault.identity_file.update(lambda current: msgspec.structs.replace(current, server=after))
    return True
