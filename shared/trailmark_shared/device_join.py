"""What two devices of one person prove and hand to each other while the server only relays.

The joining device proves with the secret half of the device code that it is the one which the
person holds: a MAC over everything that the server passes on, so that nothing of it can be swapped.
The inviting device seals the bundle twice: under a key of that secret, and in a box for the joining
device's X25519 key. Whoever learns only one of the two opens nothing.
"""

from __future__ import annotations

import hmac
from typing import Final

import msgspec

from trailmark_shared.codes import DeviceCode
from trailmark_shared.sealing import NONCE_BYTES, Cipher, derive_key

BUNDLE_LABEL: Final = b"trailmark-device-bundle/1"
"""Names the purpose of the key that seals a bundle."""

PROOF_LABEL: Final = b"trailmark-join-proof/1"
"""Names the purpose of the key that a joining device proves itself with."""


class JoiningDevice(msgspec.Struct, frozen=True, kw_only=True):
    """What a device says of itself when it asks to be let in.

    Attributes:
        device: Its id, 16 bytes.
        name: What the person calls it.
        sign_key: Its Ed25519 public key, 32 bytes.
        public_key: Its X25519 public key, 32 bytes.
        claim_hash: SHA-256 of the secret with which it will fetch bundle and credential, 32 bytes.
    """

    device: bytes
    name: str
    sign_key: bytes
    public_key: bytes
    claim_hash: bytes


def join_proof(code: DeviceCode, joining: JoiningDevice) -> bytes:
    """Return the proof that ``joining`` was typed the whole code: HMAC-SHA256, 32 bytes."""
    message = (
        code.lookup
        + joining.device
        + joining.sign_key
        + joining.public_key
        + joining.claim_hash
        + joining.name.encode()
    )
    return hmac.digest(derive_key(code.secret, PROOF_LABEL), message, "sha256")


def is_join_proof(code: DeviceCode, joining: JoiningDevice, proof: bytes) -> bool:
    """Say, in constant time, whether ``proof`` is the one of ``joining``."""
    return hmac.compare_digest(join_proof(code, joining), proof)


class Freshness(msgspec.Struct, frozen=True):
    """Random bytes that one sealing uses up.

    Attributes:
        nonce: 24 bytes.
        key: 32 bytes, the private key of the box.
    """

    nonce: bytes
    key: bytes


def seal_bundle(
    cipher: Cipher, code: DeviceCode, joining: JoiningDevice, fresh: Freshness, bundle: bytes
) -> bytes:
    """Return a bundle that needs both the code's secret and the joining device's private key.

    Raises:
        SealError: ``seal_broken``: the joining device's public key is none.
    """
    key = derive_key(code.secret, BUNDLE_LABEL)
    inner = cipher.seal(key, fresh.nonce, bundle, _bound_to(code, joining))
    return cipher.seal_box(joining.public_key, fresh.key, fresh.nonce + inner)


def open_bundle(
    cipher: Cipher, code: DeviceCode, joining: JoiningDevice, private_key: bytes, sealed: bytes
) -> bytes:
    """Return what ``seal_bundle`` sealed.

    Raises:
        SealError: ``seal_broken``: for another device or code, or altered.
    """
    inner = cipher.open_box(private_key, sealed)
    key = derive_key(code.secret, BUNDLE_LABEL)
    nonce, ciphertext = inner[:NONCE_BYTES], inner[NONCE_BYTES:]
    return cipher.open(key, nonce, ciphertext, _bound_to(code, joining))


def _bound_to(code: DeviceCode, joining: JoiningDevice) -> bytes:
    return code.lookup + joining.device + joining.sign_key + joining.public_key
