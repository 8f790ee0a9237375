"""What went wrong, in the two forms in which it is told, and the exit codes.

With ``--json`` an error is one line on the standard error stream,
``{"error": {"code": …, "message": …}}``, and the standard output stays empty, but for a code that
had to be shown before it counts. Messages are built from ids, codes and numbers; they never repeat
a person's words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from trailmark_shared.errors import (
    DomainError,
    ErrorCode,
    EventDataError,
    IntegrityError,
    LimitExceededError,
    ProtocolError,
    RefusedError,
    SealError,
    StorageError,
    TrailmarkError,
)
from trailmark_shared.words import gettext

OK: Final = 0
BROKEN: Final = 1
USAGE: Final = 2
NOT_POSSIBLE: Final = 3
REFUSED: Final = 4
UNREACHABLE: Final = 5
STORAGE: Final = 6
UNTOLD: Final = 7
UNEXPECTED: Final = 70
INTERRUPTED: Final = 130

EXIT_CODES: Final[Mapping[int, str]] = {
    OK: "done; what was to be recorded is saved on this device",
    BROKEN: "history or keys do not verify; the message names the place",
    USAGE: "the command line cannot be understood; nothing was recorded",
    NOT_POSSIBLE: "the rules say no (not found, ambiguous, …); nothing was recorded",
    REFUSED: "the server said no; everything stays saved on this device",
    UNREACHABLE: "the server cannot be reached; everything stays saved on this device",
    STORAGE: "the store on this device cannot do it now; what was asked is not saved",
    UNTOLD: "the output took no more words; what was to be recorded is saved on this device",
    UNEXPECTED: "a defect of Trailmark; what was said to be saved is saved",
    INTERRUPTED: "interrupted",
}
"""Every exit code with its meaning; ``docs/cli.md`` is written from it."""

_CODE_BY_ERROR: Final[Mapping[ErrorCode, int]] = {
    ErrorCode.INVALID_INPUT: USAGE,
    ErrorCode.UNREACHABLE: UNREACHABLE,
    ErrorCode.INSECURE_ADDRESS: USAGE,
    ErrorCode.ALTERED_HISTORY: BROKEN,
    ErrorCode.UNKNOWN_SIGNING_KEY: BROKEN,
}
_SHUT_OUT: Final = frozenset({ErrorCode.NOT_SIGNED_IN, ErrorCode.SIGNED_OUT})
"""What a server says to a device that it does not, or no longer, let in."""

_CODE_BY_CLASS: Final[tuple[tuple[type[TrailmarkError], int], ...]] = (
    (IntegrityError, BROKEN),
    (SealError, BROKEN),
    (DomainError, NOT_POSSIBLE),
    (EventDataError, USAGE),
    (RefusedError, REFUSED),
    (ProtocolError, REFUSED),
    (StorageError, STORAGE),
)


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """An error as told.

    Attributes:
        code: Stable name, one of ``ErrorCode``.
        message: One sentence.
    """

    code: str
    message: str


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """The document of an error.

    Attributes:
        error: What went wrong.
    """

    error: Failure


def failed(code: str, message: str) -> Failed:
    """Return the document of an error."""
    return Failed(error=Failure(code=code, message=message))


def message_of(error: TrailmarkError) -> str:
    """Return one sentence for the person who typed the command."""
    if isinstance(error, LimitExceededError):
        return _too_long(error)
    if error.code in _SHUT_OUT:
        return gettext(
            "{what}. To be let in again: trailmark device join URL with another device of yours, "
            "trailmark recover URL with your recovery code, or, where no device of yours removed "
            "this one, trailmark connect URL with a new code of your therapist"
        ).format(what=error.message)
    if error.code == ErrorCode.MALFORMED_BODY:
        place = _field(error.message) if "." in error.message else "text"
        return gettext(
            "this cannot be recorded: {field} is empty, too short or no valid text"
        ).format(field=place)
    return error.message


def _field(path: str) -> str:
    """Return the name at the end of a path: ``tags`` of ``$.data.tags[0]``."""
    return path.rpartition(".")[2].partition("[")[0]


def _too_long(error: LimitExceededError) -> str:
    if "." in error.limit:
        return gettext(
            "nothing was recorded: {field} is {actual} long and may be {maximum}; shorten it, or "
            "make two of it"
        ).format(field=_field(error.limit), actual=error.actual, maximum=error.maximum)
    return gettext(
        "nothing was recorded: this is {actual} long and one entry may be {maximum}; shorten it, "
        "or make two of it"
    ).format(actual=error.actual, maximum=error.maximum)


def exit_code_of(error: TrailmarkError) -> int:
    """Return the exit code of an error of ours."""
    if (known := _CODE_BY_ERROR.get(error.code)) is not None:
        return known
    return next((code for kind, code in _CODE_BY_CLASS if isinstance(error, kind)), UNEXPECTED)
