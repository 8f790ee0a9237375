"""What a recovery code gives: all of it is derived, so that the code alone brings a person back.

Labels of HKDF keep the parts unrelated: the server learns look-up and authenticator (it stores
their hashes) and can compute neither the wrapping key, which opens the bundle that it keeps, nor
the private keys: the one for which devices wrap vault keys, and the one with which the code signs
that it lets a device in.
"""

from __future__ import annotations

from typing import Final

import msgspec

from trailmark_shared.sealing import BOX_KEY_BYTES, NONCE_BYTES, Cipher, derive_key

LOOKUP_LABEL: Final = b"trailmark-recovery-lookup/1"
AUTHENTICATOR_LABEL: Final = b"trailmark-recovery-authenticator/1"
WRAPPING_LABEL: Final = b"trailmark-recovery-wrapping/1"
HOLDER_LABEL: Final = b"trailmark-recovery-holder/1"
SIGN_LABEL: Final = b"trailmark-recovery-sign/1"
BACKUP_LABEL: Final = b"trailmark-recovery-backup/1"
KEEPER_LABEL: Final = b"trailmark-recovery-keeper/1"

LOOKUP_BYTES: Final = 16
AUTHENTICATOR_BYTES: Final = 32


class RecoverySecrets(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a recovery code gives.

    Attributes:
        lookup: Finds the person on the server, 16 bytes.
        authenticator: Proves to the server that the code is known, 32 bytes.
        wrapping_key: Seals the bundle that the server keeps, 32 bytes.
        private_key: X25519 private key for which vault keys are wrapped, 32 bytes.
        sign_seed: Ed25519 seed of the key with which it lets a device in, 32 bytes.
        backup_key: Seals backups, 32 bytes; devices that saw the code keep it.
    """

    lookup: bytes
    authenticator: bytes
    wrapping_key: bytes
    private_key: bytes
    sign_seed: bytes
    backup_key: bytes


def recovery_secrets(code: bytes) -> RecoverySecrets:
    """Return what the 16 bytes of a recovery code give.

    A code of 128 random bits needs no stretching.
    """
    return RecoverySecrets(
        lookup=derive_key(code, LOOKUP_LABEL, LOOKUP_BYTES),
        authenticator=derive_key(code, AUTHENTICATOR_LABEL, AUTHENTICATOR_BYTES),
        wrapping_key=derive_key(code, WRAPPING_LABEL),
        private_key=derive_key(code, HOLDER_LABEL, BOX_KEY_BYTES),
        sign_seed=derive_key(code, SIGN_LABEL, BOX_KEY_BYTES),
        backup_key=derive_key(code, BACKUP_LABEL),
    )


def recovery_keeper(first_key: bytes) -> bytes:
    """Return what proves to a server that a device holds the person's keys, 32 bytes.

    Args:
        first_key: The vault key with which the space began; every device of the person holds it.
    """
    return derive_key(first_key, KEEPER_LABEL)


def seal_recovery_bundle(
    cipher: Cipher, secrets: RecoverySecrets, nonce: bytes, bundle: bytes
) -> bytes:
    """Return the bundle as the server keeps it: nonce ‖ ciphertext, bound to the look-up."""
    return nonce + cipher.seal(secrets.wrapping_key, nonce, bundle, secrets.lookup)


def open_recovery_bundle(cipher: Cipher, secrets: RecoverySecrets, sealed: bytes) -> bytes:
    """Return the bundle from its sealed form.

    Raises:
        SealError: ``seal_broken``: of another code, or altered.
    """
    nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    return cipher.open(secrets.wrapping_key, nonce, ciphertext, secrets.lookup)
