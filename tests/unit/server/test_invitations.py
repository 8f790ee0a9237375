"""Invitations: made, listed, taken back; what is stored tells a thief of the table nothing."""

from hashlib import sha256

import pytest
from msgspec.structs import replace

from trailmark_server.invitations import (
    CODE_ALPHABET,
    Code,
    add_invitation,
    code_from_random,
    code_key,
    invitation_id,
    invitation_link,
    invite,
    open_invitations,
    withdraw_invitation,
)
from trailmark_server.storage.accounts import Invitation, Therapist
from trailmark_server.storage.accounts.memory.store import MemoryAccountRows
from trailmark_server.therapists import accounts
from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode, RefusedError

NOW = 1_700_000_000_000
KEY = code_key(b"s" * 32)
TEXT = "BCDFG-HJKLM"
CODE = Code(text=TEXT, key=KEY)


@pytest.fixture
def rows() -> MemoryAccountRows:
    return MemoryAccountRows()


@pytest.fixture
def therapist(rows: MemoryAccountRows) -> Therapist:
    return accounts.add_therapist(rows, b"m" * 16, "Dr Demo", "demo@example.org", NOW)


def invited(rows: MemoryAccountRows, therapist: Therapist, code: Code = CODE) -> Invitation:
    row = add_invitation(rows, therapist, code, NOW, label=" Mira ")
    assert row is not None
    return row


def test_codes_have_ten_consonants() -> None:
    code = code_from_random(bytes(range(16)))

    assert 11 == len(code)
    assert "-" == code[5]
    assert set(code.replace("-", "")) <= set(CODE_ALPHABET)


def test_link_is_address_and_code_in_one_piece() -> None:
    assert "trailmark://care.example.org:8443/BCDFG-HJKLM" == invitation_link(
        "https://care.example.org:8443", TEXT
    )


def test_spelling_does_not_matter() -> None:
    assert CODE.hash == Code(text=" b-c-d-f-g h j k l m", key=KEY).hash
    assert CODE.lookup_hash == Code(text="BCDFG", key=KEY).lookup_hash


def test_what_is_stored_is_no_plain_hash_of_the_code(
    rows: MemoryAccountRows, therapist: Therapist
) -> None:
    """All codes are soon tried; the key is in another file."""
    row = invited(rows, therapist)
    letters = TEXT.replace("-", "").encode()

    assert row.code_hash not in {sha256(letters).digest(), Code(text=TEXT, key=b"x" * 32).hash}
    assert row.lookup_hash != sha256(letters[:5]).digest()


def test_a_code_that_begins_like_a_live_one_is_not_taken(
    rows: MemoryAccountRows, therapist: Therapist
) -> None:
    invited(rows, therapist)
    other, later = Code(text="BCDFG-XXXXX", key=KEY), NOW + limits.INVITATION_TTL_MS

    assert add_invitation(rows, therapist, other, NOW) is None
    assert add_invitation(rows, therapist, other, later) is not None


def test_another_code_is_tried_where_one_is_taken(
    rows: MemoryAccountRows, therapist: Therapist
) -> None:
    chances = [bytes(16), bytes(16), bytes(15) + b"\1"]
    texts = [
        invite(lambda code: add_invitation(rows, therapist, code, NOW), KEY, lambda: chances.pop(0))
        for _ in range(2)
    ]

    assert 2 == len({text for text, _ in texts})
    with pytest.raises(RefusedError) as refused:
        invite(lambda _: None, KEY, lambda: bytes(16))
    assert (ErrorCode.OVERLOADED, "later") == (refused.value.code, refused.value.retry)


def test_open_ones_are_those_that_somebody_could_still_use(
    rows: MemoryAccountRows, therapist: Therapist
) -> None:
    row = invited(rows, therapist)
    others = [
        replace(row, used_at=NOW),
        replace(row, tries=limits.CODE_TRIES_MAX),
        replace(row, expires_at=NOW),
        replace(row, expires_at=NOW + 2 * limits.INVITATION_TTL_MS),
    ]
    for number, other in enumerate(others):
        rows.save_invitation(replace(other, lookup_hash=bytes([number]) * 32))

    assert [row] == list(open_invitations(rows, therapist.id, NOW))
    assert [] == list(open_invitations(rows, b"x" * 16, NOW))


def test_one_that_is_taken_back_is_gone(rows: MemoryAccountRows, therapist: Therapist) -> None:
    row = invited(rows, therapist)
    with pytest.raises(DomainError):
        withdraw_invitation(rows, b"x" * 16, invitation_id(row), NOW)

    withdraw_invitation(rows, therapist.id, invitation_id(row), NOW)

    assert [] == list(open_invitations(rows, therapist.id, NOW))
    assert rows.invitation(CODE.lookup_hash) is None
    with pytest.raises(DomainError):
        withdraw_invitation(rows, therapist.id, invitation_id(row), NOW)


def test_only_so_many_are_open_at_once(rows: MemoryAccountRows, therapist: Therapist) -> None:
    alphabet = CODE_ALPHABET[: limits.OPEN_INVITATIONS_MAX]
    assert limits.OPEN_INVITATIONS_MAX == len(alphabet)
    for letter in alphabet:
        invited(rows, therapist, Code(text=letter * 10, key=KEY))

    with pytest.raises(RefusedError) as refused:
        invited(rows, therapist)
    assert ErrorCode.RATE_LIMITED == refused.value.code
