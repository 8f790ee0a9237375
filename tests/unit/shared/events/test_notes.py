"""Data of wins and setbacks: words first, the goal is optional."""

from tests.support.entries import a_body
from trailmark_shared.events.codec import decode_body, encode_body
from trailmark_shared.events.notes import SetbackNoted, WinNoted


def test_neither_needs_a_goal() -> None:
    for data in (WinNoted(text="t"), SetbackNoted(text="t")):
        assert decode_body(encode_body(a_body(data))).data == data
