"""What an error of PostgreSQL or of the way to it means for us."""

from __future__ import annotations

from typing import Any, Final

import asyncpg  # pyright: ignore[reportMissingTypeStubs]

from trailmark_shared.errors import ErrorCode, IntegrityError, StorageError
from trailmark_shared.words import gettext

_asyncpg: Any = asyncpg
exceptions: Any = _asyncpg.exceptions

TAKEN: Final[type[Exception]] = exceptions.UniqueViolationError
"""Somebody else wrote the same row first, unless the work itself writes it twice."""

AGAIN: Final[tuple[type[Exception], ...]] = (
    exceptions.SerializationError,
    exceptions.DeadlockDetectedError,
    exceptions.InvalidCachedStatementError,  # another process changed the schema
    TAKEN,
)
"""Somebody else was faster: nothing was written, and the same work done again may succeed."""

LOST: Final[tuple[type[Exception], ...]] = (
    exceptions.PostgresConnectionError,
    exceptions.OperatorInterventionError,
    _asyncpg.InterfaceError,
    exceptions.InternalClientError,  # the end of the connection came across a question
    OSError,
)
"""The connection is gone."""

_AWAY: Final[tuple[type[Exception], ...]] = (
    exceptions.PostgresConnectionError,
    exceptions.OperatorInterventionError,
    exceptions.InsufficientResourcesError,
    exceptions.LockNotAvailableError,
    exceptions.IdleInTransactionSessionTimeoutError,
    exceptions.InvalidCachedStatementError,
    _asyncpg.InterfaceError,
    _asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
_SHUT: Final[tuple[type[Exception], ...]] = (
    exceptions.InvalidAuthorizationSpecificationError,
    exceptions.InvalidCatalogNameError,
    exceptions.InvalidSchemaNameError,
    exceptions.InsufficientPrivilegeError,
)
"""Whoever runs the server named another database or user than was meant."""

_DAMAGED: Final[tuple[type[Exception], ...]] = (
    exceptions.DataCorruptedError,
    exceptions.IndexCorruptedError,
)

NOT_BEGUN: Final[type[Exception]] = exceptions.FeatureNotSupportedError
"""No serializable transaction is begun on a standby; said of anything else it is our mistake."""

NAME_TAKEN: Final[tuple[type[Exception], ...]] = (
    exceptions.DuplicateTableError,
    exceptions.DuplicateFunctionError,
)
"""Where a schema is begun: somebody else has something of the same name there."""

OTHER_COLUMNS: Final[type[Exception]] = exceptions.UndefinedColumnError
"""A table is not what its name says."""

FAILURES: Final[tuple[type[Exception], ...]] = (exceptions.PostgresError, *_AWAY)
"""What asyncpg raises where a database does not answer as asked."""

UNOPENED: Final[tuple[type[Exception], ...]] = (*FAILURES, ValueError)
"""The same where a connection is asked for; ``ValueError`` is about the address."""


def translated(error: BaseException) -> BaseException:
    """Return what an error means: ours where the store cannot be used, else the error itself.

    A wrong statement or a broken rule is our own mistake and stays what it is.

    Args:
        error: As it was raised.

    Returns:
        ``StorageError`` (``disk_full``, ``storage_unavailable``), ``IntegrityError``
        (``corrupt_log``), or ``error``.
    """
    if isinstance(error, exceptions.DiskFullError):
        return StorageError(
            ErrorCode.DISK_FULL,
            gettext("the database's disk is full; free some space and try again"),
        )
    if isinstance(error, _DAMAGED):
        return IntegrityError(ErrorCode.CORRUPT_LOG, gettext("the database is damaged"))
    if isinstance(error, _SHUT):
        return _shut(error)
    if isinstance(error, exceptions.ReadOnlySQLTransactionError):
        return read_only()
    if isinstance(error, _AWAY):
        return StorageError(
            ErrorCode.STORAGE_UNAVAILABLE,
            gettext("the database cannot be used now ({what}); try again").format(
                what=type(error).__name__
            ),
        )
    return error


def read_only() -> StorageError:
    """Return what is said of a database in which nothing can be written."""
    return StorageError(
        ErrorCode.STORAGE_UNAVAILABLE,
        gettext("the database can only be read, as a standby: name the one that is written"),
    )


def unopened(error: BaseException) -> BaseException:
    """Return what an error of ``UNOPENED`` means where a connection is asked for.

    Args:
        error: As it was raised; its message may hold parts of the address.

    Returns:
        As ``translated``; ``storage_unavailable`` for whatever else it is.
    """
    if isinstance(error, ValueError):
        return _shut(error)
    meant = translated(error)
    return _shut(error) if meant is error else meant


def _shut(error: BaseException) -> StorageError:
    return StorageError(
        ErrorCode.STORAGE_UNAVAILABLE,
        gettext(
            "the database refused what it was asked ({what}): check its address, the user, the "
            "password, and what that user may do"
        ).format(what=type(error).__name__),
    )
