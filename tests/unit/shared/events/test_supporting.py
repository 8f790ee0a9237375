"""Data of encouragements and of what a supporter is to the person."""

import pytest

from tests.support.entries import a_body, a_text
from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, EventDataError, LimitExceededError
from trailmark_shared.events.codec import decode_body, encode_body
from trailmark_shared.events.supporting import EncouragementSent, SupporterDescribed


def test_an_encouragement_is_short() -> None:
    longest = EncouragementSent(text="w" * limits.ENCOURAGEMENT_CHARS_MAX, about=a_text(1))
    longer = EncouragementSent(text=longest.text + "w", about=a_text(1))

    assert longest == decode_body(encode_body(a_body(longest, cause=2))).data
    with pytest.raises(LimitExceededError) as refused:
        encode_body(a_body(longer, cause=2))
    assert limits.ENCOURAGEMENT_CHARS_MAX == refused.value.maximum


def test_an_encouragement_says_something() -> None:
    with pytest.raises(EventDataError) as refused:
        encode_body(a_body(EncouragementSent(text="", about=a_text(1))))

    assert ErrorCode.MALFORMED_BODY == refused.value.code


def test_a_supporter_needs_no_description() -> None:
    data = SupporterDescribed()

    assert data == decode_body(encode_body(a_body(data))).data
