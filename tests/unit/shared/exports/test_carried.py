"""Rows of imported lanes inside events of ``self``: there and back, bounded, known by their ids."""

import json
import zlib
from base64 import b64encode
from random import Random

import msgspec
import pytest

from tests.support.entries import GOLDEN, START
from tests.support.exports import a_lane, placed, row_of, stored
from tests.support.lane_devices import CARE, LaneDevice
from trailmark_adapters.nacl import NaclCipher
from trailmark_shared import ids, limits
from trailmark_shared.events.body import Body, UnknownData
from trailmark_shared.events.codec import decode_body, encode_body
from trailmark_shared.exports.carried import CARRIED, carried_mark, carried_row, carrying_body
from trailmark_shared.exports.whole import Placed, whole_event
from trailmark_shared.ids import EventId, KeyId
from trailmark_shared.sealing import NONCE_BYTES, seal_body

NOW = Body(
    type=CARRIED,
    ver=1,
    subject=bytes(16),
    occurred_at="2026-11-23T09:00:00+01:00",
    zone="Europe/Vienna",
    day="2026-11-23",
    recorded_at=START,
    data=UnknownData(b"{}"),
)


def said(one: Placed) -> Body | None:
    return None if one.plain is None else decode_body(one.plain)


def carried(one: Placed) -> Body:
    found = carrying_body(one, said(one), NOW)
    assert found is not None
    return decode_body(encode_body(found))


def of_data(data: bytes) -> Body:
    return msgspec.structs.replace(NOW, data=UnknownData(data))


def row_data(packed: bytes) -> Body:
    return of_data(json.dumps({"row": b64encode(packed).decode()}).encode())


def long_row(body: bytes) -> Placed:
    (row,) = placed([row_of(LaneDevice().write(body))])
    return msgspec.structs.replace(stored(row), plain=None)


def test_every_row_comes_back_as_it_was() -> None:
    rows = [stored(each) for each in a_lane()]

    assert rows == [carried_row(carried(each)) for each in rows]
    # No release knows the type: what is folded and shown stays the same.
    assert {UnknownData} == {type(carried(each).data) for each in rows}


def test_what_was_carried_once_is_read_for_ever() -> None:
    """A frozen one: rows that were carried stand in logs that nobody writes again."""
    frozen = json.loads((GOLDEN / "carried.json").read_bytes())

    row = carried_row(of_data(json.dumps(frozen["data"]).encode()))

    assert row is not None
    assert frozen["row"] == json.loads(msgspec.json.encode(whole_event(row)))
    for name, has_body in (("mark", True), ("mark_without_words", False)):
        mark = carried_mark(row.event.lane, row.event.id, row.seq, row.held, has_body=has_body)
        assert frozen[name] == mark.hex()


def test_what_carries_words_is_about_what_they_are_about_and_of_their_day() -> None:
    granted, shared, *_, erased, orders, _comment, _last = map(stored, a_lane())
    words = said(shared)
    assert words is not None

    found = carried(shared)

    assert (words.subject, words.occurred_at, words.zone, words.day) == (
        found.subject,
        found.occurred_at,
        found.zone,
        found.day,
    )
    assert NOW.recorded_at == found.recorded_at
    # Who was let in, what was erased, and what is left of it goes with nothing.
    for each in (granted, orders, erased):
        assert each.event.id == carried(each).subject
    assert NOW.day == carried(erased).day


def test_a_mark_is_of_one_row_with_its_words_or_without() -> None:
    event, others = b"e" * 16, set[bytes]()
    mark = carried_mark(CARE, event, 1, None, has_body=True)
    others.add(carried_mark(CARE, event, 1, None, has_body=False))
    others.add(carried_mark(CARE, event, 2, None, has_body=True))
    others.add(carried_mark(CARE, event, None, None, has_body=True))
    others.add(carried_mark(CARE, event, 1, 1, has_body=True))
    others.add(carried_mark(CARE, b"f" * 16, 1, None, has_body=True))
    others.add(carried_mark(ids.care_lane(bytes(16)), event, 1, None, has_body=True))

    assert len(mark) == limits.CARRIED_MARK_BYTES < limits.ID_BYTES
    assert len({mark, *others}) == 7


def test_a_row_too_long_is_carried_by_nothing_and_the_longest_fits_sealed() -> None:
    noise = Random(1)
    sizes = range(40_000, 56_000, 500)
    found = [carrying_body(long_row(noise.randbytes(size)), None, NOW) for size in sizes]
    fitting = [each for each in found if each is not None]

    assert None in found
    assert fitting
    sealed = seal_body(
        NaclCipher(),
        KeyId(b"vaultkey"),
        bytes(32),
        bytes(NONCE_BYTES),
        EventId(bytes(16)),
        encode_body(fitting[-1]),
    )
    assert len(sealed) <= limits.BODY_BYTES_MAX
    # However well it packs: whoever unfolds it need not hold more.
    assert carrying_body(long_row(bytes(limits.CARRIED_ROW_BYTES_MAX)), None, NOW) is None
    assert carrying_body(long_row(bytes(limits.BODY_BYTES_MAX)), None, NOW) is not None


@pytest.mark.parametrize(
    "other",
    [
        msgspec.structs.replace(NOW, type="goal_drafted"),
        msgspec.structs.replace(NOW, ver=2),
        of_data(b"{}"),
        of_data(b'{"row":"!"}'),
        of_data(b'{"row":"\xff"}'),
        row_data(b"no zlib stream"),
        row_data(zlib.compress(b"{}")),
        row_data(zlib.compress(b"{}")[:-1]),
        row_data(zlib.compress(bytes(limits.CARRIED_ROW_BYTES_MAX + 1))),
    ],
)
def test_what_carries_no_row_gives_none(other: Body) -> None:
    assert carried_row(other) is None


def test_known_data_is_no_row() -> None:
    row = stored(a_lane()[1])
    body = said(row)
    assert body is not None
    assert carried_row(msgspec.structs.replace(body, type=CARRIED, ver=1)) is None
