"""Boxes are put together as libsodium does it; the ciphers themselves are tested in a browser."""

import pytest

from tests.support.fake_browser import FakeBrowser, in_browser
from trailmark_adapters import nacl
from trailmark_adapters.nacl import NaclCipher, NaclSigner
from trailmark_adapters.noble import loaded_cipher, loaded_key_pair, stretched
from trailmark_shared.errors import ErrorCode, SealError

SODIUM = NaclCipher()
PRIVATE, FRESH = bytes(range(32)), bytes(range(32, 64))


def test_each_opens_what_the_other_sealed() -> None:
    with in_browser(FakeBrowser()):
        noble = loaded_cipher()
    public = noble.box_public_key(PRIVATE)

    assert SODIUM.box_public_key(PRIVATE) == public
    assert SODIUM.seal_box(public, FRESH, b"words") == noble.seal_box(public, FRESH, b"words")
    assert b"words" == noble.open_box(PRIVATE, SODIUM.seal_box(public, FRESH, b"words"))
    sealed = noble.seal(bytes(32), bytes(24), b"words", b"bound")
    assert SODIUM.seal(bytes(32), bytes(24), b"words", b"bound") == sealed
    assert b"words" == noble.open(bytes(32), bytes(24), sealed, b"bound")


def test_what_does_not_open_is_broken() -> None:
    with in_browser(FakeBrowser()):
        noble = loaded_cipher()
    box = SODIUM.seal_box(SODIUM.box_public_key(PRIVATE), FRESH, b"words")

    for attempt in (
        lambda: noble.open(bytes(32), bytes(24), bytes(40), b""),
        lambda: noble.open_box(FRESH, box),
        lambda: noble.open_box(PRIVATE, b""),
        lambda: noble.seal_box(bytes(32), FRESH, b"words"),
    ):
        with pytest.raises(SealError) as raised:
            attempt()
        assert ErrorCode.SEAL_BROKEN is raised.value.code


def test_a_signature_is_checked() -> None:
    with in_browser(FakeBrowser()):
        noble = loaded_cipher()
    signer = NaclSigner(PRIVATE)
    signature = signer.sign(b"head")

    assert noble.is_signed(signer.public_key, b"head", signature)
    assert not noble.is_signed(signer.public_key, b"tail", signature)


def test_each_signs_as_the_other_does() -> None:
    with in_browser(FakeBrowser()):
        pair = loaded_key_pair(PRIVATE)
    signer = NaclSigner(PRIVATE)

    assert signer.public_key == pair.public_key
    assert signer.sign(b"statement") == pair.sign(b"statement")


def test_a_passphrase_is_stretched_alike() -> None:
    with in_browser(FakeBrowser()):
        key = stretched(b"words", bytes(16), 1, 8192)

    assert nacl.stretched(b"words", bytes(16), 1, 8192) == key
