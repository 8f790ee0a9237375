"""Every error Trailmark raises on purpose, each with a stable code.

The tree::

    TrailmarkError
    ├── DomainError              the rules say no; the person can act on it
    ├── EventDataError           these bytes are not an event that can be accepted
    │   └── LimitExceededError   a named bound of ``limits`` was crossed
    ├── ProtocolError            the peer broke ``trailmark-sync/1``; the session closes
    ├── RefusedError             the other side said no, with advice whether to retry
    ├── IntegrityError           stored history does not verify
    ├── SealError                a sealed body cannot be opened (missing or wrong key, altered)
    └── StorageError             the store cannot do it now (full disk, newer schema, locked)

Rules: an error is raised where it is discovered and translated once, at the edge. A message is
built from ids, codes and numbers, never from a person's words. A code is never renamed or reused.
``asyncio.CancelledError`` is never wrapped.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from trailmark_shared.words import gettext

Retry = Literal["never", "later", "after_upgrade", "after_sign_in"]


class ErrorCode(StrEnum):
    """Stable names of what can go wrong; on the wire, in ``--json`` and in the documentation."""

    # Events
    MALFORMED_BODY = "malformed_body"
    MALFORMED_ID = "malformed_id"
    TOO_DEEP = "too_deep"
    TOO_LARGE = "too_large"
    WRONG_SPACE = "wrong_space"
    PLAIN_IN_SELF = "plain_in_self"
    SEALED_IN_SHARED = "sealed_in_shared"
    LANE_CLOSED = "lane_closed"
    LANE_UNOPENED = "lane_unopened"
    TOO_MANY_LANES = "too_many_lanes"
    TOO_MANY_STATEMENTS = "too_many_statements"
    DUPLICATE = "duplicate"
    MALFORMED_EXPORT = "malformed_export"
    ALTERED_EXPORT = "altered_export"
    TRUNCATED_EXPORT = "truncated_export"
    ERASED = "erased"
    ASIDE = "aside"

    # Protocol
    MALFORMED_FRAME = "malformed_frame"
    UNEXPECTED_MESSAGE = "unexpected_message"
    PROTOCOL_VERSION = "protocol_version"
    HELLO_TIMEOUT = "hello_timeout"
    FORGED_OFFER = "forged_offer"
    BROKEN_PAGE = "broken_page"
    ALTERED_HISTORY = "altered_history"
    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    GOING_AWAY = "going_away"
    INTERNAL = "internal"

    # Access
    NOT_SIGNED_IN = "not_signed_in"
    NOT_AUTHORISED = "not_authorised"
    SIGNED_OUT = "signed_out"
    SPACE_ERASED = "space_erased"
    WRONG_CODE = "wrong_code"
    WORDS_DIFFER = "words_differ"
    SIGN_IN_REFUSED = "sign_in_refused"
    PROOF_NEEDED = "proof_needed"
    OTHER_HOME_SERVER = "other_home_server"
    UNKNOWN_SIGNING_KEY = "unknown_signing_key"
    UNREACHABLE = "unreachable"
    INSECURE_ADDRESS = "insecure_address"

    # Storage and integrity
    DISK_FULL = "disk_full"
    STORAGE_UNAVAILABLE = "storage_unavailable"
    LOCKED = "locked"
    WRONG_PASSPHRASE = "wrong_passphrase"  # noqa: S105  (a code, no secret)
    NEWER_SCHEMA = "newer_schema"
    CHANGED_MIGRATION = "changed_migration"
    CORRUPT_LOG = "corrupt_log"
    CORRUPT_IDENTITY = "corrupt_identity"
    CORRUPT_BACKUP = "corrupt_backup"
    SEAL_BROKEN = "seal_broken"
    MISSING_KEY = "missing_key"

    # Domain
    NOT_FOUND = "not_found"
    AMBIGUOUS_ID = "ambiguous_id"
    INVALID_INPUT = "invalid_input"
    REASON_REQUIRED = "reason_required"
    ILLEGAL_MOVE = "illegal_move"
    NOTHING_CHANGED = "nothing_changed"
    NOT_SHARED = "not_shared"
    NOT_AGREED = "not_agreed"
    NOT_CONNECTED = "not_connected"
    ALREADY_CONNECTED = "already_connected"
    EXCERPT_NOT_FOUND = "excerpt_not_found"
    NEVER_ERASED = "never_erased"
    ANSWER_UNTOLD = "answer_untold"


def defect_words(error: BaseException) -> str:
    """Return a sentence on an error nobody foresaw: its kind and place, nothing that it says."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = gettext("an unknown place")
    if trace is not None:
        place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
    return gettext("a defect of Trailmark ({what} at {place}); please report it").format(
        what=type(error).__name__, place=place
    )


class TrailmarkError(Exception):
    """Root of every error of ours; catching it catches them all.

    Attributes:
        code: The stable name of what went wrong.
        message: One sentence for the reader, free of a person's words, saying what to do next
            where something can be done.
    """

    def __init__(self, code: ErrorCode, message: str) -> None:
        """Keep ``code`` and ``message``; the text of the exception is ``message``."""
        super().__init__(message)
        self.code = code
        self.message = message


class DomainError(TrailmarkError):
    """The rules of the domain say no; nothing was recorded and the person can act on it."""


class EventDataError(TrailmarkError):
    """Bytes that cannot be accepted as an event; whatever stands behind them flows on."""


class LimitExceededError(EventDataError):
    """A bound of ``limits`` was crossed.

    Attributes:
        limit: Name of the bound.
        actual: What was met.
        maximum: What is allowed.
    """

    def __init__(self, limit: str, actual: int, maximum: int) -> None:
        """Name the bound, what was met and what is allowed."""
        super().__init__(
            ErrorCode.TOO_LARGE,
            gettext("{limit}: {actual} is more than {maximum}").format(
                limit=limit, actual=actual, maximum=maximum
            ),
        )
        self.limit = limit
        self.actual = actual
        self.maximum = maximum


class ProtocolError(TrailmarkError):
    """The peer broke the protocol; the session closes and nothing it sent in error was kept."""


class RefusedError(TrailmarkError):
    """The other side said no.

    Attributes:
        retry: When trying again makes sense.
    """

    def __init__(self, code: ErrorCode, message: str, retry: Retry = "never") -> None:
        """Keep the advice beside code and message."""
        super().__init__(code, message)
        self.retry: Retry = retry


class IntegrityError(TrailmarkError):
    """Stored or received history does not verify."""


class SealError(TrailmarkError):
    """A sealed body cannot be opened here; it stays stored and is shown as locked."""


class StorageError(TrailmarkError):
    """The store cannot do this now; what was asked is not saved."""
