"""Codes that people type, scan or pass on: in groups of four with a check, and supporters' links.

A **device code** has two halves: the first finds what the inviting device left on the server; the
second, 128 bits that the server never sees, proves each device to the other and opens the bundle.
A **recovery code** is 128 bits from which everything that a lost device needs is derived. The check
tells a slip of the finger before anything is tried.
"""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import Final

import msgspec

from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import ALPHABET
from trailmark_shared.words import gettext

LOOKUP_BYTES: Final = 8
SECRET_BYTES: Final = 16
RECOVERY_BYTES: Final = 16
GROUP_CHARS: Final = 4

LINK_TOKEN_BYTES: Final = 32
"""Random bytes in a supporter's link."""

_DEVICE_LABEL: Final = b"trailmark-code/1"
_DEVICE_CHECK_CHARS: Final = 1
_RECOVERY_LABEL: Final = b"trailmark-recovery/1"
_RECOVERY_CHECK_CHARS: Final = 2
_FOLD: Final = str.maketrans({"i": "1", "l": "1", "o": "0", "-": None, " ": None})


class DeviceCode(msgspec.Struct, frozen=True):
    """The two halves of a device code.

    Attributes:
        lookup: 8 bytes that the server knows by their hash.
        secret: 16 bytes that only the two devices know.
    """

    lookup: bytes
    secret: bytes


def text_from_device_code(code: DeviceCode) -> str:
    """Return the text form: 40 characters in ten groups of four, the last one a check character."""
    return grouped(_text(_DEVICE_LABEL, _DEVICE_CHECK_CHARS, code.lookup + code.secret))


def device_code_from_text(text: str) -> DeviceCode:
    """Return the halves of a typed device code; hyphens, blanks and case do not matter.

    Raises:
        RefusedError: ``wrong_code``: wrong length, a strange character, or the check character
            does not fit.
    """
    data = _data(_DEVICE_LABEL, _DEVICE_CHECK_CHARS, LOOKUP_BYTES + SECRET_BYTES, text)
    return DeviceCode(lookup=data[:LOOKUP_BYTES], secret=data[LOOKUP_BYTES:])


INVITATION_SCHEME: Final = "trailmark://"
"""How an invitation begins that is one piece: address and code, to be scanned or pasted."""


def text_from_invitation(host: str, code: str) -> str:
    """Return an invitation as one piece, ``trailmark://HOST[:PORT]/CODE``.

    It leaves open how the host is spoken to; whoever reads it knows what is safe.

    Args:
        host: Host and port of the server, as addresses write them.
        code: The code.
    """
    return f"{INVITATION_SCHEME}{host}/{code}"


def invitation_from_text(text: str) -> tuple[str, str] | None:
    """Return host (and port) and code of such a text, or ``None`` where it is none."""
    cleaned = text.strip()
    if not cleaned.lower().startswith(INVITATION_SCHEME):
        return None
    host, _, code = cleaned[len(INVITATION_SCHEME) :].partition("/")
    return (host, code) if host and code else None


def text_from_recovery_code(secret: bytes) -> str:
    """Return the text form of 16 bytes: 28 characters in seven groups, the last two a check."""
    return grouped(_text(_RECOVERY_LABEL, _RECOVERY_CHECK_CHARS, secret))


def recovery_code_from_text(text: str) -> bytes:
    """Return the 16 bytes of a typed recovery code; hyphens, blanks and case do not matter.

    Raises:
        RefusedError: ``wrong_code``: wrong length, a strange character, or the check characters do
            not fit.
    """
    return _data(_RECOVERY_LABEL, _RECOVERY_CHECK_CHARS, RECOVERY_BYTES, text)


def folded(text: str) -> str:
    """Return the characters of a code as they count: no hyphens, blanks, capitals, look-alikes."""
    return text.lower().translate(_FOLD)


def grouped(chars: str) -> str:
    """Return characters in groups of four with hyphens between them."""
    return "-".join(chars[at : at + GROUP_CHARS] for at in range(0, len(chars), GROUP_CHARS))


def text_from_link_token(token: bytes) -> str:
    """Return how the random part of a supporter's link reads: base64url without padding.

    A device makes the token and tells the server ``link_token_hash`` of this text only.

    Args:
        token: ``LINK_TOKEN_BYTES`` random bytes.

    Returns:
        43 characters.

    Source:
        RFC 4648 section 5.
    """
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode()


def link_token_hash(text: str) -> bytes:
    """Return the SHA-256 of a link's random part as it reads, 32 bytes."""
    return sha256(text.encode()).digest()


def _text(label: bytes, check_chars: int, data: bytes) -> str:
    count = _char_count(data)
    number = int.from_bytes(data, "big")
    chars = "".join(ALPHABET[(number >> 5 * at) & 31] for at in reversed(range(count)))
    return chars + _check(label, check_chars, data)


def _data(label: bytes, check_chars: int, size: int, text: str) -> bytes:
    chars = folded(text)
    count = _char_count(bytes(size))
    if len(chars) == count + check_chars and all(char in ALPHABET for char in chars):
        number = 0
        for char in chars[:count]:
            number = number << 5 | ALPHABET.index(char)
        if number < 1 << (8 * size):
            data = number.to_bytes(size, "big")
            if _check(label, check_chars, data) == chars[count:]:
                return data
    raise RefusedError(
        ErrorCode.WRONG_CODE, gettext("this code is mistyped; compare it group by group")
    )


def _char_count(data: bytes) -> int:
    """How many base-32 characters it takes, the first of them padded with zero bits."""
    return -(-8 * len(data) // 5)


def _check(label: bytes, chars: int, data: bytes) -> str:
    digest = sha256(label + data).digest()
    return "".join(ALPHABET[byte & 31] for byte in digest[:chars])
