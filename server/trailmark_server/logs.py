"""Logs: one line of JSON a fact, from an allow-list of fields, never anybody's words or secrets.

Requests are logged by their path, without query and without what stands behind ``/enter/`` and
``/with/``. A failure is logged by type and place in the code; the message of an exception is not,
because it may quote what somebody sent. Of what libraries log, only the failure is kept: their
messages quote exceptions and arguments. Every fact and its fields stand in ``docs/operating.md``.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from asyncio import CancelledError
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_LOGGER: Final = logging.getLogger("trailmark")
_FAILURE: Final = "failure"
_BEFORE_SECRETS: Final = frozenset({"enter", "with"})
_PATH_CHARS_MAX: Final = 120
_PLACE: Final = re.compile(r"%[a-z]")
"""Where a sentence says what it is about."""
_DROPPED: Final = (
    '"WebSocket ',  # the line with path and query; ours has the path alone
    "connection open",  # of each socket; it has a line once it ends
    "without completing handshake",  # a refused upgrade that was answered with a status
    "Invalid UTF-8 sequence received",  # a peer's text that is none; its socket has a line
)


class _JsonLines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return time, level, what happened and its fields; no exception text."""
        fields = getattr(record, "fields", {})
        line = {
            "at_ms": int(record.created * 1000),
            "level": record.levelname.lower(),
            "what": record.getMessage(),
            **fields,
        }
        return msgspec.json.encode(line).decode()


class _WithoutSecrets(logging.Filter):
    """Leaves of uvicorn's log what names nobody: no header, no query, no argument, no traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Turn an exception into a failure, anything else into its sentence without arguments."""
        if record.levelno < logging.INFO or any(part in str(record.msg) for part in _DROPPED):
            return False
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, CancelledError):  # cut off at the end of the server, which says so
            return False
        if error is None:
            says = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
            _say(record, "web_server", {"says": _PLACE.sub("…", says.strip())})
        else:
            _say(record, _FAILURE, {"in": "web server", **failure_fields(error)})
        return True


class _OnlyFailures(logging.Filter):
    """Leaves of a library's log that something failed there, of what type and where."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Turn a warning or an error into a failure of the library that wrote it."""
        if record.levelno < logging.WARNING:
            return False
        error = record.exc_info[1] if record.exc_info else None
        fields = {} if error is None else failure_fields(error)
        _say(record, _FAILURE, {"in": record.name, **fields})
        return True


def _say(record: logging.LogRecord, what: str, fields: dict[str, str]) -> None:
    """Let a library's record say this and nothing else."""
    record.msg, record.args, record.fields = what, (), fields
    record.exc_info = None
    record.exc_text = None


def failure_fields(error: BaseException) -> dict[str, str]:
    """Return what may be logged of an exception: its type and where it was raised."""
    where = "unknown"
    # Not by ``extract_tb``, which reads source: what many were told has passed many places.
    for frame, line in deque(traceback.walk_tb(error.__traceback__), maxlen=1):
        where = f"{Path(frame.f_code.co_filename).name}:{line}"
    return {"error": type(error).__name__, "where": where}


def log_failure(what: str, error: BaseException) -> None:
    """Log that ``what`` failed, without the exception's message."""
    _LOGGER.error(_FAILURE, extra={"fields": {"in": what, **failure_fields(error)}})


def log_fact(what: str, **fields: str | int) -> None:
    """Log a fact; fields hold names, ids, codes and numbers only."""
    _LOGGER.info(what, extra={"fields": fields})


def log_warning(what: str, **fields: str | int) -> None:
    """Log what whoever runs the server should look at; fields as of ``log_fact``."""
    _LOGGER.warning(what, extra={"fields": fields})


def safe_path(path: str) -> str:
    """Return a path as it may be logged: without one-time tokens, cut to a bound.

    A link that was spelled with two slashes opens all the same, and one that was copied wrongly may
    still be good as it was meant.
    """
    parts = path.split("/")
    for at, part in enumerate(parts[:-1]):
        if part.lower() in _BEFORE_SECRETS:
            return "/".join((*parts[: at + 1], "…"))[:_PATH_CHARS_MAX]
    return path[:_PATH_CHARS_MAX]


def set_up_logs() -> None:
    """Send our log and uvicorn's to standard error, one JSON line a fact; of others the failures.

    Whatever nobody catches, in a thread or while something is thrown away, is a failure too.
    """
    for name in ("trailmark", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers = [_handler()]
        logger.setLevel(logging.INFO)
        logger.propagate = False
    others = _handler()
    others.addFilter(_OnlyFailures())
    logging.getLogger().handlers = [others]
    logging.raiseExceptions = False  # a line that cannot be written would be told with its words
    threading.excepthook = _thread_failed
    sys.unraisablehook = _throwing_away_failed
    quiet_uvicorn()


def _handler() -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    return handler


def _thread_failed(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_value is not None:
        log_failure("thread", failed.exc_value)


def _throwing_away_failed(failed: UnraisableHookArgs) -> None:
    if failed.exc_value is not None:
        log_failure("finalizer", failed.exc_value)


def quiet_uvicorn() -> None:
    """Keep secrets and tracebacks out of uvicorn's log; called wherever a server is started."""
    logger = logging.getLogger("uvicorn.error")
    if not any(isinstance(each, _WithoutSecrets) for each in logger.filters):
        logger.addFilter(_WithoutSecrets())
    logging.getLogger("uvicorn.access").disabled = True
