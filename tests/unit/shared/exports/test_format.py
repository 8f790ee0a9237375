"""An export is read back as it was written, and anything else is refused."""

import json
from typing import Any

import msgspec
import pytest

from tests.support.exports import (
    KEYS,
    a_lane,
    consents,
    header_for,
    lines_of,
    placed,
    row_of,
    signed,
)
from tests.support.lane_devices import CARE, GRANT, SPACE, VAULT_KEY, LaneDevice, granted
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, EventDataError
from trailmark_shared.events.access import ConsentText
from trailmark_shared.exports.format import (
    FORMAT,
    ExportHeader,
    exported_consent,
    exported_key,
    header_from_line,
    line_from_header,
    line_from_row,
    row_from_line,
)
from trailmark_shared.ids import SELF, text_from_id
from trailmark_shared.protocol.signing_keys import first_key


def refused(line: bytes) -> bool:
    with pytest.raises(EventDataError) as raised:
        row_from_line(SPACE, CARE, line)
    return raised.value.code is ErrorCode.MALFORMED_EXPORT


def with_member(line: bytes, **members: Any) -> bytes:  # noqa: ANN401
    return json.dumps({**json.loads(line), **members}).encode()


def test_rows_come_back_as_they_were() -> None:
    rows = a_lane()

    assert rows == [row_from_line(SPACE, CARE, line_from_row(row)) for row in rows]


def test_a_sealed_body_comes_back_byte_for_byte() -> None:
    (row,) = placed([row_of(LaneDevice(SELF).write(b"\xff\x00sealed", key=VAULT_KEY))])
    line = line_from_row(row)

    assert row == row_from_line(SPACE, SELF, line)
    assert json.loads(line)["body"] is None


def test_words_that_were_refused_do_not_leave_with_the_log() -> None:
    """A device keeps them; the log has a stub."""
    event = LaneDevice().shares("set aside")
    (row,) = placed([row_of(event, code="too_large")])

    told = json.loads(line_from_row(row))

    assert (None, None, None) == (told["salt"], told["body"], told["body_base64"])


def test_a_line_ends_and_holds_nothing_but_a_row() -> None:
    line = line_from_row(a_lane()[0])

    assert line.endswith(b"}\n")
    assert 1 == line.count(b"\n")
    assert 'Walk "daily"\n' not in line.decode()


@pytest.mark.parametrize(
    "members",
    [
        {"id": "x"},
        {"device": "u" * 26},
        {"epoch": "00"},
        {"key": "zz" * 8},
        {"hash": "00" * 31},
        {"salt": ""},
        {"body": None, "body_base64": "?"},
        {"seq": -1},
        {"offset": "0"},
    ],
)
def test_a_line_that_is_no_row_is_refused(members: dict[str, Any]) -> None:
    assert refused(with_member(line_from_row(a_lane()[0]), **members))


@pytest.mark.parametrize("line", [b"", b"[]", b"\xff", b"[" * 5000])
def test_bytes_that_are_no_row_are_refused(line: bytes) -> None:
    assert refused(line)


def test_a_line_has_a_bound_that_every_body_keeps() -> None:
    """A quote in JSON takes two bytes, a control character six."""
    event = LaneDevice().write(b"\x01" * limits.BODY_BYTES_MAX)
    (row,) = placed([row_of(event)])
    line = line_from_row(row)

    assert len(line) < limits.EXPORT_LINE_BYTES_MAX
    assert row == row_from_line(SPACE, CARE, line)
    assert refused(line[:-2] + b" " * limits.EXPORT_LINE_BYTES_MAX + b"}")
    with pytest.raises(EventDataError):
        header_from_line(b"{" + b" " * limits.EXPORT_LINE_BYTES_MAX + b"}")


def test_a_header_comes_back_as_it_was() -> None:
    rows = a_lane()
    header = header_for(rows, signed(rows))
    read = header_from_line(line_from_header(header))

    assert header == read
    assert (SPACE, KEYS, signed(rows)) == (read.space_id, read.signing_keys, read.head)
    assert header_from_line(lines_of([])[0]).head is None


def test_members_of_a_newer_header_are_passed_over() -> None:
    line = with_member(lines_of(a_lane())[0], motto="new")

    assert FORMAT == header_from_line(line).format


@pytest.mark.parametrize(
    "members",
    [
        {"format": "trailmark-lane-export/2"},
        {"lane": "Self"},
        {"space": "x"},
        {"entries": None},
        {"keys": [{"key": "00", "since": 0, "signature": None}]},
        {"signed_head": {"seq": 1, "hash": "00", "time": 1, "signature": "00"}},
    ],
)
def test_a_line_that_is_no_header_is_refused(members: dict[str, Any]) -> None:
    with pytest.raises(EventDataError) as raised:
        header_from_line(with_member(lines_of(a_lane())[0], **members))

    assert raised.value.code is ErrorCode.MALFORMED_EXPORT


def test_bytes_that_are_no_header_are_refused() -> None:
    with pytest.raises(EventDataError):
        header_from_line(b"PK\x03\x04")


def test_a_first_key_has_no_signature() -> None:
    assert exported_key(first_key(b"k" * 32)).signature is None


def test_a_consent_brings_the_text_that_was_agreed_to() -> None:
    (known,) = consents()
    other = msgspec.structs.replace(granted(), consent=ConsentText(version=1, sha256="0" * 64))
    newer = msgspec.structs.replace(granted(), consent=ConsentText(version=99, sha256="0" * 64))
    supporter = msgspec.structs.replace(granted(), role="supporter")

    assert known.text is not None
    assert [None] * 3 == [
        exported_consent(text_from_id(GRANT), each, 1, None).text
        for each in (other, newer, supporter)
    ]


def test_a_consent_brings_its_terms() -> None:
    terms = msgspec.structs.replace(
        granted(), actions=("comment",), purpose="care", history="since", since="2026-03-01"
    )

    told = exported_consent(text_from_id(GRANT), terms, 1, None)

    assert (("comment",), "care", "since", "2026-03-01") == (
        told.actions,
        told.purpose,
        told.history,
        told.since,
    )


def test_a_header_is_for_people_first() -> None:
    members = list(json.loads(lines_of(a_lane())[0]))

    assert ["format", "notice"] == members[:2]
    assert set(ExportHeader.__struct_fields__) == set(members)
