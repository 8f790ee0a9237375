"""The one door to PyNaCl: the cipher of sealed bodies and the signatures of lane heads."""

from __future__ import annotations

from typing import Final

from nacl import bindings
from nacl.exceptions import BadSignatureError, CryptoError

from trailmark_shared.errors import ErrorCode, SealError

SEED_BYTES: Final = 32
"""Length of a signing key's seed, in bytes."""


class NaclCipher:
    """XChaCha20-Poly1305 and Ed25519 verification by libsodium; keeps ``sealing.Cipher``."""

    def seal(self, key: bytes, nonce: bytes, plaintext: bytes, associated: bytes) -> bytes:
        """Return ciphertext and tag of ``plaintext``."""
        return bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
            plaintext, associated, nonce, key
        )

    def open(self, key: bytes, nonce: bytes, ciphertext: bytes, associated: bytes) -> bytes:
        """Return the plaintext.

        Raises:
            SealError: ``seal_broken``: another key, nonce or associated data, or altered bytes.
        """
        try:
            return bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
                ciphertext, associated, nonce, key
            )
        except (CryptoError, ValueError):
            raise SealError(ErrorCode.SEAL_BROKEN, "a sealed body does not open") from None

    def is_signed(self, public_key: bytes, message: bytes, signature: bytes) -> bool:
        """Say whether ``signature`` is the Ed25519 signature of ``message`` by ``public_key``."""
        try:
            bindings.crypto_sign_open(signature + message, public_key)
        except (BadSignatureError, CryptoError, ValueError):
            return False
        return True


class NaclSigner:
    """An Ed25519 signing key.

    Attributes:
        public_key: The public half, 32 bytes.
    """

    def __init__(self, seed: bytes) -> None:
        """Derive the key pair from ``seed``, ``SEED_BYTES`` unguessable bytes."""
        self.public_key, self._secret_key = bindings.crypto_sign_seed_keypair(seed)

    def sign(self, message: bytes) -> bytes:
        """Return the signature of ``message``, 64 bytes."""
        signed = bindings.crypto_sign(message, self._secret_key)
        return signed[: bindings.crypto_sign_BYTES]
