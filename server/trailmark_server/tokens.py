"""Tokens: random bytes as text that is handed out, and what is kept of a secret in its place."""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import Final

TOKEN_BYTES: Final = 32
"""Random bytes in the token of a link or of a browser's session."""


def token_text(token: bytes) -> str:
    """Return a token as base64url without padding: ``TOKEN_BYTES`` as 43 characters."""
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode()


def secret_hash(text: str) -> bytes:
    """Return what is stored of a secret.

    One round of SHA-256 is enough for what carries 256 random bits; codes with fewer are short
    lived and counted.
    """
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
