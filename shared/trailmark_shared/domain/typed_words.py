"""Words as they were typed, and as they are kept."""

from __future__ import annotations


def clean_words(text: str) -> str:
    """Return words as they are kept: one character for each end of a line, no blanks around."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
