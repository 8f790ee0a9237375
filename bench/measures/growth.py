"""``growth``: what the daily things cost as a space grows, and the exponent of each.

A device with so many events in the lane it shares, its server, and a second look at both: one more
check-in, 500 more brought to the server, the goal's page and its history on the device, the first
page of the therapist's timeline. An exponent of 0 is flat, 1 grows with the space.
"""

from __future__ import annotations

import math
from pathlib import Path
from statistics import median
from typing import Final

from bench.browsing import Reader
from bench.figures import Figure, figure
from bench.measures.logs import store
from bench.practice import TOKEN
from bench.programs import THERAPIST, Device, Program, Server
from bench.running import Run
from trailmark_adapters.clock import SystemClock
from trailmark_server.sessions import open_web_session
from trailmark_server.storage.accounts import AccountRows
from trailmark_server.stores import write_accounts
from trailmark_shared.ids import text_from_id

SIZES: Final = (1_000, 10_000, 100_000)
LONG_SIZES: Final = (*SIZES, 500_000)
_DAYS: Final = 3650
_ONE_BY_ONE: Final = 100
_BATCH: Final = 500
_LOOKS: Final = 3


def measure(run: Run) -> list[Figure]:
    """Measure up to 100 000 events."""
    return _measured(run, SIZES)


def measure_long(run: Run) -> list[Figure]:
    """Measure up to 500 000 events."""
    return _measured(run, LONG_SIZES)


def _measured(run: Run, sizes: tuple[int, ...]) -> list[Figure]:
    found: dict[str, list[float]] = {}
    for size in sizes:
        run.tell(f"growth: {size} events")
        for name, ms in _at(run.folder(), size).items():
            found.setdefault(name, []).append(ms)
    told: list[Figure] = []
    for name, values in found.items():
        told += [
            figure(f"growth_{name}_{size}", [ms], "ms", "lower")
            for size, ms in zip(sizes, values, strict=True)
        ]
        told.append(figure(f"growth_{name}", [_exponent(sizes, values)], "exponent", "lower"))
    return told


def _exponent(sizes: tuple[int, ...], values: list[float]) -> float:
    """Return the slope of the line through (log size, log ms), by least squares."""
    places = [math.log(each) for each in sizes]
    heights = [math.log(max(each, 1e-3)) for each in values]
    across, up = sum(places) / len(places), sum(heights) / len(heights)
    slope = sum((x - across) * (y - up) for x, y in zip(places, heights, strict=True))
    return slope / sum((x - across) ** 2 for x in places)


def _at(folder: Path, size: int) -> dict[str, float]:
    device = Device(folder / "home")
    with Server(folder / "server") as server:
        device.connect(server)
        device.run("goal", "add", "Go out more", "--target", "reach 7", "--share")
        with store(device) as program:
            program.ask("fill", size, _DAYS)
            program.tell("quit")
        device.run("sync")
        with device.program() as program:
            program.answer()
            program.ask("record", _ONE_BY_ONE, 1)
            took = float(program.ask("record", _ONE_BY_ONE, 1)["seconds"])
            program.ask("sync")
            program.ask("record", _BATCH, _ONE_BY_ONE)
            sent = program.ask("sync")
            program.tell("quit")
        found = {
            "record": took / _ONE_BY_ONE * 1000,
            "backlog": (float(sent["ended"]) - float(sent["began"])) * 1000,
        }
        with store(device) as program:
            for name in ("goal", "history", "timeline"):
                found[name] = _seconds(program, name) * 1000
        found["page"] = _page(server, device)
    return found


def _seconds(program: Program, word: str) -> float:
    return median(float(program.ask(word)["seconds"]) for _ in range(_LOOKS))


def _page(server: Server, device: Device) -> float:
    """Return how soon the therapist's timeline of the person begins, milliseconds."""
    now = SystemClock().now_ms()

    def sign_in(rows: AccountRows) -> None:
        therapist = rows.therapist_by_email(THERAPIST)
        assert therapist is not None, "connected with them"
        open_web_session(rows, therapist, TOKEN, now)

    write_accounts(server.data, sign_in)
    with Reader(server.url, f"trailmark={TOKEN}") as reader:
        path = f"/people/{text_from_id(device.space)}/timeline"
        reader.get(path)
        return median(reader.get(path).first_byte_ms for _ in range(_LOOKS))
