"""The program: words in, one answer out, every error named.

The answer goes to the standard output once. An error goes to the standard error stream, as words or
as one line of JSON, and decides the exit code; see ``cli.failures``.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Any, Final

import msgspec

from trailmark_adapters.languages import Languages
from trailmark_client.cli.afterwards import afterwards
from trailmark_client.cli.answers import Answer
from trailmark_client.cli.catalogue import ALONE
from trailmark_client.cli.failures import (
    INTERRUPTED,
    OK,
    UNEXPECTED,
    UNTOLD,
    USAGE,
    exit_code_of,
    failed,
    message_of,
)
from trailmark_client.cli.plain_calls import plain_call
from trailmark_client.cli.terminal import Terminal, printable_json, silence
from trailmark_shared.errors import ErrorCode, StorageError, TrailmarkError, defect_words
from trailmark_shared.words import ENGLISH, gettext, speaking

_JSON_FLAG: Final = "--json"
_YES: Final = frozenset({"", "1", "t", "true", "y", "yes"})
"""What cyclopts reads as yes behind a flag."""
_END_OF_OPTIONS: Final = "--"
_ENDED_BY_RICH: Final = 1
"""What rich ends a program with whose reader went away, in the middle of a table or of help."""


def main(argv: Sequence[str] | None = None, languages: Languages | None = None) -> int:
    """Run one command.

    Args:
        argv: The words behind ``trailmark``; those of the process by default.
        languages: What may be spoken; what is shipped by default. Programs that ask for JSON get
            the same answer whatever a person reads.

    Returns:
        The exit code; see ``cli.failures.EXIT_CODES``.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    as_json = _wants_json(words)
    _let_everything_out(as_json=as_json)
    spoken = ENGLISH if as_json else (languages or Languages()).of_environment(os.environ)
    with speaking(spoken):
        return _run(words, as_json=as_json)


def _let_everything_out(*, as_json: bool) -> None:
    """Let both streams take every character; what the terminal's encoding lacks stands escaped.

    JSON is UTF-8 (RFC 8259, 8.1), whatever the machine speaks. A stream that was closed before the
    start is read by nobody.
    """
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115  (for as long as this runs)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            encoding = "utf-8" if as_json else None
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def _run(words: Sequence[str], *, as_json: bool) -> int:
    try:
        with afterwards():
            return _told(_answer(_spelled_out(words)), as_json=as_json)
    except TrailmarkError as error:
        return _fail(exit_code_of(error), error.code, message_of(error), as_json=as_json)
    except BrokenPipeError:
        silence(sys.stdout)
        return OK
    except SystemExit as ended:
        if ended.code != _ENDED_BY_RICH:
            raise
        return OK
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  (the last line: nothing of a person may be printed)
        return _unexpected(error, as_json=as_json)


def _answer(words: Sequence[str]) -> Answer[Any] | None:
    try:
        plain = plain_call(words)
        if plain is not None:
            return plain()
        from trailmark_client.cli.spelling import called

        return called(words)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        silence(sys.stdout)
        raise StorageError(
            ErrorCode.DISK_FULL,
            gettext("there is no room left where this was to be written; make some and try again"),
        ) from None


def _unexpected(error: Exception, *, as_json: bool) -> int:
    if isinstance(error, UnicodeEncodeError):  # bytes of an argument that are no UTF-8
        message = gettext("something typed here is no valid text; type it anew, or in UTF-8")
        return _fail(USAGE, ErrorCode.INVALID_INPUT, message, as_json=as_json)
    return _fail(UNEXPECTED, ErrorCode.INTERNAL, defect_words(error), as_json=as_json)


def _spelled_out(words: Sequence[str]) -> Sequence[str]:
    """Return the words with the command that a group's name alone stands for."""
    if words and words[0] in ALONE and set(words[1:]) <= {_JSON_FLAG}:
        return [words[0], ALONE[words[0]], *words[1:]]
    return words


def _wants_json(words: Sequence[str]) -> bool:
    end = words.index(_END_OF_OPTIONS) if _END_OF_OPTIONS in words else len(words)
    said = (word.partition("=") for word in words[:end])
    return any(flag == _JSON_FLAG and value.lower() in _YES for flag, _, value in said)


def _told(answer: Answer[Any] | None, *, as_json: bool) -> int:
    try:
        if answer is not None:
            _tell(answer, as_json=as_json)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError:
        silence(sys.stdout)
        message = gettext(
            "what you recorded is saved on this device, but the answer could not be written: "
            "is the disk full?"
        )
        return _fail(UNTOLD, ErrorCode.ANSWER_UNTOLD, message, as_json=as_json)
    return OK if answer is None else answer.exit_code


def _tell(answer: Answer[Any], *, as_json: bool) -> None:
    if as_json:
        document = printable_json(msgspec.json.encode(answer.document).decode())
        assert document.startswith(answer.begun), "a document goes on otherwise than it began"
        sys.stdout.write(document[len(answer.begun) :] + "\n")
    elif callable(answer.words):
        answer.words(Terminal(as_json=False))
    else:
        Terminal(as_json=False).say(*answer.words)


def _fail(exit_code: int, code: ErrorCode, message: str, *, as_json: bool) -> int:
    if as_json:
        line = msgspec.json.encode(failed(code, message)).decode()
    else:
        line = f"trailmark: {message}"
    Terminal(as_json=as_json).warn(line)
    return exit_code
