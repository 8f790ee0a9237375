"""Measures: ``python -m bench`` for everything, ``python -m bench pages`` for one part."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final

import msgspec
from rich.console import Console

from bench.figures import Figure, show, write
from bench.measures import (
    app,
    backlog,
    calibration,
    fanout,
    growth,
    idle,
    ingest,
    live_page,
    logs,
    opening,
    pages,
    postgres,
    record,
)
from bench.running import Measure, Run

_COLUMNS: Final = 140
RESULTS: Final = Path(__file__).with_name("results.json")


class Part(msgspec.Struct, frozen=True):
    """A part of the bench.

    Attributes:
        measure: Takes the figures.
        prepare: Fills a folder once with what is measured; such a folder can be kept for the next
            run. ``None`` where nothing is needed.
        is_long: Left out unless it is asked for by name: it takes many minutes.
    """

    measure: Measure
    prepare: Callable[[Path], None] | None = None
    is_long: bool = False


PARTS: Final[Mapping[str, Part]] = MappingProxyType(
    {
        "calibration": Part(calibration.measure),
        "record": Part(record.measure),
        "ingest": Part(ingest.measure),
        "backlog": Part(backlog.measure),
        "fanout": Part(fanout.measure),
        "logs": Part(logs.measure, logs.prepare),
        "idle": Part(idle.measure),
        "opening": Part(opening.measure, opening.prepare),
        "page": Part(live_page.measure),
        "pages": Part(pages.measure, pages.prepare),
        "app": Part(app.measure, is_long=True),
        "postgres": Part(postgres.measure),
        "growth": Part(growth.measure),
        "pages-long": Part(pages.measure_long, pages.prepare_long, is_long=True),
        "growth-long": Part(growth.measure_long, is_long=True),
    }
)
"""The parts, in the order in which they run."""


def main() -> None:
    """Measure what the command line asks for; print the table and write the results."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    plain = [name for name, part in PARTS.items() if not part.is_long]
    parser.add_argument(
        "parts", nargs="*", help=f"of {', '.join(PARTS)}; the short ones by default"
    )
    parser.add_argument("--repeats", type=int, default=2, help="how often each is measured")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the JSON goes")
    parser.add_argument("--keep", type=Path, help="keep what was prepared in this folder")
    asked = parser.parse_args()
    unknown = sorted({*asked.parts} - {*PARTS})
    if unknown:
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    # Where nobody looks on, the table is kept in a file: it must not be cut to some width.
    console = Console(width=None if sys.stdout.isatty() else _COLUMNS)
    found, missed = list[Figure](), list[str]()
    for name in asked.parts or plain:
        console.print(f"{name}", style="bold", highlight=False)
        try:
            found += _measured(name, asked.keep, asked.repeats, console)
        except Exception as error:  # noqa: BLE001  (whatever it is)
            # One part that fails takes no other figure with it, and is told at the end.
            missed.append(f"{name}: {type(error).__name__}: {error}")
            console.print(missed[-1], style="red", highlight=False, markup=False)
        write(found, asked.output)
    show(found, os.getloadavg()[1], console)
    if not asked.parts:
        long = " ".join(name for name, part in PARTS.items() if part.is_long)
        console.print(f"Long parts, many minutes: make bench BENCH='{long}'", highlight=False)
    if missed:
        raise SystemExit("not measured: " + "; ".join(missed))


def _measured(name: str, keep: Path | None, repeats: int, console: Console) -> list[Figure]:
    part = PARTS[name]
    with TemporaryDirectory(prefix="trailmark-") as folder:
        place = Path(folder) if keep is None else keep / name
        run = Run(place, Path(folder), repeats, console)
        done = place / "prepared"
        if part.prepare is not None and not done.exists():
            place.mkdir(parents=True, exist_ok=True)
            run.tell("preparing")
            part.prepare(place)
            done.touch()
        return part.measure(run)


if __name__ == "__main__":
    main()
