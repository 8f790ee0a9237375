"""Starts a program so that Ctrl-C ends it in silence from the first moment, not with a traceback.

To load a program takes longer than many a command. Where Ctrl-C comes meanwhile nothing was begun,
so that the process may end where it stands: a ``KeyboardInterrupt`` in the middle of an import is
shown, or lost in a callback.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Final

INTERRUPTED: Final = 130
"""How a program ends that somebody interrupted, as shells tell it: 128 and the signal's number."""


def run_interruptibly(load: Callable[[], Callable[[], int]]) -> int:
    """Load a program, run it, and return how it ends.

    Where SIGINT is ignored, as behind ``nohup``, it stays so.

    Args:
        load: Makes the imports and returns the program.

    Returns:
        The program's exit code, ``INTERRUPTED`` where Ctrl-C came and it let that pass.
    """
    is_told = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_told:
        signal.signal(signal.SIGINT, _end)
    program = load()
    try:
        if is_told:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return program()
    except KeyboardInterrupt:
        return INTERRUPTED


def _end(_number: int, _frame: object) -> None:
    os._exit(INTERRUPTED)
