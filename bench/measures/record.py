"""``record_one``: a person checks in, and it is on the disk, chained, sealed and folded.

The library's command in one process, one event a transaction, beside bare SQLite that stores one
row a transaction, and beside what is promised of that row; and the whole command line, from the
shell's point of view.
"""

from __future__ import annotations

from typing import Final

from bench.figures import Figure, figure
from bench.limits import sqlite
from bench.limits.promised import one_by_one
from bench.peers import crdt, event_sourcing
from bench.programs import Device
from bench.running import Run

_EVENTS: Final = 1000
_COMMANDS: Final = 7


def measure(run: Run) -> list[Figure]:
    """Measure recording and the whole command line."""
    device = Device(run.folder() / "home")
    goal = str(device.run("goal", "add", "Go out more", "--target", "reach 7")["id"])
    ours, limit, peer, other = list[float](), list[float](), list[float](), list[float]()
    promised = list[float]()
    with device.program() as program:
        program.answer()
        program.ask("record", 100, 1)
        for turn in run.turns("record_one"):
            bare = run.folder()
            ours.append(_EVENTS / float(program.ask("record", _EVENTS, 1)["seconds"]))
            limit.append(sqlite.one_by_one(bare / "bare.db", _EVENTS))
            promised.append(one_by_one(bare / "promised.db", _EVENTS))
            peer.append(event_sourcing.one_by_one(bare, _EVENTS // 2))
            other.append(crdt.one_by_one(bare / f"{turn}.y", _EVENTS // 5))
        program.tell("quit")
    run.tell("trailmark check-in")
    wall = [device.timed("check-in", goal, "5") * 1000 for _ in range(_COMMANDS)]
    return [
        figure("record_one", ours, "events/s", "higher", limit=limit, peer=peer),
        figure("record_one_promised", ours, "events/s", "higher", limit=promised),
        figure("record_one_pycrdt", other, "events/s", "higher", limit=limit),
        figure("check_in_command", wall, "ms", "lower"),
    ]
