"""The terminal: words out, questions in.

Nothing from a log can move the cursor, ring a bell, or pass for a line of Trailmark's own.

Rich is loaded only by commands that draw tables or bars; ``NO_COLOR`` is obeyed.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from itertools import compress
from typing import TYPE_CHECKING, Final, TextIO

import msgspec

from trailmark_shared.domain.typed_numbers import typed_number
from trailmark_shared.domain.typed_words import clean_words
from trailmark_shared.errors import DomainError, ErrorCode
from trailmark_shared.words import gettext

if TYPE_CHECKING:
    from rich.console import Console

_PIPE_WIDTH: Final = 120
_CONTROLS: Final = dict.fromkeys(
    [
        *range(0x09),
        *range(0x0B, 0x20),
        *range(0x7F, 0xA0),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    ],
    "\N{REPLACEMENT CHARACTER}",
)
_UNESCAPED: Final = r"[\x7f-\x9f\u202a-\u202e\u2066-\u2069]"


def printable(text: str) -> str:
    """Return ``text`` without characters that command a terminal or turn the reading order."""
    return text.translate(_CONTROLS)


def on_its_own(line: str) -> str:
    """Return a line whose words may go on in further ones: these stand behind a bar.

    So nothing that somebody wrote passes for a line of Trailmark's own.
    """
    shown = printable(line)
    if "\n" not in shown:
        return shown
    indent = shown[: len(shown) - len(shown.lstrip(" "))]
    return shown.replace("\n", f"\n{indent}  | ")


def printable_json(document: str) -> str:
    """Return JSON that reads the same, with such characters in their escaped form.

    By itself JSON escapes only those that stand before the blank.
    """
    return re.sub(_UNESCAPED, lambda found: f"\\u{ord(found[0]):04x}", document)


def silence(stream: TextIO) -> None:
    """Leave nothing to be flushed, at the end, into what takes no more words."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class Terminal:
    """Where a command talks to a person.

    Attributes:
        may_ask: Whether somebody is there to answer.
        is_quiet: The answer is wanted as JSON: nothing is drawn.
    """

    def __init__(self, *, as_json: bool) -> None:
        """Ask nobody when the answer is wanted as JSON or the input is no terminal."""
        self.is_quiet = as_json
        self.may_ask = not as_json and sys.stdin is not None and sys.stdin.isatty()

    def say(self, *lines: str) -> None:
        """Print lines of words; see ``on_its_own``."""
        for line in lines:
            sys.stdout.write(on_its_own(line) + "\n")

    def say_first(self, *lines: str) -> None:
        """Print lines of words that must have been said before anything else is done.

        Raises:
            OSError: Where they were to be written is no room, or nobody.
        """
        self.say(*lines)
        sys.stdout.flush()

    @contextmanager
    def showing(self, code: str, *lines: str) -> Generator[str]:
        """Show a code before it counts, whatever becomes of what makes it count.

        Args:
            code: The code, as the key ``code`` of a document has it.
            lines: The same in words.

        Yields:
            ``Answer.begun``: where JSON is wanted, the beginning of the document is written.

        Raises:
            OSError: Where it was to be shown is no room, or nobody; nothing was done.
        """
        if not self.is_quiet:
            self.say_first(*lines)
            yield ""
            return
        begun = msgspec.json.encode({"code": code}).decode().removesuffix("}")
        sys.stdout.write(begun)
        sys.stdout.flush()
        try:
            yield begun
        except BaseException:
            with suppress(OSError):
                self.say_first("}")
            raise

    def warn(self, line: str) -> None:
        """Print a line beside the answer; where nothing can be, nobody can be told so either."""
        try:
            sys.stderr.write(printable(line) + "\n")
            sys.stderr.flush()
        except OSError:
            silence(sys.stderr)

    def warn_of(self, code: ErrorCode, message: str) -> None:
        """Print beside the answer what the person should know, as JSON where that is wanted."""
        if self.is_quiet:
            warning = {"warning": {"code": code, "message": message}}
            message = msgspec.json.encode(warning).decode()
        self.warn(message)

    def console(self) -> Console:
        """Return a rich console for tables and bars; a pipe gets wide lines and no colours."""
        from rich.console import Console

        console = Console(highlight=False, markup=False, emoji=False)
        if not console.is_terminal:
            console.width = _PIPE_WIDTH
        return console

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Draw a table whose cells wrap and are never cut; a column without any is left out."""
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        shown = [any(cells) for cells in zip(*rows, strict=True)]
        for heading in compress(headings, shown):
            table.add_column(heading, overflow="fold")
        for row in rows:
            table.add_row(*map(printable, compress(row, shown)))
        self.console().print(table)

    def ask(self, question: str) -> str:
        """Return the line that the person types.

        Raises:
            DomainError: ``invalid_input``: the input ended.
        """
        sys.stdout.write(on_its_own(question) + " ")
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            raise DomainError(ErrorCode.INVALID_INPUT, gettext("the input ended before the answer"))
        return clean_words(line)

    def typed(self, what: str) -> str:
        """Return a line of the input that must not stand among a command's arguments.

        Arguments stay in the shell's history and are seen by everybody on the machine. Also a pipe
        may bring the line; what is asked for is said beside the answer.

        Raises:
            DomainError: ``invalid_input``: the input ended.
        """
        if not self.is_quiet:
            self.warn(what)
        line = sys.stdin.readline() if sys.stdin is not None else ""
        if not line:
            raise DomainError(ErrorCode.INVALID_INPUT, gettext("the input ended before the answer"))
        return line.strip()

    def secret(self, question: str) -> str:
        """Return the line that the person types at the terminal, unseen.

        Raises:
            DomainError: ``invalid_input``: the input ended.
        """
        from getpass import getpass

        try:
            return getpass(printable(question) + " ")
        except EOFError:
            raise DomainError(
                ErrorCode.INVALID_INPUT, gettext("the input ended before the answer")
            ) from None

    def agrees(self, question: str) -> bool:
        """Return whether the person typed yes; anything else is no, nothing is pre-chosen."""
        asked = gettext("{question} [y/n]").format(question=question)
        return self.ask(asked).casefold() in {"y", "yes", *gettext("y yes").split()}

    def chooses(self, question: str, choices: Sequence[tuple[str, str]]) -> str:
        """Return the key of the choice whose number or key the person typed; ask until one fits."""
        self.say(question, *(f"  {n}. {words}" for n, (_, words) in enumerate(choices, start=1)))
        keys = [key for key, _ in choices]
        while True:
            typed = self.ask(gettext("Number:"))
            if typed in keys:
                return typed
            if 1 <= (number := typed_number(typed) or 0) <= len(keys):
                return keys[number - 1]
            self.say(gettext("A number from 1 to {n}.").format(n=len(keys)))
