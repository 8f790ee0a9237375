"""Who is let in: a link that works once, and the cookie that it is exchanged for.

Other programs and other people of this machine can reach the port, too. What keeps them out is a
secret that exists in this process and in one browser; only its hash is compared.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Final

from trailmark_adapters.randomness import Randomness

SECRET_BYTES: Final = 32

_NAME_BYTES: Final = 10
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz234567"


class Entrance:
    """The one-time link and the cookie of one launch."""

    def __init__(self, randomness: Randomness) -> None:
        """Make the secrets of this launch.

        Args:
            randomness: Where they come from.
        """
        self._randomness = randomness
        self._link: bytes | None = None
        self._cookie = _text(randomness.token(SECRET_BYTES))

    def new_link(self) -> str:
        """Return a secret that opens the pages once; one made before works no more."""
        secret = _text(self._randomness.token(SECRET_BYTES))
        self._link = _hash(secret)
        return secret

    def enter(self, secret: str) -> str | None:
        """Return the cookie for a link that was not used yet, ``None`` for any other."""
        if self._link is None or not hmac.compare_digest(self._link, _hash(secret)):
            return None
        self._link = None
        return self._cookie

    def is_in(self, cookie: str | None) -> bool:
        """Say whether a browser was let in."""
        return cookie is not None and hmac.compare_digest(_hash(self._cookie), _hash(cookie))


def host_name(randomness: Randomness) -> str:
    """Return a name below ``localhost`` that nobody can guess.

    Cookies do not know ports, so at a common name another program of this machine would be sent
    the cookie. Browsers resolve these names themselves, to this machine alone (RFC 6761).
    """
    letters = (_LETTERS[each % len(_LETTERS)] for each in randomness.token(_NAME_BYTES))
    return f"t-{''.join(letters)}.localhost"


def _text(secret: bytes) -> str:
    return urlsafe_b64encode(secret).decode().rstrip("=")


def _hash(secret: str) -> bytes:
    return sha256(secret.encode(errors="replace")).digest()
