"""Measures: ``python -m bench`` for everything, ``python -m bench pages`` for one part."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final

import msgspec
from rich.console import Console

from bench.figures import Figure, show, write
from bench.measures import pages

RESULTS: Final = Path(__file__).with_name("results.json")


class Part(msgspec.Struct, frozen=True):
    """A part of the bench.

    Attributes:
        measure: Measures in a folder of its own: the folder, the number of repeats, and what it
            needs prepared.
        prepare: Fills a folder once with what is measured; such a folder can be kept for the next
            run. ``None`` where nothing is needed.
    """

    measure: Callable[[Path, int], list[Figure]]
    prepare: Callable[[Path], None] | None = None


PARTS: Final[Mapping[str, Part]] = MappingProxyType(
    {"pages": Part(measure=pages.measure, prepare=pages.prepare)}
)
"""The parts, in the order in which they run."""


def main() -> None:
    """Measure what the command line asks for; print the table and write the results."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--repeats", type=int, default=3, help="how often each is measured")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the JSON goes")
    parser.add_argument("--keep", type=Path, help="keep what was prepared in this folder")
    asked = parser.parse_args()
    unknown = sorted({*asked.parts} - {*PARTS})
    if unknown:
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    console, found = Console(), list[Figure]()
    for name in asked.parts or PARTS:
        with TemporaryDirectory(prefix="trailmark-") as folder:
            place = Path(folder) if asked.keep is None else asked.keep / name
            found += _measured(name, place, asked.repeats, console)
    show(found, os.getloadavg()[1], console)
    write(found, asked.output)


def _measured(name: str, place: Path, repeats: int, console: Console) -> list[Figure]:
    part = PARTS[name]
    done = place / "prepared"
    if part.prepare is not None and not done.exists():
        place.mkdir(parents=True, exist_ok=True)
        with console.status(f"preparing {name}"):
            part.prepare(place)
        done.touch()
    with console.status(f"measuring {name}"):
        found = part.measure(place, repeats)
    console.print(f"{name}: done")
    return found


if __name__ == "__main__":
    main()
