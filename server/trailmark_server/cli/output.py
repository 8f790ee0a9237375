"""What the commands print, and how the program ends."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from trailmark_server.settings import Databases, named_databases
from trailmark_shared.errors import ErrorCode, StorageError
from trailmark_shared.words import gettext


class ExitCode(IntEnum):
    """How the program ends; documented in ``docs/operating.md``."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    REFUSED = 3
    STORAGE = 4
    DEFECT = 70
    INTERRUPTED = 130


_STORAGE_CODES = frozenset(
    {
        ErrorCode.DISK_FULL,
        ErrorCode.STORAGE_UNAVAILABLE,
        ErrorCode.NEWER_SCHEMA,
        ErrorCode.CHANGED_MIGRATION,
        ErrorCode.CORRUPT_LOG,
        ErrorCode.ANSWER_UNTOLD,
    }
)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Shared:
    """Options of every command.

    Attributes:
        data: The server's data folder (also TRAILMARK_SERVER_DATA).
        database: PostgreSQL in place of the files: postgresql://HOST/NAME, or @FILE with that in it
            (also TRAILMARK_SERVER_DATABASE).
        keys_database: The same for the keys; otherwise NAME_keys beside it
            (also TRAILMARK_SERVER_KEYS_DATABASE).
        as_json: Print one JSON object instead of words.
    """

    data: Path | None = None
    database: str | None = None
    keys_database: str | None = None
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False

    @property
    def databases(self) -> Databases | None:
        """Where the stores are, ``None`` for files of the data folder."""
        return named_databases(self.database, self.keys_database)


DEFAULTS = Shared()


def show(words: str, values: Mapping[str, object], *, as_json: bool) -> None:
    """Print a result, as words for people or as one JSON object for programs.

    Raises:
        StorageError: ``answer_untold``: it could not be written; what was asked for is done.
    """
    text = json.dumps(values, ensure_ascii=False) if as_json else words
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError:
        silence()
        raise StorageError(
            ErrorCode.ANSWER_UNTOLD,
            gettext("it is done, but the answer could not be written: is the disk full?"),
        ) from None


def open_streams() -> None:
    """Let a stream that was closed before the start take words that nobody reads."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115  (for as long as this runs)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115


def silence() -> None:
    """Leave nothing to be flushed, at the end, to a reader who takes no more words."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def told_progress(shared: Shared) -> Generator[Callable[[str, int, int], None]]:
    """Yield what to tell how far each part is; shown on standard error, not with ``--json``."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TaskID, TextColumn

    columns = TextColumn("{task.description}"), MofNCompleteColumn()
    tasks: dict[str, TaskID] = {}
    shown = Progress(*columns, console=Console(stderr=True), disable=shared.as_json)

    def told(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = shown.add_task(what)
        shown.update(tasks[what], completed=done, total=total)

    with shown:
        yield told


def fail(
    code: ErrorCode, message: str, *, as_json: bool, exit_code: ExitCode | None = None
) -> ExitCode:
    """Print an error to standard error and return how the program ends."""
    text = json.dumps({"error": {"code": code, "message": message}}) if as_json else message
    sys.stderr.write((text if as_json else f"trailmark-server: {text}") + "\n")
    if exit_code is not None:
        return exit_code
    return ExitCode.STORAGE if code in _STORAGE_CODES else ExitCode.REFUSED
