"""How the threads of one process take turns."""

from __future__ import annotations

import sys
from typing import Final

TURN_S: Final = 0.0005
"""How long a thread may compute while another waits for the interpreter, seconds."""


def take_short_turns() -> None:
    """Let threads change each half millisecond, where Python waits five.

    For programs with a loop beside the thread of a store: whichever wakes while the other computes
    waits for a whole turn of it, at each of the steps between two sockets.

    Source:
        D. Beazley, Understanding the Python GIL, PyCon 2010: the convoy effect;
        ``sys.setswitchinterval``.
    """
    sys.setswitchinterval(TURN_S)
