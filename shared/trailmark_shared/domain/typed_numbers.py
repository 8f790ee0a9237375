"""Whole numbers as an address or a form says them."""

from __future__ import annotations

import re
from typing import Final

from trailmark_shared import limits

_DIGITS: Final = re.compile("[0-9]{1,16}")


def typed_number(text: str) -> int | None:
    """Return the number that a text is, ``None`` for anything else.

    Args:
        text: What was typed. Beyond ``limits.INTEGER_MAX`` no number is meant; thousands of digits
            are not even read, since Python refuses to.
    """
    number = int(text) if _DIGITS.fullmatch(text) else None
    return number if number is not None and number <= limits.INTEGER_MAX else None
