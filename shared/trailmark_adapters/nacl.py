"""The one door to PyNaCl: the cipher of sealed bodies, boxes for keys, signatures of heads."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from importlib import import_module
from typing import Any, Final

from nacl import bindings
from nacl.exceptions import BadSignatureError, CryptoError

from trailmark_shared.errors import ErrorCode, SealError
from trailmark_shared.words import gettext

_POINT_BYTES: Final = 32
_KEY_BYTES: Final = bindings.crypto_aead_xchacha20poly1305_ietf_KEYBYTES
_NONCE_BYTES: Final = bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_TAG_BYTES: Final = bindings.crypto_aead_xchacha20poly1305_ietf_ABYTES

# Seals are taken from libsodium itself: what stands around these two functions in the binding costs
# three times what they do, and it runs for every event (docs/decisions/0030-seals-at-once.md).
_sodium: Final[Any] = import_module("nacl._sodium")
_encrypt: Final = _sodium.lib.crypto_aead_xchacha20poly1305_ietf_encrypt
_decrypt: Final = _sodium.lib.crypto_aead_xchacha20poly1305_ietf_decrypt
_nothing: Final = _sodium.ffi.NULL
_bytes_of: Final = _sodium.ffi.buffer
_new: Final = _sodium.ffi.new
_array: Final = _sodium.ffi.typeof("unsigned char[]")

_KEYS_CACHED: Final = 1024

STRETCHED_BYTES: Final = 32
"""Length of a stretched key, in bytes."""


class NaclCipher:
    """Ciphers, boxes and Ed25519 verification by libsodium; keeps ``sealing.Cipher``."""

    def seal(self, key: bytes, nonce: bytes, plaintext: bytes, associated: bytes) -> bytes:
        """Return ciphertext and tag of ``plaintext``.

        Raises:
            ValueError: ``key`` or ``nonce`` has another length than the cipher's.
        """
        if not _fits(key, nonce):
            raise ValueError("a key is 32 bytes and a nonce is 24")
        size = len(plaintext)
        sealed = _new(_array, size + _TAG_BYTES)
        _encrypt(
            sealed, _nothing, plaintext, size, associated, len(associated), _nothing, nonce, key
        )
        return _bytes_of(sealed)[:]

    def open(self, key: bytes, nonce: bytes, ciphertext: bytes, associated: bytes) -> bytes:
        """Return the plaintext.

        Raises:
            SealError: ``seal_broken``: another key, nonce or associated data, or altered bytes.
        """
        size = len(ciphertext)
        if _fits(key, nonce) and size >= _TAG_BYTES:
            opened = _new(_array, size - _TAG_BYTES)
            failed = _decrypt(
                opened,
                _nothing,
                _nothing,
                ciphertext,
                size,
                associated,
                len(associated),
                nonce,
                key,
            )
            if not failed:
                return _bytes_of(opened)[:]
        raise SealError(ErrorCode.SEAL_BROKEN, gettext("a sealed body does not open"))

    def is_signed(self, public_key: bytes, message: bytes, signature: bytes) -> bool:
        """Say whether ``signature`` is the Ed25519 signature of ``message`` by ``public_key``."""
        if len(signature) != bindings.crypto_sign_BYTES or not _is_key(public_key):
            return False
        if not _is_of_prime_order(signature[:_POINT_BYTES]):
            return False
        try:
            bindings.crypto_sign_open(signature + message, public_key)
        except BadSignatureError:
            return False
        return True

    def box_public_key(self, private_key: bytes) -> bytes:
        """Return the X25519 public key of a private one."""
        return bindings.crypto_scalarmult_base(private_key)

    def seal_box(self, public_key: bytes, fresh_key: bytes, plaintext: bytes) -> bytes:
        """Return a box that only the holder of ``public_key``'s private half opens.

        ``crypto_box_seal`` with its fresh key as an argument: libsodium's own takes it from the
        machine, and nothing could be repeated in a test.

        Raises:
            SealError: ``seal_broken``: ``public_key`` is no key that anybody could hold.
        """
        fresh_public = self.box_public_key(fresh_key)
        nonce = _box_nonce(fresh_public, public_key)
        try:
            return fresh_public + bindings.crypto_box(plaintext, nonce, public_key, fresh_key)
        except CryptoError:
            raise SealError(ErrorCode.SEAL_BROKEN, gettext("this is no key to seal for")) from None

    def open_box(self, private_key: bytes, box: bytes) -> bytes:
        """Return what a box holds.

        Raises:
            SealError: ``seal_broken``: sealed for somebody else, or altered.
        """
        try:
            return bindings.crypto_box_seal_open(box, self.box_public_key(private_key), private_key)
        except CryptoError:
            raise SealError(ErrorCode.SEAL_BROKEN, gettext("a box does not open")) from None


def _fits(key: bytes, nonce: bytes) -> bool:
    """Say whether C may read as many bytes as it will."""
    return len(key) == _KEY_BYTES and len(nonce) == _NONCE_BYTES


def stretched(passphrase: bytes, salt: bytes, passes: int, memory_bytes: int) -> bytes:
    """Return a key that can only be guessed as slowly as the cost says, 32 bytes.

    Args:
        passphrase: What a person typed.
        salt: 16 bytes, of their own for each.
        passes: Over the memory, at least 1.
        memory_bytes: At least 8 KiB.

    Source:
        RFC 9106 (Argon2id) with one lane, by libsodium.
    """
    return bindings.crypto_pwhash_alg(
        STRETCHED_BYTES,
        passphrase,
        salt,
        passes,
        memory_bytes,
        bindings.crypto_pwhash_ALG_ARGON2ID13,
    )


@lru_cache(_KEYS_CACHED)
def _is_key(public_key: bytes) -> bool:
    return len(public_key) == _POINT_BYTES and _is_of_prime_order(public_key)


def _is_of_prime_order(point: bytes) -> bool:
    """Say whether these are the one encoding of a point that all verifiers treat alike.

    Versions of libsodium differ about points with a part of small order, as noble does.

    Args:
        point: 32 bytes.

    Returns:
        Whether it is one of prime order.
    """
    return bool(bindings.crypto_core_ed25519_is_valid_point(point))


def _box_nonce(fresh_public: bytes, public_key: bytes) -> bytes:
    size = bindings.crypto_box_NONCEBYTES
    return blake2b(fresh_public + public_key, digest_size=size).digest()


class NaclSigner:
    """An Ed25519 signing key.

    Attributes:
        public_key: The public half, 32 bytes.
    """

    def __init__(self, seed: bytes) -> None:
        """Derive the key pair from ``seed``, 32 unguessable bytes."""
        self.public_key, self._secret_key = bindings.crypto_sign_seed_keypair(seed)

    def sign(self, message: bytes) -> bytes:
        """Return the signature of ``message``, 64 bytes."""
        signed = bindings.crypto_sign(message, self._secret_key)
        return signed[: bindings.crypto_sign_BYTES]
