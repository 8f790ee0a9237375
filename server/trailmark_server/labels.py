"""Names and labels as people type them, made fit to be shown on one line."""

from __future__ import annotations

import unicodedata
from typing import Final

from trailmark_shared import limits
from trailmark_shared.domain.typed_words import clean_words
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.words import gettext

_JOINERS: Final = str.maketrans("", "", "\u200c\u200d")
"""They show nothing by themselves, but Persian, many Indian scripts and emoji are not written
without them."""


def clean_text(text: str, what: str) -> str:
    """Return a name or label without blanks around it, in Unicode's composed form.

    Args:
        text: As it was typed.
        what: What it is, for the message.

    Raises:
        DomainError: ``invalid_input``: empty, over ``limits.TITLE_CHARS_MAX``, or with control
            characters.
    """
    cleaned = unicodedata.normalize("NFC", text).strip()
    shown = cleaned.translate(_JOINERS)
    if not clean_words(shown) or len(cleaned) > limits.TITLE_CHARS_MAX or not shown.isprintable():
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("{what} has 1 to {n} printable characters").format(
                what=what, n=limits.TITLE_CHARS_MAX
            ),
        )
    return cleaned
