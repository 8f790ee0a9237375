"""Outside of a browser the cipher is libsodium's."""

from trailmark_adapters import nacl
from trailmark_adapters.cipher import (
    SEED_BYTES,
    STRETCH_SALT_BYTES,
    stretched,
    system_cipher,
    system_key_pair,
)
from trailmark_adapters.nacl import NaclCipher, NaclSigner


def test_this_machine_has_libsodium() -> None:
    assert isinstance(system_cipher(), NaclCipher)


def test_it_signs_with_libsodium() -> None:
    assert isinstance(system_key_pair(bytes(SEED_BYTES)), NaclSigner)


def test_a_passphrase_is_stretched_by_it() -> None:
    salt = bytes(STRETCH_SALT_BYTES)

    assert nacl.stretched(b"words", salt, 1, 8192) == stretched(b"words", salt, 1, 8192)
