"""The cipher of this platform: libsodium, or in a browser the audited JavaScript of noble."""

from __future__ import annotations

import sys
from typing import Final, Protocol

from trailmark_shared.sealing import Cipher

SEED_BYTES: Final = 32
"""Length of a signing key's seed, in bytes."""

STRETCH_SALT_BYTES: Final = 16
"""Length of the salt of a stretched passphrase, in bytes."""


def system_cipher() -> Cipher:
    """Return the cipher that this platform has; both keep the same golden vectors."""
    if sys.platform == "emscripten":
        from trailmark_adapters.noble import loaded_cipher  # noqa: PLC0415

        return loaded_cipher()
    from trailmark_adapters.nacl import NaclCipher  # noqa: PLC0415  (does not exist in a browser)

    return NaclCipher()


class KeyPair(Protocol):
    """An Ed25519 key pair.

    Attributes:
        public_key: The public half, 32 bytes.
    """

    public_key: bytes

    def sign(self, message: bytes) -> bytes:
        """Return the signature of ``message``, 64 bytes."""
        ...


def system_key_pair(seed: bytes) -> KeyPair:
    """Return the key pair of a seed, ``SEED_BYTES`` unguessable bytes."""
    if sys.platform == "emscripten":
        from trailmark_adapters.noble import loaded_key_pair  # noqa: PLC0415

        return loaded_key_pair(seed)
    from trailmark_adapters.nacl import NaclSigner  # noqa: PLC0415

    return NaclSigner(seed)


def stretched(passphrase: bytes, salt: bytes, passes: int, memory_bytes: int) -> bytes:
    """Return a key that can only be guessed as slowly as the cost says, 32 bytes.

    Args:
        passphrase: What a person typed.
        salt: ``STRETCH_SALT_BYTES`` bytes, of their own for each.
        passes: Over the memory, at least 1.
        memory_bytes: At least 8 KiB.

    Source:
        RFC 9106 (Argon2id) with one lane.
    """
    if sys.platform == "emscripten":
        from trailmark_adapters import noble  # noqa: PLC0415

        return noble.stretched(passphrase, salt, passes, memory_bytes)
    from trailmark_adapters import nacl  # noqa: PLC0415

    return nacl.stretched(passphrase, salt, passes, memory_bytes)
