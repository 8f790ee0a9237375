"""Data of check-ins: skipping is a valid answer, numbers are integer tenths."""

import pytest

from tests.support.entries import a_body, a_text
from trailmark_shared.errors import EventDataError
from trailmark_shared.events.check_ins import CheckInCorrected, CheckInRecorded
from trailmark_shared.events.codec import decode_body, encode_body


def test_a_skipped_check_in_has_no_number() -> None:
    body = a_body(CheckInRecorded(goal=a_text(1)))

    assert b"value_tenths" not in encode_body(body)
    assert decode_body(encode_body(body)) == body


def test_a_fraction_of_a_tenth_is_refused() -> None:
    data = encode_body(a_body(CheckInRecorded(goal=a_text(1), value_tenths=65)))
    with pytest.raises(EventDataError, match=r"\$\.data\.value_tenths"):
        decode_body(data.replace(b"65", b"6.5"))


def test_a_correction_may_move_the_day() -> None:
    with pytest.raises(EventDataError, match=r"\$\.data\.happened_on"):
        encode_body(a_body(CheckInCorrected(happened_on="2026-02-30")))
