"""Logs: one line of JSON a fact, from an allow-list of fields, never anybody's words or secrets.

Requests are logged by their path, without query and without what stands behind ``/enter/`` and
``/with/``. A failure is logged by type and place in the code; the message of an exception is not,
because it may quote what somebody sent.
"""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from typing import Final

import msgspec

_LOGGER: Final = logging.getLogger("trailmark")
_SECRET_PATHS: Final = ("/enter/", "/with/")
_PATH_CHARS_MAX: Final = 120
_DROPPED: Final = (
    '"WebSocket ',  # the line with path and query; ours has the path alone
    "without completing handshake",  # a refused upgrade that was answered with a status
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
    """Leaves of uvicorn's log what names nobody: no header, no query, no traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Turn an exception into its type and place; drop frames, headers and addresses."""
        if record.levelno < logging.INFO or any(part in str(record.msg) for part in _DROPPED):
            return False
        if record.exc_info and record.exc_info[1] is not None:
            record.fields = failure_fields(record.exc_info[1])
            record.msg, record.args = "failure in the web server", ()
        record.exc_info = None
        record.exc_text = None
        return True


def failure_fields(error: BaseException) -> dict[str, str]:
    """Return what may be logged of an exception: its type and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"
    return {"error": type(error).__name__, "where": where}


def log_failure(what: str, error: BaseException) -> None:
    """Log that ``what`` failed, without the exception's message."""
    _LOGGER.error("failure", extra={"fields": {"in": what, **failure_fields(error)}})


def log_fact(what: str, **fields: str | int) -> None:
    """Log a fact; fields hold names, ids, codes and numbers only."""
    _LOGGER.info(what, extra={"fields": fields})


def safe_path(path: str) -> str:
    """Return a path as it may be logged: without one-time tokens, cut to a bound."""
    for prefix in _SECRET_PATHS:
        if path.startswith(prefix):
            return prefix + "…"
    return path[:_PATH_CHARS_MAX]


def set_up_logs(level: int = logging.INFO) -> None:
    """Send our log and uvicorn's to standard error, one JSON line a fact."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    for name in ("trailmark", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(level)
        logger.propagate = False
    quiet_uvicorn()


def quiet_uvicorn() -> None:
    """Keep secrets and tracebacks out of uvicorn's log; called wherever a server is started."""
    logger = logging.getLogger("uvicorn.error")
    if not any(isinstance(each, _WithoutSecrets) for each in logger.filters):
        logger.addFilter(_WithoutSecrets())
    logging.getLogger("uvicorn.access").disabled = True
