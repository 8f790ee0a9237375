"""Data of control types: ids and signed bytes, no words of a person's life."""

import pytest

from tests.support.entries import a_body, a_text
from trailmark_shared import limits
from trailmark_shared.errors import EventDataError, LimitExceededError
from trailmark_shared.events.codec import decode_body, encode_body
from trailmark_shared.events.control import StatementMade, SubjectErased
from trailmark_shared.events.registry import CONTROL_TYPES, EVENT_TYPES


@pytest.mark.parametrize("size", [1, limits.STATEMENT_BYTES_MAX])
def test_a_statement_comes_back_byte_for_byte(size: int) -> None:
    body = a_body(StatementMade(statement=b"\xff" * size))

    assert decode_body(encode_body(body)) == body


@pytest.mark.parametrize("size", [0, limits.STATEMENT_BYTES_MAX + 1])
def test_a_statement_of_no_length_or_too_much_is_refused(size: int) -> None:
    with pytest.raises(EventDataError):
        encode_body(a_body(StatementMade(statement=bytes(size))))


def test_an_erasure_names_a_bounded_number_of_events() -> None:
    events = (a_text(1),) * (limits.BASE_IDS_MAX + 1)
    with pytest.raises(LimitExceededError):
        encode_body(a_body(SubjectErased(events=events)))


def test_no_control_type_has_room_for_a_text() -> None:
    fields = {name for each in CONTROL_TYPES for name in EVENT_TYPES[each].data.__struct_fields__}

    assert fields == {"events", "statement"}
