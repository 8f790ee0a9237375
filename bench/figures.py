"""Figures: what was measured, beside its limit and its peer, as a table and as JSON."""

from __future__ import annotations

import os
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec
from rich.console import Console
from rich.table import Table

from bench.targets import TARGETS

Better = Literal["lower", "higher"]


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One measured figure.

    Attributes:
        name: Its name; ``TARGETS`` knows those that have to reach something.
        ours: The median of our repeats, in ``unit``.
        limit: The median of what the bare machine does in the same run, or ``None``.
        peer: The median of the nearest peer in the same run, or ``None``.
        ratio: ``ours`` over ``limit``, or ``None`` without a limit.
        unit: Of all three.
        better: Which way is better.
        spread: Lowest and highest of our repeats.
    """

    name: str
    ours: float
    limit: float | None = None
    peer: float | None = None
    ratio: float | None = None
    unit: str
    better: Better
    spread: tuple[float, float]

    @property
    def is_met(self) -> bool | None:
        """Whether it reaches its target, ``None`` where it has none."""
        target = TARGETS.get(self.name)
        if target is None:
            return None
        told = self.ratio if target.is_ratio else self.ours
        if told is None:
            return None
        return told <= target.value if target.is_most else told >= target.value


def figure(
    name: str,
    ours: Sequence[float],
    unit: str,
    better: Better,
    *,
    limit: Sequence[float] = (),
    peer: Sequence[float] = (),
) -> Figure:
    """Return the figure of some repeats.

    Args:
        name: Its name.
        ours: What each repeat gave.
        unit: Of all numbers.
        better: Which way is better.
        limit: What the bare machine gave, in the same run.
        peer: What the nearest peer gave, in the same run.
    """
    median = statistics.median(ours)
    bound = statistics.median(limit) if limit else None
    return Figure(
        name=name,
        ours=_rounded(median),
        limit=None if bound is None else _rounded(bound),
        peer=_rounded(statistics.median(peer)) if peer else None,
        ratio=None if bound is None else round(median / bound, 2),
        unit=unit,
        better=better,
        spread=(_rounded(min(ours)), _rounded(max(ours))),
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` of ``values`` lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def show(figures: Sequence[Figure], load: float, console: Console) -> None:
    """Print the table.

    Args:
        figures: Its rows.
        load: How many processes wanted a core while it was measured, on average.
        console: Where to.
    """
    title = f"Trailmark on this machine, {os.cpu_count()} cores, load {load:.1f}"
    table = Table(title=title, title_justify="left")
    table.add_column("figure", no_wrap=True)
    for heading in ("ours", "spread", "limit", "peer", "ratio"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("unit", no_wrap=True)
    table.add_column("target", no_wrap=True)
    for each in figures:
        spread = " to ".join(map(_shown, each.spread))
        numbers = (each.limit, each.peer, each.ratio)
        row = (each.name, _shown(each.ours), spread, *map(_shown, numbers), each.unit)
        table.add_row(*row, _target_words(each))
    console.print(table)


def _target_words(each: Figure) -> str:
    target = TARGETS.get(each.name)
    if target is None:
        return ""
    reached = {True: "met", False: "missed", None: "not comparable"}[each.is_met]
    return f"{target.words}: {reached}"


def write(figures: Sequence[Figure], path: Path) -> None:
    """Write the figures as a list of JSON objects."""
    encoded = msgspec.json.encode(figures)
    path.write_bytes(msgspec.json.format(encoded, indent=2) + b"\n")


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def _shown(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value == round(value) else f"{value:,}"
