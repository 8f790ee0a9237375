"""The cipher and the signatures, against published vectors."""

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from nacl import bindings
from nacl.public import PrivateKey, SealedBox

from trailmark_adapters.nacl import NaclCipher, NaclSigner, stretched
from trailmark_shared.errors import ErrorCode, SealError

KEY = bytes(range(32))
FRESH = bytes(range(32, 64))
NONCE = bytes(24)


def test_opens_what_it_sealed() -> None:
    cipher = NaclCipher()

    sealed = cipher.seal(KEY, NONCE, b"words", b"id")

    assert cipher.open(KEY, NONCE, sealed, b"id") == b"words"


@pytest.mark.parametrize(
    ("key", "nonce", "associated", "flip"),
    [
        (bytes(32), NONCE, b"id", 0),
        (KEY, bytes(23) + b"x", b"id", 0),
        (KEY, NONCE, b"other", 0),
        (KEY, NONCE, b"id", 1),
    ],
)
def test_refuses_what_was_altered(key: bytes, nonce: bytes, associated: bytes, flip: int) -> None:
    cipher = NaclCipher()
    sealed = bytearray(cipher.seal(KEY, NONCE, b"words", b"id"))
    sealed[0] ^= flip

    with pytest.raises(SealError) as raised:
        cipher.open(key, nonce, bytes(sealed), associated)

    assert raised.value.code is ErrorCode.SEAL_BROKEN


@pytest.mark.parametrize("size", [0, 15])
def test_refuses_what_is_too_short_to_be_sealed(size: int) -> None:
    with pytest.raises(SealError):
        NaclCipher().open(KEY, NONCE, bytes(size), b"id")


@pytest.mark.parametrize(
    ("key", "nonce"),
    [(KEY[:-1], NONCE), (KEY + b"x", NONCE), (KEY, NONCE[:-1]), (KEY, NONCE + b"x"), (b"", b"")],
)
def test_keys_and_nonces_have_their_lengths(key: bytes, nonce: bytes) -> None:
    cipher = NaclCipher()

    with pytest.raises(ValueError, match="32 bytes"):
        cipher.seal(key, nonce, b"words", b"id")
    with pytest.raises(SealError):
        cipher.open(key, nonce, cipher.seal(KEY, NONCE, b"words", b"id"), b"id")


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 100_000])
def test_seals_as_the_binding_does(size: int) -> None:
    words = bytes(size)
    by_binding = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(words, b"id", NONCE, KEY)

    assert NaclCipher().seal(KEY, NONCE, words, b"id") == by_binding
    assert NaclCipher().open(KEY, NONCE, by_binding, b"id") == words


def test_cipher_is_the_published_one() -> None:
    """draft-irtf-cfrg-xchacha-03, appendix A.3.1."""
    plaintext = (
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
        b"future, sunscreen would be it."
    )
    sealed = NaclCipher().seal(
        bytes.fromhex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"),
        bytes.fromhex("404142434445464748494a4b4c4d4e4f5051525354555657"),
        plaintext,
        bytes.fromhex("50515253c0c1c2c3c4c5c6c7"),
    )

    assert sealed[:16].hex() == "bd6d179d3e83d43b9576579493c0e939"
    assert sealed[-16:].hex() == "c0875924c1c7987947deafd8780acf49"


def test_a_signature_holds_for_its_message_and_key_only() -> None:
    cipher = NaclCipher()
    signer, other = NaclSigner(bytes(32)), NaclSigner(b"x" * 32)
    signature = signer.sign(b"head")

    assert cipher.is_signed(signer.public_key, b"head", signature)
    assert not cipher.is_signed(signer.public_key, b"heap", signature)
    assert not cipher.is_signed(other.public_key, b"head", signature)
    assert not cipher.is_signed(signer.public_key, b"head", b"short")
    assert not cipher.is_signed(b"short", b"head", signature)


class TestBoxes:
    """X25519 boxes: RFC 7748 keys, libsodium's sealed box."""

    @pytest.mark.parametrize(
        ("private", "public"),
        [
            (
                "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
                "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
            ),
            (
                "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
                "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
            ),
        ],
    )
    def test_public_keys_are_those_of_the_rfc(self, private: str, public: str) -> None:
        """RFC 7748, section 6.1."""
        assert public == NaclCipher().box_public_key(bytes.fromhex(private)).hex()

    def test_opens_what_was_sealed_for_it_alone(self) -> None:
        cipher = NaclCipher()
        box = cipher.seal_box(cipher.box_public_key(KEY), FRESH, b"words")

        assert b"words" == cipher.open_box(KEY, box)
        for private, bent in (
            (FRESH, box),
            (KEY, box[:-1]),
            (KEY, b""),
            (KEY, bytes(32) + box[32:]),
        ):
            with pytest.raises(SealError) as raised:
                cipher.open_box(private, bent)
            assert ErrorCode.SEAL_BROKEN == raised.value.code

    def test_it_is_the_box_of_libsodium(self) -> None:
        """What PyNaCl seals opens here, and the other way round."""
        cipher = NaclCipher()
        private = PrivateKey(KEY)

        assert b"words" == cipher.open_box(KEY, SealedBox(private.public_key).encrypt(b"words"))
        ours = cipher.seal_box(bytes(private.public_key), FRESH, b"words")
        assert b"words" == SealedBox(private).decrypt(ours)

    def test_nobody_can_hold_the_zero_key(self) -> None:
        with pytest.raises(SealError):
            NaclCipher().seal_box(bytes(32), FRESH, b"words")


def test_a_passphrase_is_stretched_as_argon2id_says() -> None:
    """As another implementation of RFC 9106 does."""
    other = Argon2id(
        salt=b"somesalt12345678", length=32, iterations=2, lanes=1, memory_cost=64
    ).derive(b"password")

    assert other == stretched(b"password", b"somesalt12345678", 2, 64 * 1024)
