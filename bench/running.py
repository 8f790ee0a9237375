"""One run of the bench: where measures put their files, how often they repeat, what they tell."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console

from bench.figures import Figure


class Run:
    """What a measure is given.

    Attributes:
        place: A folder with what was prepared; it may be kept for the next run.
        repeats: How often each figure is taken.
    """

    def __init__(self, place: Path, scratch: Path, repeats: int, console: Console) -> None:
        """Take what the command line says.

        Args:
            place: What was prepared.
            scratch: Where new folders are made, gone afterwards.
            repeats: How often each figure is taken.
            console: Where progress is shown.
        """
        self.place = place
        self._scratch = scratch
        self.repeats = repeats
        self._console = console
        self._began = time.monotonic()
        self._folders = 0

    def tell(self, what: str) -> None:
        """Show how far the measure is."""
        took = time.monotonic() - self._began
        self._console.print(f"  {took:5.1f} s  {what}", style="dim", highlight=False)

    def turns(self, what: str) -> Iterator[int]:
        """Yield the numbers of the repeats and tell of each."""
        for turn in range(self.repeats):
            self.tell(f"{what}: {turn + 1} of {self.repeats}")
            yield turn

    def folder(self) -> Path:
        """Return a new folder."""
        self._folders += 1
        made = self._scratch / f"{self._folders:03d}"
        made.mkdir(parents=True)
        return made


Measure = Callable[[Run], list[Figure]]
"""Takes figures, ours and their limits by turns."""
