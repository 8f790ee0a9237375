"""What this machine is like today: its disk and its interpreter, for a look before all else."""

from __future__ import annotations

import time

from bench.figures import Figure, figure
from bench.limits import sqlite
from bench.running import Run

_STEPS = 2_000_000


def measure(run: Run) -> list[Figure]:
    """Measure an fsync, SQLite that stores a hundred at once, and a plain loop."""
    fsync, batches, loop = list[float](), list[float](), list[float]()
    for _ in run.turns("calibration"):
        folder = run.folder()
        fsync += sqlite.fsync_ms(folder / "file")
        batches.append(sqlite.in_batches(folder / "bare.db", 20_000, 100))
        loop.append(_loop())
    return [
        figure("machine_fsync", fsync, "ms", "lower"),
        figure("machine_sqlite_of_100", batches, "events/s", "higher"),
        figure("machine_loop", loop, "million steps/s", "higher"),
    ]


def _loop() -> float:
    began, total = time.perf_counter(), 0
    for step in range(_STEPS):
        total += step & 7
    return _STEPS / (time.perf_counter() - began) / 1e6
