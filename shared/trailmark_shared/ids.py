"""Identifiers and lane names: bytes inside, short readable text for people.

An id is 16 bytes: identity for references, never order and never time. Most are random; which are
not, and what those are made of, stands in ``docs/protocol.md``. People see an id as 26 lower-case
Crockford base-32 characters (most significant first); any unique prefix names it.
This module makes no randomness: callers pass the bytes in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NewType

from trailmark_shared import limits
from trailmark_shared.errors import ErrorCode, EventDataError
from trailmark_shared.words import gettext

EventId = NewType("EventId", bytes)
"""Identity of one event, 16 bytes."""

SubjectId = NewType("SubjectId", bytes)
"""Identity of what an event is about (a goal, a step, a grant), 16 bytes."""

SpaceId = NewType("SpaceId", bytes)
"""Identity of everything of one person, 16 bytes."""

DeviceId = NewType("DeviceId", bytes)
"""Identity of a replica that appends, 16 bytes."""

Epoch = NewType("Epoch", bytes)
"""One unbroken numbering of a device, 8 random bytes."""

KeyId = NewType("KeyId", bytes)
"""Identity of a vault key, 8 bytes; ``PLAIN`` marks a body that is not sealed."""

Lane = NewType("Lane", str)
"""Name of an append-only log within a space; see ``is_lane``."""

PLAIN: Final = KeyId(bytes(limits.KEY_ID_BYTES))
"""Stands where a body is not sealed."""

SELF: Final = Lane("self")
"""What only the person's devices read."""

DEVICES: Final = Lane("devices")
"""What a person's devices say to each other of devices and keys; it holds no words."""

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
TEXT_CHARS: Final = 26
SECOND_MARK_CHARS: Final = 3
"""Length of each half of a second mark."""

NEIGHBOURS: Final = 1024
"""So many events of a device, one behind the other in a lane, have ids that begin alike."""

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuv"
"""Digits of base 32 as ``int`` reads them."""

_DIGIT_OF: Final[Mapping[str, str]] = {
    **dict(zip(ALPHABET, _DIGITS, strict=True)),
    **dict(zip(ALPHABET.upper(), _DIGITS, strict=True)),
    **dict(zip("iIlLoO", "111100", strict=True)),
}
_READ: Final = "".join(_DIGIT_OF.get(chr(byte), "!") for byte in range(256)).encode()
"""What ``int`` reads for each byte of a text; for what is none of ours, one that it refuses."""

_PAIRS: Final = tuple(first + second for first in ALPHABET for second in ALPHABET)
_PART: Final = (1 << 30) - 1
_TEXTS_CACHED: Final = 4096
"""A fold names the same few events and devices again and again."""

_LANE_PATTERN: Final = re.compile(
    rf"(?:self|devices|(?:care|circle)/[0-7][{ALPHABET}]{{{TEXT_CHARS - 1}}})"
)


def neighbouring_id(token: bytes, epoch: Epoch, dseq: int) -> bytes:
    """Return a random id of an event that stands near those around it in an index.

    Wholly random ids let a store write another page for each event. This one tells those who have
    the envelope nothing new.

    Args:
        token: 16 random bytes.
        epoch: The numbering of the device that writes.
        dseq: The event's number in it.

    Returns:
        The token, but for its first byte: that is made of where the event stands.
    """
    return bytes(((epoch[0] + (dseq - 1) // NEIGHBOURS) % 256,)) + token[1:]


@lru_cache(_TEXTS_CACHED)
def text_from_id(value: bytes) -> str:
    """Return the text form of an id.

    Args:
        value: 16 bytes.

    Returns:
        26 lower-case Crockford base-32 characters; the 128 bits are padded on the left with two
        zero bits, so the first character is 0 to 7.

    Source:
        Douglas Crockford, Base 32 (without check symbol).
    """
    number = int.from_bytes(value, "big")
    # Parts that fit into one machine word: shifting the whole number costs twice as much.
    a, b = number >> 90, number >> 60 & _PART
    c, d = number >> 30 & _PART, number & _PART
    pairs = _PAIRS
    return (
        f"{pairs[a >> 30 & 1023]}{pairs[a >> 20 & 1023]}{pairs[a >> 10 & 1023]}{pairs[a & 1023]}"
        f"{pairs[b >> 20]}{pairs[b >> 10 & 1023]}{pairs[b & 1023]}"
        f"{pairs[c >> 20]}{pairs[c >> 10 & 1023]}{pairs[c & 1023]}"
        f"{pairs[d >> 20]}{pairs[d >> 10 & 1023]}{pairs[d & 1023]}"
    )


uncached_text_from_id: Final = text_from_id.__wrapped__
"""The same for an id that is told once: kept, it would take the place of one told often."""


@lru_cache(_TEXTS_CACHED)
def id_from_text(text: str) -> bytes:
    """Return the 16 bytes of an id from its text form.

    Upper case and the look-alikes ``i l o`` are read as Crockford meant them, so that a typed id
    is understood; ids that programs write always have the one canonical form.

    Args:
        text: 26 characters.

    Returns:
        16 bytes.

    Raises:
        EventDataError: ``malformed_id``: wrong length, a strange character, or more than 128 bits.
    """
    if len(text) == TEXT_CHARS and text.isascii():
        try:
            return int(text.encode().translate(_READ), 32).to_bytes(limits.ID_BYTES, "big")
        except (ValueError, OverflowError):
            pass
    raise EventDataError(
        ErrorCode.MALFORMED_ID, gettext("an id has 26 characters of 0-9 and a-z")
    ) from None


def second_mark(space: SpaceId) -> str:
    """Return a short mark that tells people of the same name apart; the same everywhere."""
    text = text_from_id(space)
    return f"{text[-2 * SECOND_MARK_CHARS : -SECOND_MARK_CHARS]}-{text[-SECOND_MARK_CHARS:]}"


def is_canonical_id(text: str) -> bool:
    """Say whether ``text`` is exactly what ``text_from_id`` writes for some id."""
    return len(text) == TEXT_CHARS and text[0] in ALPHABET[:8] and all(c in ALPHABET for c in text)


def is_lane(name: str) -> bool:
    """Say whether ``name`` is one: ``self``, ``devices``, ``care/<26>`` or ``circle/<26>``."""
    return _LANE_PATTERN.fullmatch(name) is not None


def is_shared(lane: str) -> bool:
    """Say whether a lane is one that members may be let into."""
    return lane not in (SELF, DEVICES)


def care_lane(random: bytes) -> Lane:
    """Return the name of a new care lane from 16 random bytes."""
    return Lane(f"care/{text_from_id(random)}")


def circle_lane(random: bytes) -> Lane:
    """Return the name of a new supporter's lane from 16 random bytes."""
    return Lane(f"circle/{text_from_id(random)}")
