"""Places in several lanes as one text."""

import pytest

from trailmark_server.members.cursors import (
    CURSOR_CHARS_MAX,
    cursors_from_text,
    text_from_cursors,
)
from trailmark_shared import limits
from trailmark_shared.ids import care_lane

ONE, TWO = care_lane(bytes(16)), care_lane(bytes([1]) * 16)


def test_text_and_cursors_are_each_others_inverse() -> None:
    cursors = {TWO: limits.INTEGER_MAX, ONE: 0}

    assert cursors == cursors_from_text(text_from_cursors(cursors))


def test_no_cursor_is_an_empty_text() -> None:
    assert "" == text_from_cursors({})
    assert {} == cursors_from_text("")


@pytest.mark.parametrize(
    "part",
    ["self", "self:-1", "nolane:4", f"{ONE}:", f"{ONE}:x", f"{ONE}:٣", f"{ONE}:{2**53}"],
)
def test_what_cannot_be_read_is_left_out(part: str) -> None:
    assert {TWO: 4} == cursors_from_text(f"{part},{TWO}:4")


def test_text_beyond_its_bound_is_not_read() -> None:
    longest = ",".join([f"{ONE}:{limits.INTEGER_MAX}"] * limits.LANES_PER_SESSION_MAX)

    assert {ONE: limits.INTEGER_MAX} == cursors_from_text(longest)
    assert {} == cursors_from_text(longest + "," * (CURSOR_CHARS_MAX - len(longest) + 1))
