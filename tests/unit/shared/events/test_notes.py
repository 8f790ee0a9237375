"""Data of wins and setbacks: words first, the goal is optional."""

import pytest

from tests.support.entries import a_body, a_text
from trailmark_shared.errors import EventDataError
from trailmark_shared.events.codec import decode_body, encode_body
from trailmark_shared.events.notes import SetbackNoted, WinNoted, WinWithdrawn


def test_neither_needs_a_goal() -> None:
    for data in (WinNoted(text="t"), SetbackNoted(text="t")):
        assert decode_body(encode_body(a_body(data))).data == data


def test_a_withdrawal_names_what_it_takes_back() -> None:
    data = WinWithdrawn(shares=(a_text(1),))

    assert data == decode_body(encode_body(a_body(data))).data
    with pytest.raises(EventDataError):
        encode_body(a_body(WinWithdrawn(shares=())))
