"""Texts of the API's requests that stand for bytes, each with its exact shape."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

import msgspec

from trailmark_shared import limits
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.words import gettext

HexHash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
"""SHA-256, or any 32 bytes, in hexadecimal."""

HexLookup = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")]
"""The first half of a device code, in hexadecimal."""

HexId = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
"""16 bytes that are no id, in hexadecimal."""

Base64 = Annotated[str, msgspec.Meta(max_length=2 * limits.BUNDLE_BYTES_MAX)]
"""A sealed bundle, standard alphabet with padding."""


def bytes_from_base64(text: str) -> bytes:
    """Return the bytes of a bundle.

    Raises:
        DomainError: ``invalid_input``: no base64.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise DomainError(ErrorCode.INVALID_INPUT, gettext("a bundle is base64")) from None


def base64_from_bytes(data: bytes) -> str:
    """Return the base64 of a bundle."""
    return base64.b64encode(data).decode()
