"""``backlog_10k`` and ``live_ms``: from one device of a person to another through the server.

Three processes as they ship: A's library, ``trailmark-server serve``, B's library that stays in
step. The backlog is 10 000 check-ins that A recorded offline in the lane it shares, until B has
stored and folded the last of them (which the server had stored before); live are check-ins one by
one. Beside both runs the bare pipeline, by turns.
"""

from __future__ import annotations

from collections.abc import Sequence

from bench.figures import Figure, figure, percentile
from bench.limits.pipeline import Pipeline, between
from bench.peers import event_sourcing
from bench.programs import Device, Program, Server
from bench.running import Run

BACKLOG = 10_000
LIVE = 300
PAUSE_MS = 4


def measure(run: Run) -> list[Figure]:
    """Measure both over two devices of one person."""
    folder = run.folder()
    bare = run.folder()
    with Server(folder / "server") as server, Pipeline(bare) as pipeline:
        run.tell("two devices of one person come to the server")
        first, second = Device(folder / "first"), Device(folder / "second")
        first.connect(server)
        first.run("goal", "add", "Go out more", "--target", "reach 7", "--share")
        first.let_in(second)
        with first.program() as a, second.program() as b:
            return [*_figures(run, a, b, pipeline)]


def _figures(run: Run, a: Program, b: Program, pipeline: Pipeline) -> list[Figure]:
    for each in (a, b):
        each.answer()
    b.ask("watch")
    backlog, limit, peer = list[float](), list[float](), list[float]()
    sent, received = list[float](), list[float]()
    for _ in run.turns("backlog_10k"):
        limit.append(pipeline.backlog_ms(BACKLOG))
        ms, up, down = _once(a, b, is_private=False)
        backlog.append(ms)
        sent.append(up)
        received.append(down)
        peer.append(event_sourcing.backlog_ms(run.folder(), BACKLOG // 5) * 5)
    return [
        figure("backlog_10k", backlog, "ms", "lower", limit=limit, peer=peer),
        figure("backlog_bytes_up", sent, "MB", "lower"),
        figure("backlog_bytes_down", received, "MB", "lower"),
        *_private(run, a, b),
        *_live(run, a, b, pipeline),
    ]


def _once(a: Program, b: Program, *, is_private: bool) -> tuple[float, float, float]:
    """Return how long one backlog took, milliseconds, and its megabytes up and down."""
    a.ask("record", BACKLOG, 100, int(is_private))
    before = b.ask("received", 0)
    b.tell("received", BACKLOG)
    sent = a.ask("sync")
    came = b.answer()
    ms = (float(came["at"]) - float(sent["began"])) * 1000
    return ms, int(sent["sent"]) / 1e6, (int(came["received"]) - int(before["received"])) / 1e6


def _private(run: Run, a: Program, b: Program) -> list[Figure]:
    run.tell("the same in the private lane, once")
    ms, up, down = _once(a, b, is_private=True)
    return [
        figure("backlog_10k_self", [ms], "ms", "lower"),
        figure("backlog_bytes_self_up", [up], "MB", "lower"),
        figure("backlog_bytes_self_down", [down], "MB", "lower"),
    ]


def _live(run: Run, a: Program, b: Program, pipeline: Pipeline) -> list[Figure]:
    ours, limit, peer = list[list[float]](), list[list[float]](), list[list[float]]()
    a.ask("watch")
    for _ in run.turns("live_ms"):
        limit.append(pipeline.live_ms(LIVE, PAUSE_MS))
        before = b.ask("times")["came"]
        b.tell("received", LIVE)
        committed = a.ask("live", LIVE, PAUSE_MS)["committed"]
        b.answer()
        came = b.ask("times")["came"][len(before) :]
        ours.append(between(committed, before[-1][0], came))
        peer.append(event_sourcing.live_ms(run.folder(), LIVE))
    return [
        _at("live_ms", 0.5, ours, limit, peer),
        _at("live_ms_p99", 0.99, ours, limit, peer),
    ]


def _at(
    name: str,
    share: float,
    ours: Sequence[Sequence[float]],
    limit: Sequence[Sequence[float]],
    peer: Sequence[Sequence[float]],
) -> Figure:
    def at(turns: Sequence[Sequence[float]]) -> list[float]:
        return [percentile(each, share) for each in turns]

    return figure(name, at(ours), "ms", "lower", limit=at(limit), peer=at(peer))
