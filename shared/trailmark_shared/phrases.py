"""Comparison phrases: what two people read to each other to know that nobody sits between them.

A phrase is four pronounceable words of 16 bits each. They are the same in every language, need no
word list, and 64 bits are more than somebody in between can search while two people wait.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

_CONSONANTS: Final = "bdfghjklmnprstvz"
_VOWELS: Final = "aiou"
_LABEL: Final = b"trailmark-phrase/1"
_WORDS: Final = 4


def word_from_number(number: int) -> str:
    """Return the word of a number below 2**16: consonant, vowel, consonant, vowel, consonant.

    Source:
        Daniel S. Wilkerson, "A Proposal for Proquints: Identifiers that are Readable, Spellable,
        and Pronounceable" (2009).
    """
    return (
        _CONSONANTS[number >> 12 & 15]
        + _VOWELS[number >> 10 & 3]
        + _CONSONANTS[number >> 6 & 15]
        + _VOWELS[number >> 4 & 3]
        + _CONSONANTS[number & 15]
    )


def comparison_phrase(signing_key: bytes, space: bytes, device: bytes, member: bytes) -> str:
    """Return the four words that device and member compare before the person lets anybody in.

    Both sides compute it themselves: a device from what it pinned, the server for its page.

    Args:
        signing_key: Public half of the server's signing key, 32 bytes.
        space: The person's space, 16 bytes.
        device: The device that joins, 16 bytes.
        member: The therapist, 16 bytes.

    Returns:
        Four words of five letters with blanks between them.
    """
    digest = sha256(_LABEL + signing_key + space + device + member).digest()
    numbers = (int.from_bytes(digest[2 * i : 2 * i + 2], "big") for i in range(_WORDS))
    return " ".join(word_from_number(number) for number in numbers)
