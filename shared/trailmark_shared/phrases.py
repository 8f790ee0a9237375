"""Words that people read to each other: when joining, and to know that they see one history.

A word has 16 bits and can be spoken in every language; no word list is needed. Joining compares
four of them: 64 bits are more than somebody in between can search while two people wait. A history
is compared by six, and each try at them costs ``HEAD_ROUNDS`` hashes, because whoever runs the
server has all the time there is to prepare two histories whose words are the same.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import Final

import msgspec

from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.words import gettext

_CONSONANTS: Final = "bdfghjklmnprstvz"
_VOWELS: Final = "aiou"
_LABEL: Final = b"trailmark-phrase/1"
_DEVICE_LABEL: Final = b"trailmark-device-phrase/1"
_WORDS: Final = 4

HEAD_WORDS: Final = 6
"""How many words stand for a lane hash: 96 bits."""

HEAD_ROUNDS: Final = 4096
"""Rounds of PBKDF2 behind them: some 2**60 hashes to prepare two histories with equal words."""

_HEAD_LABEL: Final = b"trailmark-words/1"
_HEADS_CACHED: Final = 1024
_WORD: Final = f"[{_CONSONANTS}][{_VOWELS}][{_CONSONANTS}][{_VOWELS}][{_CONSONANTS}]"
_PLACE_DIGITS_MAX: Final = 16
_HEAD_PATTERN: Final = re.compile(f"(?:{_WORD}){{{HEAD_WORDS}}}")


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
    return _words(hashlib.sha256(_LABEL + signing_key + space + device + member).digest(), _WORDS)


def device_phrase(signing_key: bytes, space: bytes, inviting: bytes, joining: bytes) -> str:
    """Return the four words that a person compares on two devices before one lets the other in.

    Each device computes them from what it holds or was told; where somebody in between told it
    another key, the words differ.

    Args:
        signing_key: Public half of the server's signing key, 32 bytes.
        space: The person's space, 16 bytes.
        inviting: Hash of the public keys of the device that lets in, 32 bytes.
        joining: Hash of the public keys of the device that joins, 32 bytes.

    Returns:
        Four words of five letters with blanks between them.
    """
    data = _DEVICE_LABEL + signing_key + space + inviting + joining
    return _words(hashlib.sha256(data).digest(), _WORDS)


def is_phrase(typed: str, phrase: str) -> bool:
    """Say whether what a person typed is a phrase, in whatever case and spacing.

    Args:
        typed: What they read on the other side.
        phrase: As ``comparison_phrase`` and ``device_phrase`` write it.

    Returns:
        Whether both are the same words.
    """
    return _letters(typed) == _letters(phrase)


def _letters(text: str) -> str:
    return "".join(text.split()).casefold()


def _words(digest: bytes, count: int) -> str:
    numbers = (int.from_bytes(digest[2 * i : 2 * i + 2], "big") for i in range(count))
    return " ".join(word_from_number(number) for number in numbers)


@lru_cache(_HEADS_CACHED)
def head_words(lane_hash: bytes, seq: int) -> str:
    """Return the words for a lane's history up to an entry.

    PBKDF2-HMAC-SHA-256 of the lane hash, salted with ``trailmark-words/1`` and ``seq`` in 8 bytes,
    most significant first: two replicas with equal words at one ``seq`` hold one history.

    Args:
        lane_hash: The lane hash after that row, 32 bytes.
        seq: The row.

    Returns:
        Six words of five letters with blanks between them.

    Source:
        RFC 8018 (PBKDF2).
    """
    salt = _HEAD_LABEL + seq.to_bytes(8, "big")
    # Asked for by name here: the Python of browsers has none, and nobody reads a head out there.
    made = hashlib.pbkdf2_hmac("sha256", lane_hash, salt, HEAD_ROUNDS, 2 * HEAD_WORDS)
    return _words(made, HEAD_WORDS)


def told_head(lane_hash: bytes, seq: int) -> str:
    """Return what a person reads out: "as of entry 123: …"."""
    return f"as of entry {seq}: {head_words(lane_hash, seq)}"


class ToldHead(msgspec.Struct, frozen=True):
    """Words that somebody typed.

    Attributes:
        seq: The entry that they are of, ``None`` where it was not named.
        words: As ``head_words`` writes them.
    """

    seq: int | None
    words: str


def told_head_from_text(text: str) -> ToldHead:
    """Return the words in a text, however it is spaced and written.

    Args:
        text: Six words, and before them the number of the entry, if it is named.

    Returns:
        The words, and the entry.

    Raises:
        DomainError: ``invalid_input``: these are not six words, or several numbers.
    """
    numbers = list(re.finditer("[0-9]+", text))
    tail = text[numbers[-1].end() :] if numbers else text
    letters = "".join(char for char in tail.lower() if char.isalpha())
    digits = numbers[0].group() if numbers else ""
    # Python refuses to read thousands of digits.
    seq = int(digits) if 0 < len(digits) <= _PLACE_DIGITS_MAX else None
    is_place = not digits or (seq is not None and seq <= limits.INTEGER_MAX)
    if len(numbers) > 1 or not is_place or not _HEAD_PATTERN.fullmatch(letters):
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext(
                "type the entry's number and {head_words} words of five letters, as they were read"
            ).format(head_words=HEAD_WORDS),
        )
    words = " ".join(letters[at : at + 5] for at in range(0, len(letters), 5))
    return ToldHead(seq, words)
