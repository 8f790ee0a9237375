"""Sealing: what only the person's devices can read.

Bodies in ``self`` are padded, then sealed with a vault key by XChaCha20-Poly1305; the associated
data binds them to their event id and key. Vault keys travel in boxes that one holder's X25519 key
opens, never under another vault key: who holds an old one must not get at a new one. The cipher
itself is a port, so that the same code runs where it comes from elsewhere (a browser).
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Final, Protocol

from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, SealError
from trailmark_shared.ids import EventId, KeyId, SpaceId
from trailmark_shared.words import gettext

NONCE_BYTES: Final = 24
VAULT_KEY_BYTES: Final = 32
BOX_KEY_BYTES: Final = 32
"""Length of an X25519 key, private or public, in bytes."""

_PAD_MARK: Final = b"\x80"
_WRAP_LABEL: Final = b"trailmark-wrap/1"
_KEY_LABEL: Final = b"trailmark-key/1"


class Cipher(Protocol):
    """XChaCha20-Poly1305 (IETF, 24-byte nonce), Ed25519 verification, sealed boxes over X25519.

    A sealed box is the one of libsodium (``crypto_box_seal``): the public half of a fresh key,
    then XSalsa20-Poly1305 of the plaintext under the shared key, with the first 24 bytes of
    BLAKE2b(fresh public key ‖ receiver's public key) as nonce.

    Implementations: PyNaCl in ``trailmark_adapters.nacl``, noble in ``trailmark_adapters.noble``.
    All keep the vectors in ``tests/golden/sealing.json`` and ``signatures.json``.
    """

    def seal(self, key: bytes, nonce: bytes, plaintext: bytes, associated: bytes) -> bytes:
        """Return ciphertext and tag of ``plaintext``."""
        ...

    def open(self, key: bytes, nonce: bytes, ciphertext: bytes, associated: bytes) -> bytes:
        """Return the plaintext.

        Raises:
            SealError: ``seal_broken``: another key, nonce or associated data, or altered bytes.
        """
        ...

    def is_signed(self, public_key: bytes, message: bytes, signature: bytes) -> bool:
        """Say whether ``signature`` is the Ed25519 signature of ``message`` by ``public_key``.

        Key and first half of the signature must be points of prime order, encoded as RFC 8032 does,
        and the second half below that order: of anything else verifiers say different things.
        """
        ...

    def box_public_key(self, private_key: bytes) -> bytes:
        """Return the X25519 public key of a private one: 32 bytes from 32 random ones."""
        ...

    def seal_box(self, public_key: bytes, fresh_key: bytes, plaintext: bytes) -> bytes:
        """Return a box that only the holder of ``public_key``'s private half opens.

        Args:
            public_key: The receiver's, 32 bytes.
            fresh_key: A private key that is used once and forgotten, 32 random bytes.
            plaintext: What to seal; the box is 48 bytes longer.

        Raises:
            SealError: ``seal_broken``: ``public_key`` is no key that anybody could hold.
        """
        ...

    def open_box(self, private_key: bytes, box: bytes) -> bytes:
        """Return what a box holds.

        Raises:
            SealError: ``seal_broken``: sealed for somebody else, or altered.
        """
        ...


def pad(body: bytes) -> bytes:
    """Return ``body`` padded to a multiple of ``limits.SEAL_BLOCK_BYTES``.

    Source:
        ISO/IEC 7816-4: one byte 0x80, then zeros.
    """
    fill = -(len(body) + 1) % limits.SEAL_BLOCK_BYTES
    return body + _PAD_MARK + bytes(fill)


def unpad(padded: bytes) -> bytes:
    """Return the body from its padded form.

    Raises:
        SealError: ``seal_broken``: there is no padding mark.
    """
    marked = padded.rstrip(b"\x00")
    if not marked.endswith(_PAD_MARK):
        raise SealError(ErrorCode.SEAL_BROKEN, gettext("the padding of a sealed body is broken"))
    return marked[:-1]


def seal_body(
    cipher: Cipher, key_id: KeyId, key: bytes, nonce: bytes, event_id: EventId, body: bytes
) -> bytes:
    """Return the stored form of a sealed body: nonce ‖ ciphertext of the padded body.

    Args:
        cipher: The cipher port.
        key_id: Id of the vault key, bound into the associated data.
        key: The vault key, 32 bytes.
        nonce: 24 fresh random bytes.
        event_id: The event that will carry it, bound into the associated data.
        body: Plain JSON body.

    Returns:
        Bytes whose length tells the size of the body only to 256 bytes.
    """
    return nonce + cipher.seal(key, nonce, pad(body), event_id + key_id)


def open_body(cipher: Cipher, key_id: KeyId, key: bytes, event_id: EventId, sealed: bytes) -> bytes:
    """Return the plain JSON body of a sealed one.

    Raises:
        SealError: ``seal_broken``: not sealed by this key for this event, or altered.
    """
    nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    return unpad(cipher.open(key, nonce, ciphertext, event_id + key_id))


def derive_key(secret: bytes, label: bytes, length: int = 32) -> bytes:
    """Return a key derived from ``secret`` for one purpose.

    Args:
        secret: High-entropy secret; it needs no stretching.
        label: Names the purpose; two labels give unrelated keys.
        length: Bytes wanted, at most 255 * 32.

    Source:
        RFC 5869 (HKDF) with SHA-256 and no salt.
    """
    pseudorandom = hmac.digest(bytes(32), secret, "sha256")
    output, block = b"", b""
    for counter in range(1, -(-length // 32) + 1):
        block = hmac.digest(pseudorandom, block + label + bytes((counter,)), "sha256")
        output += block
    return output[:length]


def wrap_key(
    cipher: Cipher,
    public_key: bytes,
    fresh_key: bytes,
    space: SpaceId,
    key_id: KeyId,
    key: bytes,
) -> bytes:
    """Return a vault key in a box for one holder.

    Args:
        cipher: The cipher port.
        public_key: The holder's X25519 public key.
        fresh_key: 32 random bytes that are used once.
        space: Whose vault key.
        key_id: Its id.
        key: The vault key, 32 bytes.

    Raises:
        SealError: ``seal_broken``: the public key is none.
    """
    return cipher.seal_box(public_key, fresh_key, _WRAP_LABEL + space + key_id + key)


def unwrap_key(
    cipher: Cipher, private_key: bytes, space: SpaceId, key_id: KeyId, wrapped: bytes
) -> bytes:
    """Return the vault key from its box.

    Raises:
        SealError: ``seal_broken``: not wrapped for this holder, altered, or another key: the id
            of a key tells its value, so that nobody can hand out theirs under its name.
    """
    plain = cipher.open_box(private_key, wrapped)
    prefix = _WRAP_LABEL + space + key_id
    key = plain[len(prefix) :]
    if plain != prefix + key or len(key) != VAULT_KEY_BYTES or vault_key_id(key) != key_id:
        raise SealError(ErrorCode.SEAL_BROKEN, gettext("a wrapped vault key is another one"))
    return key


def vault_key_id(key: bytes) -> KeyId:
    """Return the id of a vault key, made of its value: the start of a SHA-256."""
    return KeyId(digest(_KEY_LABEL + key)[: limits.KEY_ID_BYTES])


def digest(data: bytes) -> bytes:
    """Return SHA-256 of ``data``: how secrets with high entropy are stored and compared."""
    return sha256(data).digest()
