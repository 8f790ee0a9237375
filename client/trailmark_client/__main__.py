"""``python -m trailmark_client`` is the command ``trailmark``."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from typing import Final

from trailmark_adapters.starting import run_interruptibly

_NEW_OBJECTS: Final = 100_000
"""After so many new ones garbage in circles is looked for; most commands never make as many."""


def look_for_garbage_seldom() -> None:
    """Let what is loaded be looked through for garbage in circles once in many new objects.

    Looking through all modules again and again was a tenth of a command's time, most at its end.
    """
    gc.set_threshold(_NEW_OBJECTS)


def run() -> int:
    """Run one command in a process of its own, and return its exit code."""
    look_for_garbage_seldom()
    try:
        return run_interruptibly(_loaded)
    finally:
        gc.freeze()


def _loaded() -> Callable[[], int]:
    from trailmark_client.cli.program import main  # noqa: PLC0415

    return main


if __name__ == "__main__":
    sys.exit(run())
