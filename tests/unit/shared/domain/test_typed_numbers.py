"""Whole numbers as an address or a form says them."""

import pytest

from trailmark_shared import limits
from trailmark_shared.domain.typed_numbers import typed_number


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("012", 12), (str(limits.INTEGER_MAX), limits.INTEGER_MAX)]
)
def test_digits_are_a_number(text: str, number: int) -> None:
    assert number == typed_number(text)


@pytest.mark.parametrize(
    "text", ["", "-1", "1.5", " 1", "1\n", "²", "٣", str(limits.INTEGER_MAX + 1), "9" * 5000]
)
def test_anything_else_is_none(text: str) -> None:
    assert typed_number(text) is None
