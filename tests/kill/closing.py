"""Closes or opens a store in children that die at each moment at which the disk changes.

Run as a program of its own: a child that was forked from the suite would share its threads.
"""

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from trailmark_adapters.randomness import SystemRandomness
from trailmark_client.lock import Cost
from trailmark_client.passphrase import remove_passphrase, set_passphrase

CHEAP = Cost(passes=1, memory_bytes=8192)
PASSPHRASE = "a lamp, three stairs"
CHANGES = frozenset({"os.rename", "os.remove", "os.truncate"})


def die_at(moment: int, folder: Path) -> None:
    """Kill this process at the ``moment``-th change of a file in ``folder``."""
    left = moment

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        is_write = event == "open" and bool(arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        if (event in CHANGES or is_write) and str(folder) in str(arguments[0]):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def run(home: Path, deed: str) -> None:
    """Close or open the store."""
    if deed == "set":
        set_passphrase(home, PASSPHRASE, SystemRandomness(), CHEAP)
    else:
        remove_passphrase(home, PASSPHRASE, SystemRandomness())


def main(home: Path, into: Path, deed: str) -> None:
    """Let children die, each on a copy of its own, until one gets through."""
    moment, status = 0, 1
    while status != 0:
        moment += 1
        copy = into / f"killed-{moment:03d}"
        shutil.copytree(home, copy)
        child = os.fork()
        if child == 0:
            die_at(moment, copy)
            run(copy, deed)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert status in {0, signal.SIGKILL}, "it died of something else"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
