"""Browsers at which somebody signed in before: their wrong tries are counted apart.

Otherwise a stranger who tries passwords of an account all day would keep its owner out. A known
browser has a cookie that says so: random bytes, and a keyed hash of them together with the account.
It opens nothing.

Source: OWASP, "Slow Down Online Guessing Attacks with Device Cookies".
"""

from __future__ import annotations

import base64
import binascii
import hmac
from hashlib import sha256
from typing import Final

from litestar.datastructures import Cookie

from trailmark_shared import limits

MARK_BYTES: Final = 16

_LABEL: Final = b"trailmark-known-browser/1"
_SECURE_COOKIE: Final = "__Host-trailmark-known"
_PLAIN_COOKIE: Final = "trailmark-known"


class KnownBrowsers:
    """Makes and reads the cookies of known browsers.

    Attributes:
        cookie_name: ``__Host-…`` behind TLS, a plain name on loopback.
    """

    def __init__(self, secret: bytes, public_url: str) -> None:
        """Use a key made from ``secret``, 32 bytes that survive a restart."""
        self._key = sha256(_LABEL + secret).digest()
        self._secure = public_url.startswith("https://")
        self.cookie_name = _SECURE_COOKIE if self._secure else _PLAIN_COOKIE

    def cookie(self, therapist: bytes, mark: bytes) -> Cookie:
        """Return the cookie that makes a browser known for an account.

        Args:
            therapist: Whose account.
            mark: ``MARK_BYTES`` random bytes.
        """
        value = base64.urlsafe_b64encode(mark + self._proof(therapist, mark)).decode()
        return Cookie(
            key=self.cookie_name,
            value=value,
            max_age=limits.KNOWN_BROWSER_MS // 1000,
            path="/",
            httponly=True,
            secure=self._secure,
            samesite="strict",
        )

    def mark_of(self, therapist: bytes, value: str) -> str | None:
        """Return the mark of a browser that is known for an account, else ``None``.

        Args:
            therapist: Whose account.
            value: The cookie's value, as it was sent.
        """
        try:
            told = base64.b64decode(value, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        mark, proof = told[:MARK_BYTES], told[MARK_BYTES:]
        return mark.hex() if hmac.compare_digest(proof, self._proof(therapist, mark)) else None

    def _proof(self, therapist: bytes, mark: bytes) -> bytes:
        return hmac.digest(self._key, therapist + mark, "sha256")
