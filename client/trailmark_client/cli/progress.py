"""A bar for what takes long; where nobody watches, only the count."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from trailmark_client.cli.terminal import Terminal

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Count:
    """How far something is.

    Attributes:
        done: Steps done so far.
    """

    def __init__(self, bar: Progress | None = None, task: TaskID | None = None) -> None:
        self.done = 0
        self._bar = bar
        self._task = task

    def add(self, steps: int) -> None:
        """Count ``steps`` more as done."""
        self.done += steps
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task, steps)


@contextmanager
def counting(terminal: Terminal, words: str, total: int | None) -> Generator[Count]:
    """Count up to ``total``, with a bar beside the answer where somebody watches.

    Args:
        terminal: Where the command talks.
        words: What is going on.
        total: How many steps there are, or ``None`` where nobody knows.
    """
    if terminal.is_quiet or not sys.stderr.isatty():
        yield Count()
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        yield Count(bar, bar.add_task(words, total=total))
