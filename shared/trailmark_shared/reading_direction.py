"""Words read from right to left within a sentence that is read from left to right.

Numbers and marks beside a Hebrew name belong, to a browser, to what is read like the name: "דנה, 27
November" is shown with the 27 before the name. Two marks of Unicode (UAX 9, 2.4) keep a piece to
itself. A sentence that begins with such a piece is then still read in its own direction, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from unicodedata import bidirectional

_BEGIN: Final = "\N{FIRST STRONG ISOLATE}"
_END: Final = "\N{POP DIRECTIONAL ISOLATE}"

_TURNING: Final = frozenset({"R", "AL", "AN", "RLE", "RLO", "LRE", "LRO", "RLI", "LRI", "FSI"})
"""Classes of characters by which a piece is read otherwise, or turns what stands beside it."""

_ISOLATES: Final[Mapping[int, None]] = dict.fromkeys(range(0x2066, 0x206A))
"""Marks that a piece may not bring along: one that ends an isolate would end ours."""


def isolated(text: str) -> str:
    """Return words as they may stand within a sentence: most of them just as they are."""
    if text.isascii() or _TURNING.isdisjoint(map(bidirectional, text)):
        return text
    return f"{_BEGIN}{text.translate(_ISOLATES)}{_END}"
