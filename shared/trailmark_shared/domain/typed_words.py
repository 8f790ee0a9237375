"""Words as they were typed, and as they are kept."""

from __future__ import annotations

import re
from typing import Final

_SEEN: Final = (
    r"[^\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""What shows on a screen or a sheet: no blank, no control, nothing that Unicode calls ignorable by
default, nor the Braille pattern without dots. Listed, so that every Python reads it alike."""


def clean_words(text: str) -> str:
    """Return words as they are kept: one character for each end of a line, no blanks around.

    Of characters that nobody sees nothing is kept where nothing else was typed: no list could show
    such a title, and it is refused like an empty one. What was written before stays as it is.
    """
    kept = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return kept if re.search(_SEEN, kept) else ""
