"""docs/protocol.md, "Joining": codes in groups of four, with a check."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailmark_shared.codes import (
    LINK_TOKEN_BYTES,
    DeviceCode,
    device_code_from_text,
    invitation_from_text,
    link_token_hash,
    recovery_code_from_text,
    text_from_device_code,
    text_from_invitation,
    text_from_link_token,
    text_from_recovery_code,
)
from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import ALPHABET

CODE = DeviceCode(lookup=bytes(range(8)), secret=bytes(range(8, 24)))
HALVES = st.builds(
    DeviceCode,
    lookup=st.binary(min_size=8, max_size=8),
    secret=st.binary(min_size=16, max_size=16),
)


@given(HALVES)
def test_comes_back(code: DeviceCode) -> None:
    assert code == device_code_from_text(text_from_device_code(code))


def test_is_read_in_groups() -> None:
    groups = text_from_device_code(CODE).split("-")

    assert [4] * 10 == [len(group) for group in groups]


def test_blanks_hyphens_case_and_look_alikes_do_not_matter() -> None:
    text = text_from_device_code(CODE)

    assert CODE == device_code_from_text(text.upper().replace("-", " "))
    assert CODE == device_code_from_text(text.replace("0", "o").replace("1", "l"))


@pytest.mark.parametrize("text", ["", "0000", "u" * 40, "8" + "0" * 39, "z" * 40, "0" * 41])
def test_what_is_no_code_is_named(text: str) -> None:
    with pytest.raises(RefusedError) as caught:
        device_code_from_text(text)

    assert caught.value.code is ErrorCode.WRONG_CODE


def test_most_slips_of_a_finger_are_told() -> None:
    chars = text_from_device_code(CODE).replace("-", "")
    told = 0
    for at, char in enumerate(chars):
        slip = ALPHABET[(ALPHABET.index(char) + 1) % len(ALPHABET)]
        try:
            device_code_from_text(chars[:at] + slip + chars[at + 1 :])
        except RefusedError:
            told += 1

    assert told >= len(chars) - 3


def test_a_link_s_token_reads_as_43_characters_that_an_address_may_hold() -> None:
    text = text_from_link_token(bytes(range(248, 256)) * (LINK_TOKEN_BYTES // 8))

    assert "-Pn6-_z9_v_4-fr7_P3-__j5-vv8_f7_-Pn6-_z9_v8" == text


def test_the_server_is_told_a_hash_of_what_stands_in_the_link() -> None:
    text = text_from_link_token(bytes(LINK_TOKEN_BYTES))

    assert sha256(b"A" * 43).digest() == link_token_hash(text)


def test_an_invitation_is_read_as_it_was_written() -> None:
    text = text_from_invitation("care.example.org:8443", "BCDFG-HJKLM")

    assert "trailmark://care.example.org:8443/BCDFG-HJKLM" == text
    assert ("care.example.org:8443", "BCDFG-HJKLM") == invitation_from_text(f" {text}\n")


@pytest.mark.parametrize(
    "text", ["https://care.example.org/x", "trailmark://", "trailmark:///x", "trailmark://host/"]
)
def test_what_is_no_invitation_is_told_apart(text: str) -> None:
    assert invitation_from_text(text) is None


class TestRecoveryCodes:
    """128 bits, seven groups of four, two check characters."""

    @given(st.binary(min_size=16, max_size=16))
    def test_comes_back(self, secret: bytes) -> None:
        text = text_from_recovery_code(secret)

        assert secret == recovery_code_from_text(text.upper().replace("-", " "))
        assert [4] * 7 == [len(group) for group in text.split("-")]

    @pytest.mark.parametrize("text", ["", "u" * 28, "z" * 28, "0" * 28, "0" * 27, "8" + "0" * 27])
    def test_what_is_no_code_is_named(self, text: str) -> None:
        with pytest.raises(RefusedError) as caught:
            recovery_code_from_text(text)

        assert ErrorCode.WRONG_CODE == caught.value.code

    def test_one_kind_of_code_is_not_the_other(self) -> None:
        with pytest.raises(RefusedError):
            recovery_code_from_text(text_from_device_code(CODE))
