"""Everything in one document: what was written is read back, and anything else is refused."""

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import msgspec
import pytest

from tests.support import exports
from tests.support.exports import a_lane, placed, row_of
from tests.support.lane_devices import CARE, VAULT_KEY, LaneDevice
from trailmark_shared.errors import ErrorCode, IntegrityError
from trailmark_shared.events.envelope import Row, without_body
from trailmark_shared.exports.whole import (
    FORMAT,
    Placed,
    placed_from_json,
    refuse_altered,
    sum_line,
    things_in,
    whole_event,
)
from trailmark_shared.ids import SELF

HEAD = f'{{\n"format": "{FORMAT}",\n'.encode()


def stored(row: Row, plain: bytes | None) -> Placed:
    return msgspec.structs.replace(exports.stored(row), plain=plain)


def read_back(one: Placed) -> Placed:
    return placed_from_json(msgspec.json.encode(whole_event(one)))


def told(one: Placed) -> dict[str, Any]:
    return json.loads(msgspec.json.encode(whole_event(one)))


def document(*lines: bytes) -> bytes:
    body = HEAD + b"".join(lines)
    return body + sum_line(sha256(body).digest())


def things(data: bytes) -> list[tuple[str, bytes]]:
    return list(things_in(data.splitlines(keepends=True)))


def refusal(data: bytes) -> ErrorCode:
    with pytest.raises(IntegrityError) as refused:
        things(data)
    return refused.value.code


def with_members(one: Placed, **members: Any) -> bytes:  # noqa: ANN401
    return json.dumps({**told(one), **members}).encode()


def test_rows_of_a_shared_lane_come_back_as_they_were() -> None:
    rows = [stored(row, row.event.body) for row in a_lane()]

    assert rows == [read_back(each) for each in rows]
    assert {None} == {told(each)["stored"] for each in rows if each.plain}


def test_what_is_sealed_stands_beside_what_it_says() -> None:
    (row,) = placed([row_of(LaneDevice(SELF).write(b"\xff\x00sealed", key=VAULT_KEY))])
    opened, locked = stored(row, b'{"text":"mine"}'), stored(row, None)

    assert [opened, locked] == [read_back(opened), read_back(locked)]
    assert {"text": "mine"} == told(opened)["body"]
    assert (None, True) == (told(locked)["body"], told(locked)["sealed"])


def test_what_waits_to_be_sent_has_no_place_yet() -> None:
    (row,) = placed([row_of(LaneDevice(CARE).write(b"{}"))])
    waiting = Placed(
        event=row.event,
        plain=b"{}",
        seq=None,
        held=None,
        received_at=None,
        offset=None,
        actor=None,
        code=None,
        lane_hash=None,
    )

    assert waiting == read_back(waiting)


def test_a_stub_has_no_words() -> None:
    (row,) = placed([row_of(LaneDevice(CARE).write(b"{}"))])
    stub = stored(msgspec.structs.replace(row, event=without_body(row.event)), None)

    assert stub == read_back(stub)
    assert told(stub)["erased"]


@pytest.mark.parametrize("body", [b'{"a":\n1}', b"no JSON", b"\xff"])
def test_bytes_that_fit_no_line_come_back_byte_for_byte(body: bytes) -> None:
    (row,) = placed([row_of(LaneDevice(CARE).write(body))])
    text = msgspec.json.encode(whole_event(stored(row, body)))

    assert b"\n" not in text
    assert row.event == placed_from_json(text).event


@pytest.mark.parametrize(
    "members",
    [
        {"event": "none"},
        {"lane": "nowhere"},
        {"hash": "00"},
        {"hash": "xx"},
        {"stored": "=="},
        {"seq": -1},
    ],
)
def test_what_is_no_event_is_refused(members: dict[str, object]) -> None:
    (row,) = placed([row_of(LaneDevice(CARE).write(b"{}"))])

    with pytest.raises(IntegrityError) as refused:
        placed_from_json(with_members(stored(row, b"{}"), **members))

    assert ErrorCode.ALTERED_EXPORT == refused.value.code


def test_things_come_one_by_one() -> None:
    data = document(
        b'"made_at": 7,\n', b'"none": [],\n', b'"some": [\n', b"1,\n", b'"]"\n', b"],\n"
    )

    assert [("made_at", b"7"), ("some", b"1"), ("some", b'"]"')] == things(data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", ErrorCode.MALFORMED_EXPORT),
        (b'{\n"resourceType": "Bundle"\n}\n', ErrorCode.MALFORMED_EXPORT),
        (b'{\n"format": "trailmark-export/2",\n', ErrorCode.MALFORMED_EXPORT),
        (HEAD + b'"some": [\n1\n]\n}\n', ErrorCode.MALFORMED_EXPORT),
        (HEAD, ErrorCode.TRUNCATED_EXPORT),
        (HEAD + b'"made_at"', ErrorCode.TRUNCATED_EXPORT),
        (document(b'"a": 1,\n')[:-1], ErrorCode.TRUNCATED_EXPORT),
        (document(b'"a": 1,\n').replace(b'"a": 1', b'"a": 2'), ErrorCode.ALTERED_EXPORT),
        (document(b'"a": 1,\n') + b"\n", ErrorCode.ALTERED_EXPORT),
        (document(b"strange,\n"), ErrorCode.ALTERED_EXPORT),
        (document(b"strange: 1,\n"), ErrorCode.ALTERED_EXPORT),
    ],
)
def test_another_file_is_named_for_what_it_is(data: bytes, code: ErrorCode) -> None:
    assert code == refusal(data)


def test_every_byte_counts() -> None:
    data = document(b'"made_at": 7,\n', b'"some": [\n', b"1,\n", b"2\n", b"],\n")

    def is_refused(changed: Iterable[int]) -> bool:
        return bool(refusal(bytes(changed)))

    for at in range(len(data)):
        assert is_refused([*data[:at], data[at] ^ 1, *data[at + 1 :]])
        assert is_refused(data[:at])


def test_an_altered_one_can_be_refused_from_outside() -> None:
    with pytest.raises(IntegrityError) as refused:
        refuse_altered()

    assert ErrorCode.ALTERED_EXPORT == refused.value.code
