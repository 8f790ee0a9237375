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

_AS_EVER: Final = (signal.SIG_DFL, signal.default_int_handler)
"""What a new process does about a signal that nobody ignores."""


def run_interruptibly(load: Callable[[], Callable[[], int]], *numbers: signal.Signals) -> int:
    """Load a program, run it, and return how it ends.

    A signal that is ignored, as SIGINT is behind ``nohup``, stays so.

    Args:
        load: Makes the imports and returns the program.
        numbers: Signals besides SIGINT that the program sees as Ctrl-C, unless it has others
            for them. The first process of a container is stopped by no others.

    Returns:
        The program's exit code, ``INTERRUPTED`` where Ctrl-C came and it let that pass.
    """
    told = [each for each in (signal.SIGINT, *numbers) if signal.getsignal(each) in _AS_EVER]
    for each in told:
        signal.signal(each, _end)
    program = load()
    try:
        for each in told:
            signal.signal(each, signal.default_int_handler)
        return program()
    except KeyboardInterrupt:
        return INTERRUPTED


def _end(_number: int, _frame: object) -> None:
    os._exit(INTERRUPTED)
