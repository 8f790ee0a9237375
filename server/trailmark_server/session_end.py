"""Why a device's session ended."""

from __future__ import annotations

import msgspec

from trailmark_shared.errors import ErrorCode


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """Why a session is over.

    Attributes:
        code: The error, or ``None`` for a normal end.
        message: One ASCII sentence.
    """

    code: ErrorCode | None
    message: str
