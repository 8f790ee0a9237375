"""docs/protocol.md, "Hashes": headers, commitments, device chains, lane chains, heads."""

from hashlib import sha256

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from trailmark_shared import chain, ids
from trailmark_shared.ids import DeviceId, Epoch, EventId, KeyId, SpaceId

EVENT = EventId(b"e" * 16)
SPACE = SpaceId(b"s" * 16)
DEVICE = DeviceId(b"d" * 16)
EPOCH = Epoch(b"epoch..1")


def header(dseq: int = 1, key: KeyId = ids.PLAIN) -> bytes:
    return chain.header_bytes(EVENT, SPACE, ids.SELF, DEVICE, EPOCH, dseq, key)


def test_a_header_is_an_array_in_shortest_encodings() -> None:
    expected = (
        b"\x98\x01"
        b"\xc4\x10" + EVENT + b"\xc4\x10" + SPACE + b"\xa4self"
        b"\xc4\x10" + DEVICE + b"\xc4\x08" + EPOCH + b"\x01"
        b"\xc4\x08" + bytes(8)
    )

    assert expected == header()


@given(st.integers(1, 2**53 - 1))
def test_numbers_take_as_few_bytes_as_they_can(dseq: int) -> None:
    lengths = ((2**7, 1), (2**8, 2), (2**16, 3), (2**32, 5), (2**64, 9))
    shortest = next(length for bound, length in lengths if dseq < bound)

    assert shortest - 1 == len(header(dseq)) - len(header(1))


def test_an_event_hash_covers_what_came_before_where_it_stands_and_what_it_says() -> None:
    commit = chain.commitment(b"salt", b"body")

    assert sha256(b"saltbody").digest() == commit
    assert sha256(chain.GENESIS + header() + commit).digest() == chain.event_hash(
        chain.GENESIS, header(), commit
    )


def test_a_lane_hash_covers_what_the_server_added() -> None:
    fields = msgspec.msgpack.encode([1, 2, -3, "person", None])

    assert sha256(chain.GENESIS + bytes(32) + fields).digest() == chain.lane_hash(
        chain.GENESIS, bytes(32), 1, 2, -3, "person", None
    )


def test_every_field_of_a_row_changes_the_lane_hash() -> None:
    row = (1, 2, -3, "person", None)
    others = ((2, 2, -3, "person", None), (1, 3, -3, "person", None), (1, 2, 3, "person", None))
    more = ((1, 2, -3, "member/x", None), (1, 2, -3, "person", "aside"))
    hashes = {chain.lane_hash(chain.GENESIS, bytes(32), *each) for each in (row, *others, *more)}

    assert 6 == len(hashes)


def test_a_head_names_space_lane_place_hash_and_time() -> None:
    packed = msgspec.msgpack.encode([SPACE, "self", 7, bytes(32), 9])

    assert b"trailmark-head/1" + packed == chain.head_bytes(SPACE, ids.SELF, 7, bytes(32), 9)


def test_a_succession_names_both_keys_and_the_time() -> None:
    packed = msgspec.msgpack.encode([b"o" * 32, b"n" * 32, 9])

    assert b"trailmark-key/1" + packed == chain.succession_bytes(b"o" * 32, b"n" * 32, 9)
