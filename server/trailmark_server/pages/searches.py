"""What a reader looks for, kept out of addresses: typed words travel in a form, then sealed.

Words about a person must not stand in addresses, for these are kept in histories of browsers and
logs of proxies. So a search is sent as a form; its answer leads to an address that carries the
words sealed. The key comes from the session's cookie, of which the server keeps the hash alone:
pages, the back button and a reload work, and once the session has ended nobody reads the words any
more. Nothing is stored for it, and any instance of a server can answer.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import Any, Final

from litestar.connection import ASGIConnection

from trailmark_adapters.nacl import NaclCipher
from trailmark_server.services import Services
from trailmark_shared import limits
from trailmark_shared.errors import SealError
from trailmark_shared.sealing import NONCE_BYTES, Cipher, pad, unpad

SEARCH: Final = "search"
"""Name of the part of an address that carries the sealed words."""

FIELD: Final = "q"
"""Name of the form field that carries the words as they were typed."""

_LABEL: Final = b"trailmark-search/1"
_Connection = ASGIConnection[Any, Any, Any, Any]


class Searches:
    """Seals and opens what one session looks for at one place.

    Whoever has the cookie has the key: another session, another place or an altered address opens
    nothing.
    """

    def __init__(self, token: str, place: str, cipher: Cipher | None = None) -> None:
        """Take the key from a session.

        Args:
            token: The token of the session's cookie.
            place: Path of the page that is searched; words sealed for another do not open.
            cipher: The cipher port; libsodium's by default.
        """
        self._key = hmac.digest(token.encode(), _LABEL, "sha256")
        self._place = place.encode()
        self._cipher = cipher or NaclCipher()

    def sealed(self, words: str, nonce: bytes) -> str:
        """Return what an address carries in place of ``words``.

        Args:
            words: What was typed; what is beyond ``limits.TITLE_CHARS_MAX`` is left out.
            nonce: ``NONCE_BYTES`` fresh random bytes.
        """
        plain = pad(cleaned(words).encode())
        return base64.urlsafe_b64encode(
            nonce + self._cipher.seal(self._key, nonce, plain, self._place)
        ).decode()

    def words(self, sealed: str) -> str:
        """Return the words that an address carries; empty where they do not open."""
        try:
            stored = base64.urlsafe_b64decode(sealed.encode())
            nonce, ciphertext = stored[:NONCE_BYTES], stored[NONCE_BYTES:]
            return unpad(self._cipher.open(self._key, nonce, ciphertext, self._place)).decode()
        except (SealError, binascii.Error, ValueError):
            return ""


def cleaned(words: str) -> str:
    """Return typed words as they are looked for: one line, of bounded length."""
    return " ".join(words.split())[: limits.TITLE_CHARS_MAX]


def searches_at(services: Services, connection: _Connection, place: str) -> Searches:
    """Return what seals and opens the searches of the session that asks.

    Args:
        services: The server.
        connection: The request.
        place: Path of the page that is searched.
    """
    return Searches(services.web.token_of(connection), place)


def new_nonce(services: Services) -> bytes:
    """Return a fresh nonce for ``Searches.sealed``."""
    return services.randomness.token(NONCE_BYTES)
