"""Codes that people type, scan or pass on: device codes in groups of four, supporters' links.

A device code has two halves: the first finds a sealed bundle on the server and proves the right to
fetch it; the second, 128 bits that the server never sees, opens it. The text form is Crockford
base 32 with one check character, so that a slip of the finger is told before anything is tried.
"""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import Final

import msgspec

from trailmark_shared.errors import ErrorCode, RefusedError
from trailmark_shared.ids import ALPHABET

LOOKUP_BYTES: Final = 8
SECRET_BYTES: Final = 16
GROUP_CHARS: Final = 4

_CODE_BYTES: Final = LOOKUP_BYTES + SECRET_BYTES
_CODE_CHARS: Final = 39
_FOLD: Final = str.maketrans({"i": "1", "l": "1", "o": "0", "-": None, " ": None})


class DeviceCode(msgspec.Struct, frozen=True):
    """The two halves of a device code.

    Attributes:
        lookup: 8 bytes that the server knows by their hash.
        secret: 16 bytes that only the two devices know; opens the bundle.
    """

    lookup: bytes
    secret: bytes


def _check_char(data: bytes) -> str:
    return ALPHABET[sha256(b"trailmark-code/1" + data).digest()[0] & 31]


def text_from_device_code(code: DeviceCode) -> str:
    """Return the text form: 40 characters in ten groups of four, the last one a check character."""
    data = code.lookup + code.secret
    number = int.from_bytes(data, "big")
    chars = "".join(ALPHABET[(number >> shift) & 31] for shift in range(190, -1, -5))
    chars += _check_char(data)
    return "-".join(chars[i : i + GROUP_CHARS] for i in range(0, len(chars), GROUP_CHARS))


def device_code_from_text(text: str) -> DeviceCode:
    """Return the halves of a typed device code; hyphens, blanks and case do not matter.

    Raises:
        RefusedError: ``wrong_code``: wrong length, a strange character, or the check character
            does not fit.
    """
    chars = text.lower().translate(_FOLD)
    if len(chars) == _CODE_CHARS + 1 and all(char in ALPHABET for char in chars):
        number = 0
        for char in chars[:-1]:
            number = number << 5 | ALPHABET.index(char)
        if number < 1 << (8 * _CODE_BYTES):
            data = number.to_bytes(_CODE_BYTES, "big")
            if _check_char(data) == chars[-1]:
                return DeviceCode(lookup=data[:LOOKUP_BYTES], secret=data[LOOKUP_BYTES:])
    raise RefusedError(ErrorCode.WRONG_CODE, "this code is mistyped; compare it group by group")


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


LINK_TOKEN_BYTES: Final = 32
"""Random bytes in a supporter's link."""


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
