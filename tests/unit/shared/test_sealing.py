"""docs/protocol.md, "Sealing": padding, sealed bodies, derived keys, MACs, wrapped keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailmark_adapters.nacl import NaclCipher
from trailmark_shared import limits, sealing
from trailmark_shared.errors import ErrorCode, SealError
from trailmark_shared.ids import EventId, KeyId, SpaceId

CIPHER = NaclCipher()
KEY_ID, OTHER_ID = KeyId(b"key.id.1"), KeyId(b"key.id.2")
KEY, OTHER = bytes(range(32)), bytes(range(32, 64))
NONCE = bytes(24)
EVENT = EventId(b"e" * 16)
SPACE = SpaceId(b"s" * 16)


class TestPadding:
    """ISO/IEC 7816-4 to a multiple of 256 bytes."""

    @given(st.binary(max_size=600))
    def test_comes_back(self, body: bytes) -> None:
        padded = sealing.pad(body)

        assert body == sealing.unpad(padded)
        assert 0 == len(padded) % limits.SEAL_BLOCK_BYTES
        assert 1 <= len(padded) - len(body) <= limits.SEAL_BLOCK_BYTES

    @pytest.mark.parametrize("padded", [b"", bytes(256), b"body", b"\x80body\x00"])
    def test_without_a_mark_it_is_broken(self, padded: bytes) -> None:
        with pytest.raises(SealError) as caught:
            sealing.unpad(padded)

        assert caught.value.code is ErrorCode.SEAL_BROKEN


class TestBodies:
    """XChaCha20-Poly1305; the associated data binds body, event and key."""

    def test_the_cipher_is_the_one_of_the_draft(self) -> None:
        """draft-irtf-cfrg-xchacha-03, A.3.1."""
        text = (
            b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
            b"future, sunscreen would be it."
        )
        sealed = CIPHER.seal(
            bytes(range(0x80, 0xA0)),
            bytes(range(0x40, 0x58)),
            text,
            bytes.fromhex("50515253c0c1c2c3c4c5c6c7"),
        )

        assert "bd6d179d3e83d43b" == sealed[:8].hex()
        assert "c0875924c1c7987947deafd8780acf49" == sealed[-16:].hex()

    @given(st.binary(max_size=600))
    def test_comes_back(self, body: bytes) -> None:
        sealed = sealing.seal_body(CIPHER, KEY_ID, KEY, NONCE, EVENT, body)

        assert body == sealing.open_body(CIPHER, KEY_ID, KEY, EVENT, sealed)
        assert 0 == (len(sealed) - sealing.NONCE_BYTES - 16) % limits.SEAL_BLOCK_BYTES

    def test_it_opens_for_one_event_and_one_key_only(self) -> None:
        sealed = sealing.seal_body(CIPHER, KEY_ID, KEY, NONCE, EVENT, b"{}")
        bent = bytes([sealed[0] ^ 1]) + sealed[1:]

        for key_id, key, event, data in (
            (OTHER_ID, KEY, EVENT, sealed),
            (KEY_ID, OTHER, EVENT, sealed),
            (KEY_ID, KEY, EventId(bytes(16)), sealed),
            (KEY_ID, KEY, EVENT, bent),
            (KEY_ID, KEY, EVENT, sealed[:-1]),
            (KEY_ID, KEY, EVENT, b""),
        ):
            with pytest.raises(SealError) as caught:
                sealing.open_body(CIPHER, key_id, key, event, data)

            assert caught.value.code is ErrorCode.SEAL_BROKEN


class TestDerivedKeys:
    """RFC 5869 with SHA-256 and no salt."""

    def test_test_case_3_of_the_rfc(self) -> None:
        expected = (
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
        )

        assert expected == sealing.derive_key(b"\x0b" * 22, b"", 42).hex()

    def test_labels_give_unrelated_keys(self) -> None:
        assert sealing.derive_key(KEY, b"one") != sealing.derive_key(KEY, b"two")

    def test_a_shorter_key_is_the_beginning_of_a_longer_one(self) -> None:
        assert sealing.derive_key(KEY, b"one", 64)[:16] == sealing.derive_key(KEY, b"one", 16)


class TestWrappedKeys:
    """A vault key travels in a box that one holder opens."""

    PRIVATE = bytes(range(32))
    FRESH = bytes(range(32, 64))

    ID = sealing.vault_key_id(KEY)

    def wrapped(self, key: bytes = KEY) -> bytes:
        public = CIPHER.box_public_key(self.PRIVATE)
        return sealing.wrap_key(CIPHER, public, self.FRESH, SPACE, self.ID, key)

    def test_comes_back(self) -> None:
        assert KEY == sealing.unwrap_key(CIPHER, self.PRIVATE, SPACE, self.ID, self.wrapped())

    def test_it_cannot_be_passed_off_as_another_key(self) -> None:
        for private, space, key_id in (
            (self.FRESH, SPACE, self.ID),
            (self.PRIVATE, SpaceId(bytes(16)), self.ID),
            (self.PRIVATE, SPACE, OTHER_ID),
        ):
            with pytest.raises(SealError):
                sealing.unwrap_key(CIPHER, private, space, key_id, self.wrapped())

    def test_a_key_of_another_length_or_value_is_broken(self) -> None:
        for key in (KEY[:31], KEY + b"x", OTHER):
            with pytest.raises(SealError):
                sealing.unwrap_key(CIPHER, self.PRIVATE, SPACE, self.ID, self.wrapped(key))


def test_a_digest_is_the_hash() -> None:
    assert "e3b0c442" == sealing.digest(b"")[:4].hex()
