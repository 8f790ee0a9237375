"""Forms that put words in the place of others: they name what they were drawn from.

What was said meanwhile, in another window or on another device, would go without having been seen.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

import msgspec

from trailmark_client.web.asking import Asked
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.words import gettext

FIELD: Final = "was"
"""Name of the field in which a form carries the mark of what it was drawn from."""


def mark_of(*said: object) -> str:
    """Return a mark of what stands there; it is another one where anything else does."""
    return sha256(msgspec.json.encode(said)).hexdigest()[:16]


def is_apart(asked: Asked, mark: str) -> bool:
    """Say whether a form, or a draft of one, was drawn from something else than stands there."""
    return asked.typed(FIELD, mark) != mark


def require_seen(asked: Asked, mark: str) -> None:
    """Check that whoever sent a form had seen what it takes the place of.

    Raises:
        DomainError: ``invalid_input``: it stands otherwise by now.
    """
    if is_apart(asked, mark):
        raise DomainError(
            ErrorCode.INVALID_INPUT,
            gettext("it was changed elsewhere meanwhile; look at both, then save again"),
        )
