"""WebSocket close codes: what the server says by closing, and what a client does about it.

Codes 4000-4999 are for private use (RFC 6455 section 7.4.2). A code that is not listed is treated
as a lost connection: try again later.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import msgspec

from trailmark_shared.errors import ErrorCode, Retry


class Closing(msgspec.Struct, frozen=True):
    """A close code's meaning.

    Attributes:
        code: The number on the wire.
        retry: When connecting again makes sense.
        meaning: For people who read logs.
    """

    code: int
    retry: Retry
    meaning: str


NORMAL: Final = Closing(1000, "later", "nothing more to say")
RESTARTING: Final = Closing(1012, "later", "this instance stops; another answers")
LOST: Final = Closing(1006, "later", "the connection was lost")

BY_ERROR: Final = MappingProxyType(
    {
        ErrorCode.MALFORMED_FRAME: Closing(4400, "later", "a frame was not understood"),
        ErrorCode.UNEXPECTED_MESSAGE: Closing(4405, "later", "a message came out of turn"),
        ErrorCode.BROKEN_PAGE: Closing(4406, "later", "a batch or page did not verify"),
        ErrorCode.ALTERED_HISTORY: Closing(4409, "later", "the log contradicts what is held"),
        ErrorCode.UNKNOWN_SIGNING_KEY: Closing(4411, "later", "no way to the new signing key"),
        ErrorCode.NOT_SIGNED_IN: Closing(4401, "after_sign_in", "no credential, or an unknown one"),
        ErrorCode.SIGNED_OUT: Closing(4403, "after_sign_in", "this device was signed out"),
        ErrorCode.SPACE_ERASED: Closing(4410, "never", "everything of this space was erased"),
        ErrorCode.HELLO_TIMEOUT: Closing(4408, "later", "no hello arrived in time"),
        ErrorCode.TOO_LARGE: Closing(1009, "never", "a frame was over its bound"),
        ErrorCode.PROTOCOL_VERSION: Closing(4426, "after_upgrade", "no common protocol version"),
        ErrorCode.RATE_LIMITED: Closing(4429, "later", "too much at once"),
        ErrorCode.OVERLOADED: Closing(1013, "later", "the server is busy"),
        ErrorCode.DISK_FULL: Closing(4507, "later", "the server cannot store anything now"),
        ErrorCode.STORAGE_UNAVAILABLE: Closing(4503, "later", "the server's store is away"),
        ErrorCode.GOING_AWAY: RESTARTING,
        ErrorCode.INTERNAL: Closing(1011, "later", "something broke on the server"),
    }
)
"""What each error closes with; errors that are not listed close as ``INTERNAL``."""

_BY_CODE: Final = MappingProxyType(
    {closing.code: closing for closing in (NORMAL, RESTARTING, LOST, *BY_ERROR.values())}
)


def closing_of(error: ErrorCode | None) -> Closing:
    """Return what to close with for an error; ``None`` means a normal end."""
    if error is None:
        return NORMAL
    return BY_ERROR.get(error, BY_ERROR[ErrorCode.INTERNAL])


def closing_from_code(code: int) -> Closing:
    """Return the meaning of a close code that arrived; unknown ones count as lost connections."""
    return _BY_CODE.get(code, LOST)
