"""What a process costs, as the kernel counts it."""

from __future__ import annotations

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def memory_kib(pid: int) -> float:
    """Return the proportional share of memory of a process, in KiB (``smaps_rollup``, Pss)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return float(line.split()[1])
    raise AssertionError("the kernel tells no Pss")


def cpu_s(pid: int) -> float:
    """Return the processor time that a process has spent, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
