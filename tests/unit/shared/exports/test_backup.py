"""A backup file: whole, in order, for one code; anything else is named."""

import io
from collections.abc import Callable, Mapping, Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailmark_adapters.nacl import NaclCipher
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, IntegrityError, LimitExceededError
from trailmark_shared.exports.backup import (
    MAGIC,
    BackupHeader,
    opened_records,
    read_header,
    sealed_pieces,
)

CIPHER = NaclCipher()
KEY = b"k" * 32
HEADER = BackupHeader(code=b"c" * 16, salt=b"s" * 32, made_at=7)
LONG = [b"a", bytes(3 * limits.BACKUP_CHUNK_BYTES), b"", b"end"]


def sealed(records: Sequence[bytes], header: BackupHeader = HEADER) -> list[bytes]:
    return list(sealed_pieces(CIPHER, KEY, header, records))


def read(data: bytes, key: bytes = KEY) -> tuple[BackupHeader, list[bytes]]:
    stream = io.BytesIO(data)
    header = read_header(stream.read)
    return header, list(opened_records(CIPHER, key, header, stream.read))


def refusal(data: bytes, key: bytes = KEY) -> str:
    with pytest.raises(IntegrityError) as refused:
        read(data, key)
    assert refused.value.code == ErrorCode.CORRUPT_BACKUP
    return refused.value.message


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_what_was_sealed_comes_back(records: list[bytes]) -> None:
    assert (HEADER, records) == read(b"".join(sealed(records)))


def test_records_cross_the_borders_of_chunks() -> None:
    pieces = sealed(LONG)

    assert len(pieces) == 5
    assert max(map(len, pieces)) <= limits.BACKUP_CHUNK_BYTES + 64
    assert (HEADER, LONG) == read(b"".join(pieces))


def test_two_files_of_one_moment_share_no_chunk() -> None:
    other = msgspec.structs.replace(HEADER, salt=b"t" * 32)

    assert set(sealed(LONG)).isdisjoint(sealed(LONG, other))


_DAMAGES: Mapping[str, Callable[[list[bytes]], list[bytes]]] = {
    "cut": lambda p: p[:-1],
    "more": lambda p: [*p, b"x"],
    "short": lambda p: [*p[:-1], p[-1][:-1]],
    "swapped": lambda p: [p[0], p[2], p[1], *p[3:]],
    "left out": lambda p: [*p[:2], *p[3:]],
    "twice": lambda p: [*p, p[-1]],
    "flipped": lambda p: [p[0], p[1][:-1] + bytes([p[1][-1] ^ 1]), *p[2:]],
    "length": lambda p: [p[0], b"\xff" * 4, *p[1:]],
}


@pytest.mark.parametrize("change", _DAMAGES.values(), ids=_DAMAGES)
def test_damage_anywhere_is_named(change: Callable[[list[bytes]], list[bytes]]) -> None:
    assert "damaged or not all of it" in refusal(b"".join(change(sealed(LONG))))


def test_another_key_opens_nothing() -> None:
    assert "damaged" in refusal(b"".join(sealed(LONG)), b"x" * 32)


def test_the_header_is_bound_to_what_it_heads() -> None:
    head, *chunks = sealed(LONG)
    [other, *_] = sealed(LONG, msgspec.structs.replace(HEADER, made_at=8))

    assert head != other
    assert "damaged" in refusal(b"".join([other, *chunks]))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no backup"),
        (b"PK\x03\x04 something else", "no backup"),
        (b"trailmark-backup/2\n....", "newer Trailmark"),
        (MAGIC, "beginning"),
        (MAGIC + b"\x00\x00\x00\x02\x91\x01", "beginning"),
        (MAGIC + b"\xff\xff\xff\xff", "beginning"),
    ],
)
def test_what_is_no_backup_is_named(data: bytes, words: str) -> None:
    assert words in refusal(data)


def test_a_record_that_nobody_could_read_is_not_written() -> None:
    longest = bytes(limits.BACKUP_RECORD_BYTES_MAX)

    assert (HEADER, [longest]) == read(b"".join(sealed([longest])))
    with pytest.raises(LimitExceededError):
        sealed([longest + b"x"])


def test_a_record_that_claims_too_much_is_not_waited_for() -> None:
    """Sealed by somebody who has the key and another program."""
    claims = (limits.BACKUP_RECORD_BYTES_MAX + 1).to_bytes(4)
    honest = sealed([b"12345678"])
    stream = io.BytesIO(b"".join(honest))
    header = read_header(stream.read)

    class Claiming(NaclCipher):
        def open(self, key: bytes, nonce: bytes, ciphertext: bytes, associated: bytes) -> bytes:
            super().open(key, nonce, ciphertext, associated)
            return claims

    with pytest.raises(IntegrityError):
        list(opened_records(Claiming(), KEY, header, stream.read))


def test_a_record_that_is_cut_off_within_is_named() -> None:
    stream = io.BytesIO(b"".join(sealed([b"12345678"])))
    header = read_header(stream.read)

    class Cutting(NaclCipher):
        def open(self, key: bytes, nonce: bytes, ciphertext: bytes, associated: bytes) -> bytes:
            return super().open(key, nonce, ciphertext, associated)[:-1]

    with pytest.raises(IntegrityError):
        list(opened_records(Cutting(), KEY, header, stream.read))
