"""Opening and sealing the bodies of ``self`` with the keys of this device."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from trailmark_client.identity import Identity, IdentityFile, VaultKey
from trailmark_shared.errors import SealError
from trailmark_shared.ids import PLAIN, EventId, KeyId
from trailmark_shared.sealing import NONCE_BYTES, Cipher, open_body, seal_body

Opener = Callable[[bytes, bytes, "bytes | None"], "bytes | None"]
"""Gives the plain body of (event id, key id, body), as ``Vault.opened``."""


class Vault:
    """The keys of the identity file, at work.

    Attributes:
        cipher: The cipher port.
        identity_file: Where the keys are.
    """

    def __init__(self, cipher: Cipher, identity_file: IdentityFile) -> None:
        self.cipher = cipher
        self.identity_file = identity_file

    def opened(self, event_id: bytes, key_id: bytes, body: bytes | None) -> bytes | None:
        """Return the plain body of an event; the SQL function ``opened`` of every connection.

        Args:
            event_id: Id of the event, bound into the seal.
            key_id: The vault key that sealed it, or ``ids.PLAIN``.
            body: The stored bytes, or ``None`` for a stub.

        Returns:
            The bytes of the JSON body, or ``None`` for a stub, for a missing key and for a seal
            that does not open.
        """
        if body is None or key_id == PLAIN:
            return body
        return _opened(self.cipher, self.identity_file.current.vault_keys, event_id, key_id, body)

    def opener(self) -> Opener:
        """Return what opens bodies with the keys that the file holds now, without looking again.

        For one transaction or one page: a key that is let go of meanwhile opens nothing in the
        next one.
        """
        return opener_with(self.cipher, self.identity_file.current.vault_keys)

    def sealed(self, event_id: bytes, body: bytes, nonce: bytes) -> tuple[KeyId, bytes]:
        """Return the newest vault key's id and the body sealed under it.

        Args:
            event_id: The event that will carry the body.
            body: The plain JSON body.
            nonce: ``NONCE_BYTES`` fresh random bytes.
        """
        return self.sealed_with(self.identity_file.current, event_id, body, nonce)

    def sealed_with(
        self, identity: Identity, event_id: bytes, body: bytes, nonce: bytes
    ) -> tuple[KeyId, bytes]:
        """Do what ``sealed`` does with an identity that was read already."""
        assert len(nonce) == NONCE_BYTES
        newest = identity.newest_key
        sealed = seal_body(self.cipher, newest.id, newest.key, nonce, EventId(event_id), body)
        return newest.id, sealed


def opener_with(cipher: Cipher, keys: Sequence[VaultKey]) -> Opener:
    """Return what opens bodies with these keys.

    Args:
        cipher: The cipher port.
        keys: Vault keys.
    """

    def opened(event_id: bytes, key_id: bytes, body: bytes | None) -> bytes | None:
        if body is None or key_id == PLAIN:
            return body
        return _opened(cipher, keys, event_id, key_id, body)

    return opened


def _opened(
    cipher: Cipher, keys: Sequence[VaultKey], event_id: bytes, key_id: bytes, body: bytes
) -> bytes | None:
    for each in keys:
        if each.id == key_id:
            try:
                return open_body(cipher, each.id, each.key, EventId(event_id), body)
            except SealError:
                return None
    return None
