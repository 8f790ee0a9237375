"""``rebuild_100k``, ``chain_100k``, ``verify_100k``: all folded again, everything stored checked.

A device with 100 000 sealed events, and a server's folder with as many of one person: the device's
own ``verify`` and rebuild in a program that runs, the operator's commands as whole processes. The
limit of rebuilding is bare SQLite that reads as many rows and stores as many in one transaction;
that of verifying is reading them and taking SHA-256 three times of each, as the chain asks for.
"""

from __future__ import annotations

import time
from hashlib import sha256
from pathlib import Path

from bench.figures import Figure, figure
from bench.limits import sqlite
from bench.peers import crdt, event_sourcing
from bench.practice import fill
from bench.programs import Device, Program, child, run
from bench.running import Run
from trailmark_adapters.clock import SystemClock

EVENTS = 100_000
_DAYS = 3650
_PEER_EVENTS = 20_000


def prepare(place: Path) -> None:
    """Fill a device, and a server with one person's lane."""
    device = Device(place / "home")
    device.run("goal", "add", "Go out more", "--target", "reach 7")
    with store(device) as program:
        program.ask("fill", EVENTS, _DAYS)
        program.tell("quit")
    fill(place / "server", 1, EVENTS, SystemClock().now_ms())


def store(device: Device) -> Program:
    """Start ``bench.children.store`` in a device's folder, ready."""
    program = child("store", home=device.home, errors=device.home.with_name("store.log"))
    program.answer()
    return program


def measure(run_: Run) -> list[Figure]:
    """Measure both sides."""
    found: dict[str, list[float]] = {}
    device, data = Device(run_.place / "home"), run_.place / "server"

    def note(name: str, count: int, seconds: float) -> None:
        found.setdefault(name, []).append(count / seconds)

    with store(device) as program:
        for _ in run_.turns("rebuild_100k and verify_100k"):
            for name in ("rebuild", "fold", "verify", "chain"):
                note(name, EVENTS, float(program.ask(name)["seconds"]))
            for name in ("rebuild", "verify"):
                began = time.perf_counter()
                run("trailmark-server", name, "--data", str(data))
                note(f"server {name}", EVENTS, time.perf_counter() - began)
            bare = run_.folder()
            note("read", 1, 1 / sqlite.read_back(bare / "bare.db", EVENTS))
            note("store", 1, 1 / sqlite.in_batches(bare / "store.db", EVENTS, EVENTS))
            note("hash", EVENTS, _hashing())
            note("peer", 1, 1 / event_sourcing.rebuild(bare, _PEER_EVENTS))
            note("other", 1, 1 / crdt.rebuild(_PEER_EVENTS))
    both = _in_series(found["read"], found["store"])
    checked = _in_series(found["read"], found["hash"])
    return [
        figure(
            "rebuild_100k", found["rebuild"], "events/s", "higher", limit=both, peer=found["peer"]
        ),
        figure("rebuild_100k_server", found["server rebuild"], "events/s", "higher", limit=both),
        figure("fold_100k", found["fold"], "events/s", "higher", peer=found["other"]),
        figure("chain_100k", found["chain"], "events/s", "higher", limit=checked),
        figure("verify_100k", found["verify"], "events/s", "higher", limit=checked),
        figure("verify_100k_server", found["server verify"], "events/s", "higher", limit=checked),
    ]


def _in_series(first: list[float], second: list[float]) -> list[float]:
    return [1 / (1 / a + 1 / b) for a, b in zip(first, second, strict=True)]


def _hashing() -> float:
    """Return how long three SHA-256 of each event take: commitment, event and lane."""
    salted, chained = bytes(330), bytes(150)
    began = time.perf_counter()
    for _ in range(EVENTS):
        sha256(salted).digest()
        sha256(chained).digest()
        sha256(chained).digest()
    return time.perf_counter() - began
